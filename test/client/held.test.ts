/** What is held between requests: nothing, the list, the signed grant, a guest; in memory and over a restart. */
import { afterEach, describe, expect, it } from 'vitest';
import { type AblyAuthOptions, type AuthStorage, createAblyAuth } from '../../client/index.ts';
import { type Answering, type AuthServer, giveToken, startAuthServer } from './auth-server.ts';
import { call, renewing } from './call.ts';

const started: AuthServer[] = [];
afterEach(async () => {
  for (const server of started.splice(0)) await server.close();
});

async function serve(answer: Answering): Promise<AuthServer> {
  const server = await startAuthServer(answer);
  started.push(server);
  return server;
}

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

const refusing =
  (...names: readonly string[]): Answering =>
  (_, response, count) =>
    giveToken(response, count, { 'X-Ably-Auth-Refused': JSON.stringify(names) });

const resourcesOf = (server: AuthServer): readonly unknown[] =>
  server.seen.map(({ fields }) => JSON.parse(fields.get('resources') ?? 'null'));

describe('a client that holds the list', () => {
  it('asks for all of it at each renewal, and no more for what was refused', async () => {
    const server = await serve(refusing('room:9'));
    const auth = createAblyAuth({ url: server.url });
    renewing(auth);
    await call(auth);
    await expect(auth.ensure(['room:7', 'room:9'])).resolves.toEqual({ granted: ['room:7'], refused: ['room:9'] });
    await auth.ensure(['room:8']);
    await call(auth);
    expect(resourcesOf(server)).toEqual([null, ['room:7', 'room:9'], ['room:8', 'room:7'], ['room:8', 'room:7']]);
  });

  it('keeps the newest hundred: no request may carry more', async () => {
    const server = await serve(refusing());
    const auth = createAblyAuth({ url: server.url });
    renewing(auth);
    const names = Array.from({ length: 150 }, (_, index) => `room:${index}`);
    await auth.ensure(names);
    await call(auth);
    expect(resourcesOf(server).map((asked) => (asked as string[]).length)).toEqual([100, 100, 100]);
    expect(resourcesOf(server).at(-1)).toEqual([...names.slice(100), ...names.slice(0, 50)]);
  });
});

describe('a client that asks for long names', () => {
  it('asks in requests small enough for each refusal to have its name in a header', async () => {
    const server = await serve(({ fields }, response, count) => {
      const names = (JSON.parse(fields.get('resources') ?? '[]') as string[]).map((name) => JSON.stringify(name));
      const header = `[${names.join(',')}]`.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`);
      giveToken(response, count, { 'X-Ably-Auth-Refused': header });
    });
    const auth = createAblyAuth({ url: server.url, holds: 'nothing' });
    renewing(auth);
    const names = Array.from({ length: 60 }, (_, index) => `room:部屋の名前:${'x'.repeat(30)}${index}`);
    expect(await auth.ensure(names)).toEqual({ granted: [], refused: names });
    expect(server.seen.length).toBe(3);
  });

  it('keeps those that the header had no room for: they are asked for again', async () => {
    const server = await serve((_, response, count) =>
      giveToken(response, count, { 'X-Ably-Auth-Refused': '["room:1",1]' }),
    );
    const auth = createAblyAuth({ url: server.url });
    renewing(auth);
    await auth.ensure(['room:1', 'room:2', 'room:3']);
    await call(auth);
    expect(resourcesOf(server).at(-1)).toEqual(['room:2', 'room:3']);
  });
});

describe('a client that holds nothing', () => {
  it('asks once, in as many requests as it takes, and at a renewal for nothing', async () => {
    const server = await serve(refusing('room:3', 'room:149'));
    const auth = createAblyAuth({ url: server.url, holds: 'nothing' });
    const client = renewing(auth);
    const { granted, refused } = await auth.ensure(Array.from({ length: 150 }, (_, index) => `room:${index}`));
    await call(auth);
    expect([granted.length, refused]).toEqual([148, ['room:3', 'room:149']]);
    expect(resourcesOf(server).map((asked) => (asked as string[] | null)?.length)).toEqual([100, 50, undefined]);
    expect(client.renewals()).toBe(2);
    expect(server.seen[0]?.headers).not.toHaveProperty('x-ably-auth-grant');
    expect(server.seen[0]?.headers).not.toHaveProperty('x-ably-auth-guest');
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
  it('whom the endpoint does not know any more is a new one the next time', async () => {
    const server = await serve((request, response, count) => {
      if (request.headers['x-ably-auth-guest'] === 'new')
        giveToken(response, count, { 'X-Ably-Auth-Guest': `v1.${count}` });
      else if (count < 3)
        response.writeHead(401, { 'Content-Type': 'application/json' }).end('{"error":{"code":40101}}');
      else giveToken(response, count);
    });
    const auth = createAblyAuth({ url: server.url, guest: true });
    for (let asked = 0; asked < 4; asked++) await call(auth).catch(() => undefined);
    expect(server.seen.map(({ headers }) => headers['x-ably-auth-guest'])).toEqual(['new', 'v1.1', 'new', 'v1.3']);
  });
});

describe('signing out', () => {
  it('leaves nothing of an answer that comes afterwards', async () => {
    let answer: (() => void) | undefined;
    const server = await serve((_, response, count) => {
      answer = () => giveToken(response, count, { 'X-Ably-Auth-Grant': 'v1.of-who-left' });
      if (count > 1) answer();
    });
    const storage = memory();
    const auth = createAblyAuth({ url: server.url, holds: 'grant', storage });
    const late = call(auth).catch((error: unknown) => error);
    while (answer === undefined) await new Promise(setImmediate);
    await auth.signOut();
    answer();
    expect(await late).toMatchObject({ code: 40170 });
    expect(storage.text()).toBe('');
    await call(auth);
    expect(server.seen.at(-1)?.headers['x-ably-auth-grant']).toBe('new');
  });
});
