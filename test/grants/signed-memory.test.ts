/** The signed grant: what it remembers, how it travels, how it grows old, and that a rotation does not lose it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RememberedGrant } from '../../core/grants/grant-memory.ts';
import { readGrants, writeGrants } from '../../core/grants/grant-text.ts';
import { ApiKey } from '../../core/keys/api-key.ts';
import { MAX_SIGNED_GRANT_BYTES } from '../../core/limits.ts';
import { type AuthResponse, type Identity, memoryStore, type RememberingOptions, remembering } from '../../index.ts';
import { NOW_MS, SESSION_SECRET, sessionCookie, testKey } from '../core/auth-request.ts';
import { headerSource } from '../safety/support.ts';
import { type Door, grantCookieIn, grantHeaderIn, type Rooms, refusedIn, roomsEndpoint, roomsIn } from './asking.ts';

const HOUR_MS = 3_600_000;
const APP = 'https://app.example';
const HEADER = 'X-Ably-Auth-Grant';

function signed(door: Door, options: RememberingOptions = {}, more: Parameters<typeof roomsEndpoint>[1] = {}): Rooms {
  return roomsEndpoint(door, { grants: remembering('signed', options), allowedOrigins: [APP], ...more });
}

const as = (user: string, headers: Record<string, string>) => ({ headers: { 'x-user': user, ...headers } });

/** The header as a phone holds it, over several requests. */
function phone(rooms: Rooms, nowMs?: () => number) {
  let held = 'new';
  return {
    held: () => held,
    show: (grant: string) => {
      held = grant;
    },
    async ask(resources: readonly string[] = [], on: Rooms = rooms, headers = {}): Promise<AuthResponse> {
      const cookies = [sessionCookie({ lifetimeSeconds: 400 * 86_400 }, nowMs ? NOW_MS : undefined)];
      const response = await on.ask(resources, { cookies, headers: { [HEADER]: held, ...headers } });
      held = grantHeaderIn(response) ?? 'was not answered';
      return response;
    },
  };
}

describe('a signed grant in a header', () => {
  it('remembers what was approved, so that only what is new is checked', async () => {
    const rooms = signed((_, room) => room !== '9');
    const caller = phone(rooms);
    expect(roomsIn(await caller.ask(['room:7']))).toEqual(['room:7']);
    expect(roomsIn(await caller.ask(['room:8', 'room:9']))).toEqual(['room:7', 'room:8']);
    const renewal = await caller.ask();
    expect([roomsIn(renewal), refusedIn(renewal)]).toEqual([['room:7', 'room:8'], undefined]);
    expect(roomsIn(await caller.ask(['room:7', 'room:8']))).toEqual(['room:7', 'room:8']);
    expect(rooms.checked).toEqual(['bob 7', 'bob 8', 'bob 9']);
    expect(rooms.events.at(-1)).toMatchObject({ grants: { remembered: 2, asked: 2, refused: 0, approved: {} } });
  });

  it('is answered to whoever sends the header, and says new where there is nothing to hold', async () => {
    const caller = phone(signed(() => false));
    await caller.ask(['room:7']);
    expect(caller.held()).toBe('new');
    caller.show('v1.forged.e30.AA');
    expect((await caller.ask()).status).toBe(200);
    expect(caller.held()).toBe('new');
  });

  it('stays the same text as long as nothing changes', async () => {
    const caller = phone(signed(() => true));
    await caller.ask(['room:7', 'room:8']);
    const before = caller.held();
    await caller.ask();
    expect(caller.held()).toBe(before);
  });

  it('keeps narrower answers as they were, and operations cut to what the entry still gives', async () => {
    const rooms = signed(() => ['subscribe']);
    const caller = phone(rooms);
    await caller.ask(['room:7']);
    const { ask } = caller;
    expect((await ask()).body).toContain('room:7\\":[\\"subscribe\\"]');
  });
});

describe('a signed grant in a cookie', () => {
  const page = { headers: { 'sec-fetch-site': 'same-origin' } };

  it('is written to our own page as a host cookie that only we can read, until its grants are too old', async () => {
    const rooms = signed(() => true, { maxAge: '8h' });
    const response = await rooms.ask(['room:7'], page);
    expect(response.cookies).toEqual([
      expect.stringMatching(
        /^__Host-ably-auth-grant=v1\.[\w.-]+; Path=\/; Max-Age=28800; HttpOnly; SameSite=Lax; Secure$/,
      ),
    ]);
    expect(grantHeaderIn(response)).toBeUndefined();
    const cookies = [sessionCookie(), grantCookieIn(response) ?? ['', '']] as const;
    const renewal = await rooms.ask([], { ...page, cookies });
    expect([roomsIn(renewal), renewal.cookies, rooms.checked]).toEqual([['room:7'], [], ['bob 7']]);
    const more = await rooms.ask(['room:8'], { ...page, cookies });
    expect([roomsIn(more), more.cookies.length]).toEqual([['room:7', 'room:8'], 1]);
  });

  it('is cleared when it counts no longer and there is no other', async () => {
    const cookies = [sessionCookie(), ['__Host-ably-auth-grant', 'v1.forged.e30.AA']] as const;
    const response = await signed(() => true).ask([], { ...page, cookies });
    expect(response.status).toBe(200);
    expect(response.cookies).toEqual([expect.stringMatching(/^__Host-ably-auth-grant=; Path=\/; Max-Age=0;/)]);
  });

  it('neither counts nor is written where another site may have caused the request (S14)', async () => {
    const rooms = signed(() => true, {}, { sources: [headerSource('partner', 'x-user')] });
    const made = await rooms.ask(['room:7'], { ...page, cookies: [], ...as('bob', page.headers) });
    const cookies = [grantCookieIn(made) ?? ['', '']] as const;
    for (const headers of [
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { origin: 'null' },
    ]) {
      const response = await rooms.ask([], { cookies, ...as('bob', headers) });
      expect([response.status, roomsIn(response), response.cookies]).toEqual([200, [], []]);
    }
    const listed = await rooms.ask([], { cookies, ...as('bob', { origin: APP }) });
    expect(roomsIn(listed)).toEqual(['room:7']);
    const nobodySays = await rooms.ask(['room:8'], { cookies, ...as('bob', {}) });
    expect([roomsIn(nobodySays), nobodySays.cookies]).toEqual([['room:7', 'room:8'], []]);
  });

  it('goes into the header instead where a browser would drop the cookie, or nobody says whose page asks', async () => {
    const rooms = signed(() => true);
    for (const headers of [{}, { origin: APP, 'sec-fetch-site': 'cross-site' }]) {
      const response = await rooms.ask(['room:7'], { headers });
      expect([response.cookies, grantHeaderIn(response)]).toEqual([[], expect.stringMatching(/^v1\./)]);
    }
  });

  it('sent twice is 401, and cleared by it (S15)', async () => {
    const twice = [sessionCookie(), ['__Host-ably-auth-grant', 'a'], ['__Host-ably-auth-grant', 'b']] as const;
    const response = await signed(() => true).ask([], { ...page, cookies: twice });
    expect(response.status).toBe(401);
    expect(response.cookies).toEqual([expect.stringMatching(/^__Host-ably-auth-grant=; Path=\/; Max-Age=0;/)]);
    expect((await signed(() => true).ask([], { headers: { [HEADER]: ['a', 'b'] } })).status).toBe(401);
  });

  it('does not count beside the header', async () => {
    const rooms = signed(() => true);
    const cookie = grantCookieIn(await rooms.ask(['room:7'], page)) ?? ['', ''];
    const cookies = [sessionCookie(), cookie] as const;
    const response = await rooms.ask([], { cookies, headers: { ...page.headers, [HEADER]: 'new' } });
    expect([roomsIn(response), response.cookies, grantHeaderIn(response)]).toEqual([[], [], 'new']);
  });
});

describe('a session', () => {
  it.each(['signed', 'store'] as const)(
    'is its id, else the moment of the login, else all that the subject has: remembered by %s',
    async (where) => {
      const tells = (identity: Partial<Identity>) =>
        headerSource('partner', 'x-user', {
          verify: () => {
            const who = { source: 'partner', subject: 'bob', kind: 'user', claims: { sub: 'bob' } } as const;
            return { kind: 'identified', identity: { ...who, ...identity } };
          },
        });
      const store = memoryStore();
      const grants = remembering(where, { policyVersion: '1' });
      const ask = async (identity: Partial<Identity>, grant: string, resources: readonly string[] = []) =>
        roomsEndpoint(() => true, { grants, store, sources: [tells(identity)] }).ask(resources, {
          ...{ cookies: [], headers: { 'x-user': 'bob', [HEADER]: grant } },
        });
      const sessions: Partial<Identity>[] = [
        {},
        { sessionId: 'a' },
        { authenticatedAtMs: 1 },
        { authenticatedAtMs: 2 },
      ];
      for (const mine of sessions) {
        const grant = grantHeaderIn(await ask(mine, 'new', ['room:7'])) ?? 'new';
        const isKept = await Promise.all(sessions.map(async (one) => roomsIn(await ask(one, grant)).length > 0));
        if (where === 'signed') expect(isKept).toEqual(sessions.map((one) => one === mine));
        else expect(isKept).toEqual(sessions.map((one) => sessions.indexOf(one) <= sessions.indexOf(mine)));
      }
      // Another token of the same person, of which the source tells no session: the expiry is none.
      expect(roomsIn(await ask({ expiresAtMs: NOW_MS + 3_600_000 }, 'new')).length).toBe(where === 'store' ? 1 : 0);
    },
  );
});

describe('a signed grant that grows old', () => {
  it('is checked again when the oldest in it is too old, and what is refused then is lost', async () => {
    let nowMs = NOW_MS;
    let open = true;
    const rooms = signed((_, room) => room === '8' || open, {}, { nowMs: () => nowMs });
    const caller = phone(rooms, () => nowMs);
    await caller.ask(['room:7']);
    nowMs += 20 * HOUR_MS;
    await caller.ask(['room:8']);
    nowMs += 4 * HOUR_MS - 1_000;
    expect(roomsIn(await caller.ask())).toEqual(['room:7', 'room:8']);
    expect(rooms.checked).toEqual(['bob 7', 'bob 8']);
    open = false;
    nowMs += 1_000;
    expect(roomsIn(await caller.ask())).toEqual(['room:8']);
    expect(rooms.checked).toEqual(['bob 7', 'bob 8', 'bob 7', 'bob 8']);
    expect(rooms.events.at(-1)).toMatchObject({ grants: { remembered: 0, lost: 1, approved: { 'room:{id}': 1 } } });
    nowMs += HOUR_MS;
    expect(roomsIn(await caller.ask())).toEqual(['room:8']);
    expect(rooms.checked.length).toBe(4);
  });

  it('is checked again as far as one request may ask for: the newest hundred, or a slow check would be 503 for ever', async () => {
    const before = signed(() => true, { policyVersion: '1' });
    const caller = phone(before);
    const names = Array.from({ length: 250 }, (_, n) => `room:${n}`);
    for (const start of [0, 100, 200]) await caller.ask(names.slice(start, start + 100));
    expect(roomsIn(await caller.ask()).length).toBe(250);
    const after = signed(() => true, { policyVersion: '2' });
    expect(new Set(roomsIn(await caller.ask([], after)))).toEqual(new Set(names.slice(150)));
    expect(after.checked.length).toBe(100);
    expect(after.events.at(-1)).toMatchObject({ grants: { dropped: { fromMemory: 150 } } });
    expect(roomsIn(await caller.ask(['room:0'], after)).length).toBe(101);
  });

  it.each([
    ['its name', { policyVersion: '1' }, { policyVersion: '2' }, {}],
    [
      'a rule',
      {},
      {},
      { rules: [{ name: 'everybody', grant: { lobby: ['subscribe' as const], other: ['subscribe' as const] } }] },
    ],
  ])('is checked again once when the policy has another version: %s', async (_, before, after, change) => {
    const caller = phone(signed(() => true, before));
    await caller.ask(['room:7', 'room:8']);
    const rooms = signed((_who, room) => room === '8', after, change);
    expect(roomsIn(await caller.ask([], rooms)).filter((room) => room !== 'other')).toEqual(['room:8']);
    expect(rooms.checked).toEqual(['bob 7', 'bob 8']);
    await caller.ask([], rooms);
    expect(rooms.checked).toEqual(['bob 7', 'bob 8']);
  });

  it('is checked again once when a check is written otherwise', async () => {
    const entry = { resource: 'room:{id}', operations: ['subscribe'] as const };
    const caller = phone(signed(() => true, {}, { requestable: [{ ...entry, check: () => true }] }));
    await caller.ask(['room:7']);
    const stricter = signed(() => true, {}, { requestable: [{ ...entry, check: ({ id }) => id !== '7' }] });
    expect(roomsIn(await caller.ask([], stricter))).toEqual([]);
  });

  it('keeps its version while nothing of the policy is written otherwise', async () => {
    const caller = phone(signed(() => true));
    await caller.ask(['room:7']);
    const same = signed(() => true);
    expect(roomsIn(await caller.ask([], same))).toEqual(['room:7']);
    expect(same.checked).toEqual([]);
  });
});

describe('a rotation', () => {
  const other = new ApiKey('appid', 'other', 'another-secret');

  it('of the session secret keeps what the old one sealed, and seals with the new one', async () => {
    const NEW_SECRET = 'another-fake-session-secret-of-32-bytes';
    const caller = phone(signed(() => true, { secrets: [SESSION_SECRET] }));
    await caller.ask(['room:7']);
    const rotated = signed(() => true, { secrets: [NEW_SECRET, SESSION_SECRET] });
    expect(roomsIn(await caller.ask([], rotated))).toEqual(['room:7']);
    const done = signed(() => true, { secrets: [NEW_SECRET] });
    expect(roomsIn(await caller.ask([], done))).toEqual(['room:7']);
    expect([...rotated.checked, ...done.checked]).toEqual([]);
  });

  it('of the API key keeps what was sealed with the old one, while that one is there', async () => {
    const caller = phone(signed(() => true));
    await caller.ask(['room:7']);
    const rotated = signed(() => true, {}, { loadCurrent: async () => other, loadPrevious: async () => testKey() });
    expect(roomsIn(await caller.ask([], rotated))).toEqual(['room:7']);
    const done = signed(() => true, {}, { loadCurrent: async () => other });
    expect(roomsIn(await caller.ask([], done))).toEqual(['room:7']);
    expect([...rotated.checked, ...done.checked]).toEqual([]);
  });

  it('of the API key keeps what a session secret sealed beside the old one', async () => {
    const secrets = [SESSION_SECRET];
    const caller = phone(signed(() => true, { secrets }));
    await caller.ask(['room:7']);
    const rotated = signed(
      () => true,
      { secrets },
      { loadCurrent: async () => other, loadPrevious: async () => testKey() },
    );
    expect(roomsIn(await caller.ask([], rotated))).toEqual(['room:7']);
  });

  it('takes the secret from the environment when it is there', async () => {
    const env = { ABLY_AUTH_SESSION_SECRET: SESSION_SECRET };
    const caller = phone(signed(() => true, {}, { env }));
    await caller.ask(['room:7']);
    expect(
      roomsIn(
        await caller.ask(
          [],
          signed(() => false, { secrets: [SESSION_SECRET] }),
        ),
      ),
    ).toEqual(['room:7']);
    expect(signed(() => true, {}, { env: { ABLY_AUTH_SESSION_SECRET: 'short' } }).problems).toMatchObject([
      { setting: 'ABLY_AUTH_SESSION_SECRET' },
    ]);
  });
});

describe('the text that is sealed', () => {
  const uuids = fc.uuid();
  const inside = fc.oneof(
    uuids,
    fc.constantFrom('7', '!', '!!', '!AAAAAAAAAAAAAAAAAAAAAA', 'é😀', '"', '\\', 'a b'),
    fc.string({ minLength: 1 }),
  );
  const grants = fc.uniqueArray(
    fc
      .record({
        entry: fc.constantFrom('room:{id}', 'hosts'),
        id: inside.filter((text) => !/[:*[\]?,{}\p{Cc}\u2028\u2029]/u.test(text)),
        operations: fc.subarray(['publish', 'subscribe', 'history'] as const, { minLength: 1 }),
      })
      .map(
        ({ entry, id, operations }): RememberedGrant => ({
          entry,
          resource: `room:${id}:x`,
          operations: new Set(operations),
        }),
      ),
    { selector: ({ entry, resource }) => `${entry} ${resource}`, maxLength: 200, size: 'max' },
  );

  it('reads back as it was written, the newest of it where there is not room for all', () => {
    let full = 0;
    fc.assert(
      fc.property(grants, (list) => {
        const sealed = {
          bound: 'b'.repeat(22),
          policyVersion: 'v'.repeat(11),
          sinceSeconds: 1_700_000_000,
          grants: list,
        };
        const { text, dropped } = writeGrants(sealed, () => ['room:', ':x']);
        expect(readGrants(text)).toEqual({ ...sealed, grants: list.slice(dropped) });
        expect(56 + Math.ceil((Buffer.byteLength(text) * 4) / 3)).toBeLessThanOrEqual(MAX_SIGNED_GRANT_BYTES);
        if (dropped > 0) full += 1;
      }),
      { numRuns: 300 },
    );
    expect(full).toBeGreaterThan(10);
  });
});
