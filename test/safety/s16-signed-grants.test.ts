import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiKey } from '../../core/keys/api-key.ts';
import { createSeal } from '../../core/keys/seal.ts';
import { type AuthResponse, type RememberingOptions, remembering } from '../../index.ts';
import { authRequest, KEY_SECRET, NOW_MS, SESSION_SECRET, sessionCookie } from '../core/auth-request.ts';
import { grantHeaderIn, type Rooms, roomsEndpoint, roomsIn } from '../grants/asking.ts';
import { openNaively, sealNaively } from './naive/grant-of-whoever-holds-it.ts';
import { flipped, headerSource } from './support.ts';

const HEADER = 'X-Ably-Auth-Grant';
const HOUR_MS = 3_600_000;

type Cookies = Parameters<typeof sessionCookie>[0];

/** Under which nobody gets in anywhere: what is there all the same comes from the grant. */
const CLOSED = () => false;

function rooms(
  door: () => boolean,
  options: RememberingOptions = {},
  more: Parameters<typeof roomsEndpoint>[1] = {},
): Rooms {
  // A policy of the same name everywhere, so that it is never the door's text that tells two endpoints apart.
  return roomsEndpoint(door, { grants: remembering('signed', { policyVersion: '1', ...options }), ...more });
}

async function ask(
  on: Rooms,
  grant: string,
  resources: readonly string[],
  session: Cookies = {},
): Promise<AuthResponse> {
  return on.ask(resources, { headers: { [HEADER]: grant }, cookies: [sessionCookie(session)] });
}

/** A grant for room:7, of bob unless told otherwise. */
async function grantOf(session: Cookies = {}, on: Rooms = rooms(() => true)): Promise<string> {
  return grantHeaderIn(await ask(on, 'new', ['room:7'], session)) ?? '';
}

/** What a grant is worth to whoever shows it: nobody is let in by a check. */
async function worth(grant: string, session: Cookies = {}, on: Rooms = rooms(CLOSED)): Promise<readonly string[]> {
  const response = await ask(on, grant, [], session);
  expect(response.status).toBe(200);
  return roomsIn(response);
}

describe('S16 a grant that remembers for whoever holds it', () => {
  const grant = sealNaively(KEY_SECRET, { clientId: 'eve', resources: ['room:7'] });

  it('is as good after logging out and in again, and next year', () => {
    expect(openNaively(KEY_SECRET, grant, 'eve')).toEqual(['room:7']);
  });

  it('is another user’s as soon as the clientId comes from the request', () => {
    expect(openNaively(KEY_SECRET, grant, 'eve')).toEqual(['room:7']);
    const signedForAsking = sealNaively(KEY_SECRET, { clientId: 'bob', resources: ['room:7'] });
    expect(openNaively(KEY_SECRET, signedForAsking, 'bob')).toEqual(['room:7']);
  });

  it('holds another room where not every byte is under the MAC', () => {
    const [, mac = ''] = grant.split('.');
    const payload = Buffer.from(JSON.stringify({ clientId: 'eve', resources: ['room:*'] })).toString('base64url');
    expect(openNaively(KEY_SECRET, `${payload}.${mac}`, 'eve')).toEqual(['room:*']);
  });

  it('is parsed before anybody knows who wrote it', () => {
    expect(() => openNaively(KEY_SECRET, 'AAAA.x', 'eve')).toThrow(SyntaxError);
  });
});

describe('S16 a signed grant of ours', () => {
  it('is worth something to its owner, or what follows would prove nothing', async () => {
    expect(await worth(await grantOf())).toEqual(['room:7']);
  });

  it('is worth nothing to another user', async () => {
    expect(await worth(await grantOf({ subject: 'bob' }), { subject: 'eve' })).toEqual([]);
  });

  it('is worth nothing to the same subject of another source', async () => {
    // Neither names a session, so that the source alone tells them apart.
    const from = (source: string, door: () => boolean): Rooms =>
      rooms(door, {}, { sources: [headerSource(source, 'x-user', { clientIdPrefix: '' })] });
    const bob = (grant: string) => ({ cookies: [], headers: { 'x-user': 'bob', [HEADER]: grant } });
    const grant = grantHeaderIn(await from('first', () => true).ask(['room:7'], bob('new'))) ?? '';
    expect(roomsIn(await from('first', CLOSED).ask([], bob(grant)))).toEqual(['room:7']);
    const response = await from('partner', CLOSED).ask([], bob(grant));
    expect([response.status, roomsIn(response)]).toEqual([200, []]);
  });

  it('is worth nothing in a later session of its owner, with or without an id', async () => {
    expect(await worth(await grantOf({ sessionId: 'a' }), { sessionId: 'b' })).toEqual([]);
    const later = [sessionCookie({}, NOW_MS - 1_000)];
    const response = await rooms(CLOSED).ask([], { headers: { [HEADER]: await grantOf() }, cookies: later });
    expect([response.status, roomsIn(response)]).toEqual([200, []]);
    expect(await worth(await grantOf({ sessionId: `at ${NOW_MS}` }))).toEqual([]);
  });

  it('is worth nothing after logging out: the next login is another session, and without one there is none', async () => {
    const replayed = await rooms(CLOSED).ask([], { headers: { [HEADER]: await grantOf() }, cookies: [] });
    expect([replayed.status, replayed.body.includes('room:7')]).toEqual([401, false]);
    const anonymous = rooms(
      CLOSED,
      {},
      { rules: [{ name: 'all', when: { kind: ['user', 'anonymous'] }, grant: { lobby: ['subscribe'] } }] },
    );
    const nobody = await anonymous.ask([], { headers: { [HEADER]: await grantOf() }, cookies: [] });
    expect([nobody.status, roomsIn(nobody)]).toEqual([200, []]);
  });

  it('of an older policy is a wish, and is refused as one', async () => {
    const later = rooms(CLOSED, { policyVersion: '2' });
    expect(await worth(await grantOf(), {}, later)).toEqual([]);
    expect(later.checked).toEqual(['bob 7']);
  });

  it.each([
    ['of another app', new ApiKey('other', 'keyid', KEY_SECRET)],
    ['of another key', new ApiKey('appid', 'other', KEY_SECRET)],
    ['of another secret', new ApiKey('appid', 'keyid', 'another-secret')],
  ])('is worth nothing under a key %s', async (_, key) => {
    expect(await worth(await grantOf(), {}, rooms(CLOSED, {}, { loadCurrent: async () => key }))).toEqual([]);
  });

  it.each([
    ['of another app', new ApiKey('other', 'keyid', KEY_SECRET)],
    ['of another key', new ApiKey('appid', 'other', KEY_SECRET)],
  ])('is worth nothing under a key %s even where one session secret seals for both', async (_, key) => {
    const secrets = [SESSION_SECRET];
    const grant = await grantOf(
      {},
      rooms(() => true, { secrets }),
    );
    expect(await worth(grant, {}, rooms(CLOSED, { secrets }))).toEqual(['room:7']);
    expect(await worth(grant, {}, rooms(CLOSED, { secrets }, { loadCurrent: async () => key }))).toEqual([]);
  });

  it('is a wish from its age limit on, to the second', async () => {
    const grant = await grantOf({ lifetimeSeconds: 90_000 });
    const at = (ms: number) => rooms(CLOSED, {}, { nowMs: () => NOW_MS + ms });
    expect(await worth(grant, { lifetimeSeconds: 90_000 }, at(24 * HOUR_MS - 1))).toEqual(['room:7']);
    expect(await worth(grant, { lifetimeSeconds: 90_000 }, at(24 * HOUR_MS))).toEqual([]);
  });

  it('is worth nothing with a longer list under the old MAC, or under any that we hand out for other things', async () => {
    const [version, keyId, payload = '', mac] = (await grantOf()).split('.');
    const text = Buffer.from(payload, 'base64url').toString();
    const grown = Buffer.from(text.replace('"7"', '"7,8"')).toString('base64url');
    expect(text).toContain('"7"');
    expect(await worth([version, keyId, grown, mac].join('.'))).toEqual([]);
    const raw = createHmac('sha256', KEY_SECRET).update(`${version}.${keyId}.${grown}`).digest('base64url');
    expect(await worth([version, keyId, grown, raw].join('.'))).toEqual([]);
    const secrets = [SESSION_SECRET];
    const closed = rooms(CLOSED, { secrets });
    for (const label of ['session', 'guest'] as const) {
      expect(await worth(createSeal(label, secrets).seal(text), {}, closed)).toEqual([]);
    }
    expect(await worth(sessionCookie()[1], {}, closed)).toEqual([]);
  });

  it('cannot be had for another clientId than the one it is shown with, where a client may choose', async () => {
    const rules = [{ name: 'servers', grant: { lobby: ['subscribe' as const] }, wildcardClientId: true as const }];
    const open = rooms(() => true, {}, { rules });
    const closed = rooms(CLOSED, {}, { rules });
    const as = (on: Rooms, clientId: string, grant: string, resources: readonly string[], subject: string) => {
      const query = { clientId, resources: JSON.stringify(resources) };
      return on.handle(authRequest({ query, cookies: [sessionCookie({ subject })], headers: { [HEADER]: grant } }));
    };
    const asBob = grantHeaderIn(await as(open, 'bob', 'new', ['room:7'], 'server')) ?? '';
    expect(roomsIn(await as(closed, 'bob', asBob, [], 'server'))).toEqual(['room:7']);
    expect(roomsIn(await as(closed, 'eve', asBob, [], 'server'))).toEqual([]);
    expect(roomsIn(await as(closed, 'bob', asBob, [], 'other'))).toEqual([]);
    // Not even to bob himself, whose name was chosen.
    expect(await worth(asBob, { subject: 'bob' })).toEqual([]);
  });

  it('is worth nothing with any one character or bit of it changed', async () => {
    const grant = await grantOf();
    const closed = rooms(CLOSED);
    for (let at = 0; at < grant.length; at += 1) expect(await worth(flipped(grant, at), {}, closed)).toEqual([]);
    await fc.assert(
      fc.asyncProperty(fc.nat(grant.length * 8 - 1), async (bit) => {
        const bytes = Buffer.from(grant, 'latin1');
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(await worth(bytes.toString('latin1'), {}, closed)).toEqual([]);
      }),
      { numRuns: 500 },
    );
    expect(closed.events.filter(({ kind }) => kind === 'refused')).toEqual([]);
  });

  it('is worth nothing when it is cut, padded, doubled or of another version', async () => {
    const grant = await grantOf();
    const [, keyId, payload, mac] = grant.split('.');
    for (const other of [
      ...[grant.slice(0, -1), `${grant}=`, `${grant}.`, `${grant}${grant}`, `.${grant}`, `${grant} `.repeat(2)],
      ...[`v2.${keyId}.${payload}.${mac}`, `v1.${keyId}.${payload}`, `v1..${payload}.${mac}`, `v1.${keyId}..${mac}`],
      ...['', '.', '...', 'new.', 'null', '{}', 'é'.repeat(10), 'x'.repeat(20_000), `${grant}, ${grant}`],
    ]) {
      expect(await worth(other)).toEqual([]);
    }
  });
});
