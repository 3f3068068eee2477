/** What is held between requests: nothing, the list, the signed grant, a guest; in memory and over a restart. */
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { type AblyAuthOptions, type AuthStorage, createAblyAuth } from '../../client/index.ts';
import { type AuthConfig, guest } from '../../index.ts';
import { type Answering, type AuthServer, giveToken, startAuthServer } from './auth-server.ts';
import { call, renewing } from './call.ts';
import { observe, type Rooms, startRooms } from './rooms.ts';

const started: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of started.splice(0)) await server.close();
});

async function serve(answer: Answering): Promise<AuthServer> {
  const server = await startAuthServer(answer);
  started.push(server);
  return server;
}

async function rooms(config?: Partial<AuthConfig>): Promise<Rooms> {
  const made = await startRooms(config);
  started.push(made);
  return made;
}

/** Each some 80 bytes in a header. */
const LONG_NAMES = Array.from({ length: 60 }, (_, index) => `room:部屋の名前-${'x'.repeat(30)}${index}`);

function memory(): AuthStorage & { readonly text: () => string } {
  let kept = '';
  return {
    load: async () => kept,
    save: async (text) => {
      kept = text;
    },
    text: () => kept,
  };
}

describe('a client that holds the list', () => {
  it('asks for all of it at each renewal, and no more for what was refused', async () => {
    const { auth, seen } = observe(await rooms());
    renewing(auth);
    await call(auth);
    await expect(auth.ensure(['room:6', 'room:9'])).resolves.toEqual({ granted: ['room:6'], refused: ['room:9'] });
    await auth.ensure(['room:8']);
    await call(auth);
    expect(seen.map(({ resources }) => resources)).toEqual([
      null,
      ['room:6', 'room:9'],
      ['room:8', 'room:6'],
      ['room:8', 'room:6'],
    ]);
  });

  it('forgets what a renewal no longer gives', async () => {
    const on = await rooms();
    const { auth, seen } = observe(on);
    renewing(auth);
    await auth.ensure(['room:6', 'room:8']);
    on.open = (id) => id !== '6';
    await call(auth);
    await call(auth);
    expect(seen.at(-1)?.resources).toEqual(['room:8']);
  });

  it('keeps the newest hundred: no request may carry more', async () => {
    const on = await rooms();
    on.open = () => true;
    const { auth, seen } = observe(on);
    renewing(auth);
    const names = Array.from({ length: 150 }, (_, index) => `room:${index}`);
    expect((await auth.ensure(names)).granted).toEqual(names);
    await call(auth);
    expect(seen.map(({ resources }) => resources?.length)).toEqual([100, 100, 100]);
    expect(seen.at(-1)?.resources).toEqual([...names.slice(100), ...names.slice(0, 50)]);
  });

  it('keeps those that are refused without a name, for which the header had no room: they are asked for again', async () => {
    const on = await rooms();
    on.open = () => true;
    const { auth, seen } = observe(on);
    renewing(auth);
    await auth.ensure(LONG_NAMES);
    on.open = () => false;
    await call(auth);
    await call(auth);
    const lengths = seen.slice(-2).map(({ resources }) => resources?.length ?? 0);
    expect(lengths[0]).toBe(LONG_NAMES.length);
    expect(lengths[1]).toBeGreaterThan(0);
    expect(lengths[1]).toBeLessThan(LONG_NAMES.length);
  });
});

describe('a client that holds nothing', () => {
  it('asks once, in as many requests as it takes, and at a renewal for nothing', async () => {
    const on = await rooms();
    on.open = (id) => id !== '3' && id !== '149';
    const { auth, seen } = observe(on, { holds: 'nothing' });
    const client = renewing(auth);
    const { granted, refused } = await auth.ensure(Array.from({ length: 150 }, (_, index) => `room:${index}`));
    await call(auth);
    expect([granted.length, refused]).toEqual([148, ['room:3', 'room:149']]);
    expect(seen.map(({ resources }) => resources?.length)).toEqual([100, 50, undefined]);
    expect(client.renewals()).toBe(2);
    expect(Object.keys(seen[0]?.headers ?? {})).toEqual(['cookie', 'Content-Type']);
  });

  it('asks for long names in requests small enough for each refusal to have its name in a header', async () => {
    const on = await rooms();
    on.open = () => false;
    const { auth, seen } = observe(on, { holds: 'nothing' });
    renewing(auth);
    expect(await auth.ensure(LONG_NAMES)).toEqual({ granted: [], refused: LONG_NAMES });
    expect(seen.length).toBe(3);
  });
});

describe.each([
  ['the signed grant', 'x-ably-auth-grant', { holds: 'grant' }],
  ['who a guest is', 'x-ably-auth-guest', { guest: true }],
] as const)('a client that holds %s', (_, header, options: Partial<AblyAuthOptions>) => {
  const sealing: Answering = (request, response, count) =>
    giveToken(response, count, request.headers[header] === 'new' ? { [header]: 'v1.sealed' } : {});

  it('begins with "new" and sends back what it was given', async () => {
    const server = await serve(sealing);
    const auth = createAblyAuth({ url: server.url, ...options });
    await call(auth);
    await call(auth);
    expect(server.seen.map(({ headers }) => headers[header])).toEqual(['new', 'v1.sealed']);
  });

  it('has it again after a restart, with a storage', async () => {
    const server = await serve(sealing);
    const storage = memory();
    await call(createAblyAuth({ url: server.url, storage, ...options }));
    await call(createAblyAuth({ url: server.url, storage, ...options }));
    await call(createAblyAuth({ url: server.url, ...options }));
    expect(server.seen.map(({ headers }) => headers[header])).toEqual(['new', 'v1.sealed', 'new']);
  });

  it('forgets it when signing out, in the storage as well, and closes the client', async () => {
    const server = await serve(sealing);
    const storage = memory();
    const auth = createAblyAuth({ url: server.url, storage, ...options });
    let closed = 0;
    const authorize = (): Promise<unknown> => call(auth);
    auth.use({ auth: { authorize }, close: () => closed++ });
    await call(auth);
    expect(storage.text()).toContain('v1.sealed');
    await auth.signOut();
    expect([storage.text(), closed]).toEqual(['', 1]);
    await call(auth);
    expect(server.seen.map(({ headers }) => headers[header])).toEqual(['new', 'new']);
  });

  it.each([
    [
      'throws',
      (): never => {
        throw new Error('not allowed here');
      },
    ],
    ['holds something else', (): string => '[7'],
    ['holds something of another shape', (): string => '{"grant":7,"guest":[],"resources":"x"}'],
  ] as const)('goes on without a storage that %s', async (_name, load) => {
    const server = await serve(sealing);
    const save = (): never => {
      throw new Error('quota');
    };
    const auth = createAblyAuth({ url: server.url, storage: { load, save }, ...options });
    await call(auth);
    await call(auth);
    expect(server.seen.map(({ headers }) => headers[header])).toEqual(['new', 'v1.sealed']);
  });
});

describe('a guest', () => {
  it('has the same name at each request, and a new one when the endpoint does not know the old', async () => {
    const secrets = [randomBytes(32).toString('base64url')];
    const on = await rooms({ sources: [guest({ secrets })] });
    const storage = memory();
    const { auth, seen } = observe(on, { guest: true, headers: {}, storage });
    const names: unknown[] = [];
    const ask = async (): Promise<unknown> => names.push(((await call(auth)) as { clientId: string }).clientId);
    await ask();
    await ask();
    expect(names[1]).toBe(names[0]);
    expect(storage.text()).toContain(seen[1]?.headers['X-Ably-Auth-Guest']);

    const forged = observe(on, {
      guest: true,
      headers: {},
      storage: { load: () => '{"guest":"v1.a.b.c"}', save() {} },
    });
    await expect(call(forged.auth)).rejects.toMatchObject({ code: 40101 });
    await expect(call(forged.auth)).resolves.toMatchObject({ clientId: expect.stringMatching(/^guest:/) });
    expect(forged.seen.map(({ headers }) => headers['X-Ably-Auth-Guest'])).toEqual(['v1.a.b.c', 'new']);
  });
});

describe('signing out', () => {
  it('lets nobody wait for an answer to who has left, and keeps nothing of it', async () => {
    let answerLate: (() => void) | undefined;
    const server = await serve((_, response, count) => {
      const answer = (): void => giveToken(response, count, { 'X-Ably-Auth-Grant': `v1.${count}` });
      if (count === 1) answerLate = answer;
      else answer();
    });
    const storage = memory();
    const auth = createAblyAuth({ url: server.url, holds: 'grant', storage });
    const late = call(auth).catch((error: unknown) => error);
    while (answerLate === undefined) await new Promise(setImmediate);
    await auth.signOut();
    await call(auth);
    answerLate();
    expect(await late).toMatchObject({ code: 40170 });
    expect(storage.text()).toBe('{"grant":"v1.2"}');
    expect(server.seen.at(-1)?.headers['x-ably-auth-grant']).toBe('new');
  });
});
