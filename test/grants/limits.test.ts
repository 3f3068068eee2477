/** Two hundred rooms with UUIDs for names: more than a JWT holds, and more than a signed grant does. What happens then. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MAX_JWT_BYTES, MAX_SIGNED_GRANT_BYTES, MAX_TOKEN_JSON_BYTES } from '../../core/limits.ts';
import { type AuthResponse, memoryStore, remembering } from '../../index.ts';
import { errorOf, sessionCookie } from '../core/auth-request.ts';
import { grantHeaderIn, type Rooms, refusedIn, roomsEndpoint, roomsIn } from './asking.ts';

/** Always the same two hundred. */
const ROOMS = Array.from({ length: 200 }, (_, n) => {
  const hex = createHash('sha256').update(String(n)).digest('hex');
  return `room:${[hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')}`;
});
const BATCHES = [0, 50, 100, 150].map((start) => ROOMS.slice(start, start + 50));

const stored = (options: Parameters<typeof roomsEndpoint>[1] = {}): Rooms =>
  roomsEndpoint(() => true, { grants: remembering('store'), store: memoryStore(), ...options });

async function askForAll(rooms: Rooms): Promise<AuthResponse> {
  let last: AuthResponse | undefined;
  for (const batch of BATCHES) last = await rooms.ask(batch);
  if (!last) throw new Error('nothing was asked');
  return last;
}

describe('two hundred rooms', () => {
  it('in a TokenRequest: all of them, 20 KB', async () => {
    const rooms = stored();
    const response = await askForAll(rooms);
    expect(roomsIn(response).toSorted()).toEqual(ROOMS.toSorted());
    expect(Buffer.byteLength(response.body)).toBeGreaterThan(14_000);
    expect([refusedIn(response), rooms.checked.length]).toEqual([undefined, 200]);
  });

  it('in a JWT: the newest that fit, renewal after renewal, and the event says how many do not', async () => {
    const rooms = stored({ tokenFormat: 'jwt' });
    const response = await askForAll(rooms);
    const had = roomsIn(response);
    expect(Buffer.byteLength(response.body)).toBeLessThanOrEqual(MAX_JWT_BYTES);
    expect(Buffer.byteLength(response.body)).toBeGreaterThan(MAX_JWT_BYTES * 0.9);
    expect(had.toSorted()).toEqual(ROOMS.slice(-had.length).toSorted());
    expect(rooms.events.at(-1)).toMatchObject({
      grants: { dropped: { fromCredential: 200 - had.length, fromMemory: 0 } },
    });
    const renewal = await rooms.ask([]);
    expect(roomsIn(renewal)).toEqual(had);
    // A client that narrows makes room for others: those that it names are there although they are the oldest.
    const [oldest = ''] = ROOMS;
    const narrowed = await rooms.handle({ ...renewalRequest(), query: [['capability', `{"${oldest}":["*"]}`]] });
    expect(roomsIn(narrowed)).toEqual([oldest]);
  });

  it('at once in a JWT: what does not fit is named as refused, and is never an error', async () => {
    const rooms = stored({ tokenFormat: 'jwt' });
    const asked = ROOMS.slice(0, 100);
    const response = await rooms.ask(asked);
    const refused = refusedIn(response) ?? [];
    const left = typeof refused.at(-1) === 'number' ? Number(refused.at(-1)) : 0;
    const named = refused.filter((name) => typeof name === 'string').length;
    expect([response.status, named + left]).toEqual([200, 100 - roomsIn(response).length]);
    expect(roomsIn(response).length).toBeGreaterThan(40);
  });

  it('at once in a JWT, all or nothing: none of them', async () => {
    const grants = remembering('store', { onRefused: 'all-or-nothing' });
    const rooms = stored({ tokenFormat: 'jwt', grants });
    await rooms.ask(['room:1']);
    const response = await rooms.ask(ROOMS.slice(0, 100));
    expect(roomsIn(response)).toEqual(['room:1']);
    expect(roomsIn(await rooms.ask([]))).toEqual(['room:1']);
  });

  it('in a signed grant: the newest hundred or so, below 3,500 bytes; the others are checked again when asked for', async () => {
    const rooms = roomsEndpoint(() => true, { grants: remembering('signed') });
    let held = 'new';
    const ask = async (resources: readonly string[]): Promise<AuthResponse> => {
      const response = await rooms.ask(resources, { headers: { 'X-Ably-Auth-Grant': held } });
      held = grantHeaderIn(response) ?? '';
      return response;
    };
    for (const batch of BATCHES) await ask(batch);
    expect(held.length).toBeLessThanOrEqual(MAX_SIGNED_GRANT_BYTES);
    expect(rooms.events.some((event) => event.kind === 'issued' && (event.grants?.dropped?.fromMemory ?? 0) > 0)).toBe(
      true,
    );
    const had = roomsIn(await ask([]));
    expect(had.length).toBeGreaterThan(90);
    expect(had.toSorted()).toEqual(ROOMS.slice(-had.length).toSorted());
    expect(rooms.checked.length).toBe(200);
    expect(roomsIn(await ask(ROOMS.slice(0, 2)))).toContain(ROOMS[0]);
    expect(rooms.checked.length).toBe(202);
  });

  it('with short names in a signed grant: all of them', async () => {
    const rooms = roomsEndpoint(() => true, { grants: remembering('signed') });
    let held = 'new';
    for (const start of [0, 100]) {
      const names = Array.from({ length: 100 }, (_, n) => `room:${start + n}`);
      const response = await rooms.ask(names, { headers: { 'X-Ably-Auth-Grant': held } });
      held = grantHeaderIn(response) ?? '';
    }
    expect(held.length).toBeLessThan(1_500);
    expect(roomsIn(await rooms.ask([], { headers: { 'X-Ably-Auth-Grant': held } })).length).toBe(200);
  });
});

describe('other credentials', () => {
  const claims = Object.fromEntries(
    Array.from({ length: 20 }, (_, n) => [`https://app.example/claim-${n}`, 'x'.repeat(40)]),
  );
  const embeddedJwt = {
    secret: 'a-fake-secret-of-32-bytes-or-more-for-it',
    claims: { note: 'x'.repeat(200), who: '{sub}' },
  };
  const FORMATS: Readonly<Record<string, Parameters<typeof roomsEndpoint>[1]>> = {
    'a JWT that says more than rights': { tokenFormat: 'jwt', jwt: { claims } },
    'auto that has to be a JWT for what it says': { tokenFormat: 'auto', jwt: { claims } },
    'auto that has to be a JWT to be revoked': { tokenFormat: 'auto', revocable: true },
    'a JWT in a JWT': { tokenFormat: 'embedded-jwt', embeddedJwt },
    'a JWT in the payload of a JWT': { tokenFormat: 'embedded-jwt', embeddedJwt: { ...embeddedJwt, place: 'payload' } },
    'a JWT in an encrypted JWT': { tokenFormat: 'embedded-jwt', embeddedJwt: { ...embeddedJwt, encrypted: true } },
    'a JWT for a long name': {
      tokenFormat: 'jwt',
      rules: [{ name: 'all', grant: { lobby: ['subscribe'] }, clientId: `{sub}${'é'.repeat(120)}` }],
    },
  };

  it.each(Object.entries(FORMATS))('%s holds the newest that fit', async (_, options) => {
    const rooms = stored(options);
    expect(rooms.problems).toEqual([]);
    const { status, body } = await askForAll(rooms);
    expect([status, Buffer.byteLength(body)]).toEqual([200, expect.any(Number)]);
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(MAX_JWT_BYTES);
    expect(Buffer.byteLength(body)).toBeGreaterThan(MAX_JWT_BYTES * 0.7);
  });

  it('auto becomes a TokenRequest where it may, and holds them all', async () => {
    expect(roomsIn(await askForAll(stored({ tokenFormat: 'auto' }))).length).toBe(200);
    const accepted = stored({ tokenFormat: 'auto', revocable: true, acceptTwoMinuteWindow: true });
    expect(roomsIn(await askForAll(accepted)).length).toBe(200);
  });
});

describe('a thousand of the longest names', () => {
  it('still come to a credential that can be used', async () => {
    const rooms = stored();
    const name = (n: number) => `room:${String(n).padStart(4, '0')}${'"'.repeat(500)}`;
    let response: AuthResponse | undefined;
    for (let n = 0; n < 1_000; n += 40) response = await rooms.ask(Array.from({ length: 40 }, (_, i) => name(n + i)));
    expect(response?.status).toBe(200);
    expect(Buffer.byteLength(response?.body ?? '')).toBeLessThanOrEqual(MAX_TOKEN_JSON_BYTES);
    expect(response && roomsIn(response).includes(name(999))).toBe(true);
  });
});

describe('a policy that is too large by itself', () => {
  it('is 503 as ever, with or without asking', async () => {
    const grant = Object.fromEntries(
      Array.from({ length: 200 }, (_, n) => [`a-room-of-the-policy:${n}`, ['subscribe' as const]]),
    );
    const rooms = stored({ tokenFormat: 'jwt', rules: [{ name: 'much', grant }] });
    for (const resources of [[], ['room:1']]) {
      const response = await rooms.ask(resources);
      expect([response.status, errorOf(response).code]).toEqual([503, 50000]);
    }
  });
});

function renewalRequest() {
  const cookie = sessionCookie();
  return { method: 'GET', headers: new Map(), cookies: [cookie], body: '', platform: {} };
}
