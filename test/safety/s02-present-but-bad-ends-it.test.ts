import { describe, expect, it } from 'vitest';
import { cookieName } from '../../core/identity/cookie.ts';
import { createSeal, type SealLabel } from '../../core/keys/seal.ts';
import { anonymous, createSessionCookies, session } from '../../index.ts';
import {
  authRequest,
  cookieSentBack,
  headerOf,
  jsonOf,
  NOW_MS,
  SESSION_SECRET,
  sessionCookie,
  testEndpoint,
} from '../core/auth-request.ts';
import { firstThatIsSatisfied } from './naive/fallthrough-sources.ts';
import { CLEARED_SESSION, expectRefusal, flipped, RULES, watched } from './support.ts';

const NAME = cookieName('session', true);
const [, GOOD] = sessionCookie({ subject: 'bob', claims: { role: 'member' } });
const OTHER_SECRET = 'another-fake-session-secret-of-32-bytes';
const SECONDS = Math.floor(NOW_MS / 1000);
const PAYLOAD = JSON.stringify({ sub: 'mallory', iat: SECONDS, exp: SECONDS + 7_200 });

const sealedFor = (label: SealLabel, secret = SESSION_SECRET): string => createSeal(label, [secret]).seal(PAYLOAD);
const [, WRONG_SECRET] = cookieSentBack(
  createSessionCookies({ secrets: [OTHER_SECRET] }).write({ subject: 'bob', lifetimeSeconds: 7_200 }, NOW_MS),
);
const [version = '', keyId = '', payload = '', mac = ''] = GOOD.split('.');

const BAD: Readonly<Record<string, string>> = {
  'sealed for a guest': sealedFor('guest'),
  'sealed for a grant': sealedFor('grant'),
  'sealed with another secret': WRONG_SECRET,
  'that claims the id of our key and is sealed with another': WRONG_SECRET.replace(/^v1\.[^.]+/, `v1.${keyId}`),
  expired: sessionCookie({ lifetimeSeconds: 60 }, NOW_MS - 60_000)[1],
  'with the payload of another': [version, keyId, Buffer.from(PAYLOAD).toString('base64url'), mac].join('.'),
  'without a MAC': `${version}.${keyId}.${payload}`,
  'with an empty MAC': `${version}.${keyId}.${payload}.`,
  'with a MAC twice': `${GOOD}.${mac}`,
  'with a longer MAC': `${GOOD}A`,
  'with a padded MAC': `${GOOD}=`,
  'of another version': GOOD.replace(/^v1/, 'v2'),
  'that is a JWT without a signature': `eyJhbGciOiJub25lIn0.${Buffer.from(PAYLOAD).toString('base64url')}.`,
  'that is plain JSON': encodeURIComponent(PAYLOAD),
  'percent-encoded': encodeURIComponent(`${GOOD} `),
  'in quotation marks': `"${GOOD}"`,
  empty: '',
  'of dots': '....',
  'of 16 KiB and one byte': 'v'.repeat(16 * 1024 + 1),
};

const endpoint = testEndpoint({ rules: RULES });
const withCookie = (value: string) => authRequest({ cookies: [[NAME, value]] });

describe('S2 a credential that is present and bad ends the request', () => {
  it('sources that are asked until one is satisfied let a forged cookie in as somebody else', async () => {
    const sources = [session({ secrets: [SESSION_SECRET] }), anonymous()];
    for (const value of Object.values(BAD)) {
      expect(await firstThatIsSatisfied(sources, withCookie(value), NOW_MS)).toMatchObject({ kind: 'anonymous' });
    }
  });

  it('accepts the cookie that the attacks below are made from', async () => {
    const response = await endpoint.handle(withCookie(GOOD));
    expect(jsonOf(response).clientId).toBe('bob');
    expect(response.cookies).toEqual([]);
  });

  for (const [what, value] of Object.entries(BAD)) {
    it(`answers 401 to a cookie ${what}, clears it, and asks no other source`, async () => {
      const last = watched(anonymous());
      const sources = [session({ secrets: [SESSION_SECRET] }), last];
      const response = await testEndpoint({ sources, rules: RULES }).handle(withCookie(value));
      expectRefusal(response, 401, 40101);
      expect(response.cookies).toEqual([CLEARED_SESSION]);
      expect(last.verified()).toBe(0);
    });
  }

  it('notices one changed character at every place of the cookie', async () => {
    for (let at = 0; at < GOOD.length; at++) {
      const response = await endpoint.handle(withCookie(flipped(GOOD, at)));
      expect(response.status, `at ${at}`).toBe(401);
      expect(response.cookies).toEqual([CLEARED_SESSION]);
    }
  });

  it('is not hidden by another spelling of the same bytes', async () => {
    // The last character of base64url of 32 bytes has two bits to spare; a decoder ignores them.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(GOOD.at(-1) ?? '');
    for (const bits of [1, 2, 3]) {
      const spelling = GOOD.slice(0, -1) + alphabet[last ^ bits];
      expect(Buffer.from(spelling.split('.')[3] ?? '', 'base64url')).toEqual(Buffer.from(mac, 'base64url'));
      expect((await endpoint.handle(withCookie(spelling))).status).toBe(401);
    }
    const standard = GOOD.replaceAll('-', '+').replaceAll('_', '/');
    if (standard !== GOOD) expect((await endpoint.handle(withCookie(standard))).status).toBe(401);
  });

  it('lets the browser in again once the 401 has cleared the cookie', async () => {
    expect((await endpoint.handle(withCookie(BAD.expired ?? ''))).cookies).toEqual([CLEARED_SESSION]);
    expect((await endpoint.handle(authRequest())).status).toBe(200);
  });

  it.each([
    ['the placeholder that makes ably-js send cookies', 'cookie'],
    ['another scheme', 'Basic bm9ib2R5Om5vdGhpbmc='],
    ['an empty value', ''],
  ])('an Authorization header with %s is nothing to the cookie beside it', async (_, authorization) => {
    const response = await endpoint.handle(authRequest({ headers: { authorization }, cookies: [[NAME, GOOD]] }));
    expect(jsonOf(response).clientId).toBe('bob');
    expectRefusal(
      await endpoint.handle(authRequest({ headers: { authorization }, cookies: [[NAME, flipped(GOOD, 30)]] })),
      401,
      40101,
    );
  });

  it('opens what the secret before it sealed, and never seals with that one', async () => {
    const secrets = [OTHER_SECRET, SESSION_SECRET];
    const rotated = testEndpoint({ sources: [session({ secrets }), anonymous()], rules: RULES });
    expect(jsonOf(await rotated.handle(withCookie(GOOD))).clientId).toBe('bob');
    const [, written] = cookieSentBack(
      createSessionCookies({ secrets }).write({ subject: 'bob', lifetimeSeconds: 60 }, NOW_MS),
    );
    expect(written.split('.')[1]).toBe(WRONG_SECRET.split('.')[1]);
  });

  it('never reads the cookie of the other name: dev here, __Host- on the local server', async () => {
    const dev = cookieName('session', false);
    expect(dev).not.toMatch(/^__Host-/);
    // Both endpoints take the cookie for what it is to them: nothing at all.
    const here = await endpoint.handle(authRequest({ cookies: [[dev, GOOD]] }));
    const local = await testEndpoint({ rules: RULES, secureCookies: false }).handle(withCookie(GOOD));
    for (const response of [here, local]) {
      expect(response.body).not.toContain('bob');
      expect(jsonOf(response).capability).toBe('{"notifications":["subscribe"]}');
    }
    const ours = await testEndpoint({ rules: RULES, secureCookies: false }).handle(
      authRequest({ cookies: [[dev, GOOD]] }),
    );
    expect(jsonOf(ours).clientId).toBe('bob');
  });

  it('a cookie of another case is not ours: browsers guard the prefix, not our reading of it', async () => {
    const response = await endpoint.handle(authRequest({ cookies: [['__host-ably-auth-session', GOOD]] }));
    expect(response.body).not.toContain('bob');
    expect(headerOf(response, 'Set-Cookie')).toBeUndefined();
  });
});
