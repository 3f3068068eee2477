/** What is held between requests: nothing, the list, the signed grant, a guest; in memory and over a restart. */
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { type AblyAuthOptions, type AuthStorage, createAblyAuth } from '../../client/index.ts';
import { type AuthConfig, guest, remembering } from '../../index.ts';
import { call, renewing } from './call.ts';
import { type Observed, observe, type Rooms, startRooms } from './rooms.ts';

const started: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of started.splice(0)) await server.close();
});

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

  it('does not ask for a name that is too long to be refused by name', async () => {
    const { auth, seen } = observe(await rooms());
    renewing(auth);
    const name = `room:${'x'.repeat(3_000)}2`;
    expect(await auth.ensure([name, 'room:2'])).toEqual({ granted: ['room:2'], refused: [name] });
    expect(seen.map(({ resources }) => resources)).toEqual([['room:2']]);
  });
});

const GUESTS = { sources: [guest({ secrets: [randomBytes(32).toString('base64url')] })] };

describe.each([
  ['the signed grant', 'X-Ably-Auth-Grant', { holds: 'grant' }, { grants: remembering('signed') }],
  ['who a guest is', 'X-Ably-Auth-Guest', { guest: true, headers: {} }, GUESTS],
] as const)('a client that holds %s', (_, header, options: Partial<AblyAuthOptions>, config: Partial<AuthConfig>) => {
  const SEALED = expect.stringMatching(/^v1\./);
  const sent = ({ seen }: Observed): readonly unknown[] => seen.map(({ headers }) => headers[header]);
  const askFor = async ({ auth }: Observed): Promise<void> => {
    renewing(auth);
    await auth.ensure(['room:2']);
  };

  it('begins with "new" and sends back what it was given', async () => {
    const client = observe(await rooms(config), options);
    await askFor(client);
    await call(client.auth);
    expect(sent(client)).toEqual(['new', SEALED]);
  });

  it('has it again after a restart, with a storage', async () => {
    const on = await rooms(config);
    const storage = memory();
    const clients = [{ storage, ...options }, { storage, ...options }, options].map((each) => observe(on, each));
    for (const client of clients) await askFor(client);
    expect(clients.map(sent)).toEqual([['new'], [SEALED], ['new']]);
  });

  it('forgets it when signing out, in the storage as well, and closes the client', async () => {
    const storage = memory();
    const client = observe(await rooms(config), { storage, ...options });
    await askFor(client);
    expect(storage.text()).toContain('"v1.');
    let closed = 0;
    const authorize = (): Promise<unknown> => call(client.auth);
    client.auth.use({ auth: { authorize }, close: () => closed++ });
    await client.auth.signOut();
    expect([storage.text(), closed]).toEqual(['', 1]);
    await call(client.auth);
    expect(sent(client)).toEqual(['new', 'new']);
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
    const save = (): never => {
      throw new Error('quota');
    };
    const client = observe(await rooms(config), { storage: { load, save }, ...options });
    await askFor(client);
    await call(client.auth);
    expect(sent(client)).toEqual(['new', SEALED]);
  });
});

describe('a guest', () => {
  it('has the same name at each request, and a new one when the endpoint does not know the old', async () => {
    const on = await rooms(GUESTS);
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
    const on = await rooms({ grants: remembering('signed') });
    const storage = memory();
    let letThrough: (() => void) | undefined;
    const sent: unknown[] = [];
    const auth = createAblyAuth({
      url: on.authUrl,
      headers: { cookie: on.cookieOf('ada') },
      holds: 'grant',
      storage,
      fetch: async (url, request) => {
        sent.push(request.headers['X-Ably-Auth-Grant']);
        const response = await fetch(url, request);
        if (sent.length === 1) await new Promise<void>((resolve) => (letThrough = resolve));
        return response;
      },
    });
    renewing(auth);
    const late = auth.ensure(['room:2']).catch((error: Error) => error.message);
    while (letThrough === undefined) await new Promise(setImmediate);
    await auth.signOut();
    await call(auth);
    letThrough();
    expect(await late).toBe('Signed out.');
    await call(auth);
    expect([storage.text(), sent]).toEqual(['', ['new', 'new', 'new']]);
  });

  it('lets nobody ask who waited for his turn meanwhile', async () => {
    const on = await rooms();
    const { auth, seen } = observe(on);
    const [first, second] = [call(auth), call(auth)];
    while (seen.length === 0) await new Promise(setImmediate);
    await auth.signOut();
    await expect(first).rejects.toThrow('The answer came too late.');
    await expect(second).rejects.toThrow('Signed out before it was asked.');
    expect(seen.length).toBe(1);
  });
});

describe('a storage that takes its time', () => {
  it('keeps nobody waiting, and ends as the last change has it', async () => {
    const on = await rooms({ grants: remembering('signed') });
    let letThrough: (() => void) | undefined;
    let stored = '';
    const save = async (text: string): Promise<void> => {
      if (text !== '') await new Promise<void>((resolve) => (letThrough = resolve));
      stored = text;
    };
    const { auth } = observe(on, { holds: 'grant', storage: { load: () => null, save } });
    renewing(auth);
    expect((await auth.ensure(['room:2'])).granted).toEqual(['room:2']);
    const signedOut = auth.signOut();
    while (letThrough === undefined) await new Promise(setImmediate);
    await new Promise(setImmediate);
    letThrough();
    await signedOut;
    expect(stored).toBe('');
  });
});
