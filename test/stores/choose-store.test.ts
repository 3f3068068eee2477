/** What `ABLY_AUTH_STORE` may say, what is said about what it may not, and what of it is never repeated. */
import { describe, expect, it } from 'vitest';
import { chooseAwsStore } from '../../adapters/compose/aws-store.ts';
import { composeEndpoint } from '../../adapters/compose/compose-endpoint.ts';
import { choosePrebuiltStore } from '../../adapters/compose/prebuilt-store.ts';
import { createEnvironmentKeySource } from '../../adapters/key-sources/environment.ts';
import { chooseStore } from '../../adapters/stores/choose-store.ts';
import { memoryStore } from '../../adapters/stores/memory.ts';
import { anonymous, type Environment, type RecordStore } from '../../index.ts';

const choose = (text: string | undefined) => choosePrebuiltStore({ ABLY_AUTH_STORE: text });

describe('chooseStore', () => {
  it.each([undefined, ''])('keeps nothing when the setting is %j', (text) => {
    expect(choose(text)).toEqual({ ok: true, store: undefined });
  });

  it.each([
    ['memory', 'memory'],
    ['dynamodb:ably-auth', 'dynamodb'],
    ['redis://cache.example:6379', 'redis'],
    ['redis://cache.example/2', 'redis'],
    ['rediss://user:p%40ss@cache.example:6380/0', 'redis'],
    ['rediss://:p@ss@cache.example', 'redis'],
  ])('takes %s, and reads no driver for it', (text, name) => {
    const choice = choose(text);
    expect(choice.ok && choice.store?.name).toBe(name);
  });

  it('opens the store with the first record, once', async () => {
    const opened: string[] = [];
    const open = async (table: string): Promise<RecordStore> => {
      opened.push(table);
      return memoryStore();
    };
    const choice = chooseStore({ ABLY_AUTH_STORE: 'dynamodb:ably-auth' }, { dynamodb: open });
    if (!choice.ok || !choice.store) throw new Error('no store');
    expect(opened).toEqual([]);
    await Promise.all([choice.store.read('a'), choice.store.delete('a')]);
    expect(await choice.store.compareAndSet('a', undefined, { value: 'x', expiresAtMs: 1 })).toBe(true);
    expect((await choice.store.read('a'))?.value).toBe('x');
    expect(opened).toEqual(['ably-auth']);
  });

  it('opens it again when that failed', async () => {
    let tries = 0;
    const open = async (): Promise<RecordStore> => {
      tries += 1;
      if (tries === 1) throw new Error('not there');
      return memoryStore();
    };
    const choice = chooseStore({ ABLY_AUTH_STORE: 'dynamodb:ably-auth' }, { dynamodb: open });
    if (!choice.ok || !choice.store) throw new Error('no store');
    await expect(choice.store.read('a')).rejects.toThrow('not there');
    expect(await choice.store.read('a')).toBeUndefined();
  });

  it.each([
    'hunter2',
    'Memory',
    'memory:hunter2',
    'dynamodb',
    'dynamodb:',
    'dynamodb:a table',
    'redis:hunter2',
    'redis://',
    'redis://user:hunter2@',
    'redis://user:hunter2@cache.example:port',
    'redis://user:hunter2@cache.example/2?x=1',
    'http://user:hunter2@cache.example',
    'netlify-blobs:a/b',
    'constructor:x',
    '\nmemory',
  ])('refuses %j, names the setting and what to write, and does not repeat it', (text) => {
    const choice = choose(text);
    if (choice.ok) throw new Error('accepted');
    expect(choice.problems).toHaveLength(1);
    const [problem] = choice.problems;
    expect(problem?.setting).toBe('ABLY_AUTH_STORE');
    expect(problem?.fix).toContain('netlify-blobs:<name>');
    expect(JSON.stringify(choice)).not.toMatch(/hunter2|cache\.example/);
  });

  it.each([
    ['dynamodb:x', 'is no name of a table, which is 3 to 255 letters'],
    ['redis:cache', 'it is no address of Redis, such as redis://'],
    ['netlify-blobs:a/b', 'is no name of a store, which is up to 64 characters'],
    ['memory:x', 'memory stands alone'],
  ])('says of %s what it is not', (text, problem) => {
    expect(JSON.stringify(choose(text))).toContain(problem);
  });

  it.each<[string, (env: Environment) => unknown, string]>([
    ['netlify-blobs:auth', choosePrebuiltStore, 'this function opens memory and dynamodb and redis by itself'],
    ['redis://h:hunter2@x.example', chooseAwsStore, 'this function opens memory and dynamodb by itself, not redis'],
    ['redis://h:hunter2@x.example', (env) => chooseStore(env), 'this function opens memory by itself, not redis'],
  ])('says of %s what this host opens instead', (text, chooseHere, problem) => {
    const choice = JSON.stringify(chooseHere({ ABLY_AUTH_STORE: text }));
    expect(choice).toContain(problem);
    expect(choice).toContain('docs/stores.md');
    expect(choice).not.toContain('hunter2');
  });
});

describe('memory by the setting', () => {
  it('is one in a process: whom one handler bans, another refuses', async () => {
    const [revoking, issuing] = [1, 2].map(() => {
      const chosen = chooseStore({ ABLY_AUTH_STORE: 'memory' });
      if (!chosen.ok || !chosen.store) throw new Error('it should be opened');
      return chosen.store;
    });
    expect(
      await revoking?.compareAndSet('gate:one', undefined, { value: 'out', expiresAtMs: Date.now() + 60_000 }),
    ).toBe(true);
    expect(await issuing?.read('gate:one')).toMatchObject({ value: 'out' });
  });
});

describe('composeEndpoint', () => {
  const rules = [{ name: 'all', when: { kind: 'anonymous' as const }, grant: { lobby: ['subscribe' as const] } }];

  function compose(env: Environment, store?: RecordStore) {
    const lines: string[] = [];
    const all = { ABLY_API_KEY: 'appid.keyid:notASecret', ...env };
    const composed = composeEndpoint({
      definition: { build: () => ({ sources: [anonymous()], rules, ...(store && { store }) }) },
      env: all,
      keySource: { ok: true, source: createEnvironmentKeySource(all) },
      store: chooseStore(all),
      print: (line) => lines.push(line),
    });
    return { ...composed, lines: lines.join('\n') };
  }

  it('reports a store that cannot be opened with the other problems', () => {
    const { endpoint, lines } = compose({ ABLY_AUTH_STORE: 'redis://h:hunter2@x.example' });
    expect(endpoint.problems.map(({ setting }) => setting)).toEqual(['ABLY_AUTH_STORE']);
    expect(lines).toContain('ABLY_AUTH_STORE');
    expect(lines).not.toContain('hunter2');
  });

  it('does not mind the setting where the config names a store', () => {
    const { endpoint } = compose({ ABLY_AUTH_STORE: 'redis://x.example' }, memoryStore());
    expect(endpoint.problems).toEqual([]);
    expect(endpoint.storeName).toBe('memory');
  });

  it.each<[Environment, boolean]>([
    [{ ABLY_AUTH_STORE: 'memory' }, false],
    [{ ABLY_AUTH_STORE: 'memory', AWS_LAMBDA_FUNCTION_NAME: 'auth' }, true],
    [{ ABLY_AUTH_STORE: 'memory', VERCEL: '1' }, true],
    [{ AWS_LAMBDA_FUNCTION_NAME: 'auth' }, false],
  ])('with %j warns of a memory that instances do not share: %s', (env, warns) => {
    expect(compose(env).lines.includes('not shared by the instances')).toBe(warns);
  });
});
