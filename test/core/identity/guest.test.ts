import { describe, expect, it } from 'vitest';
import { createSeal } from '../../../core/keys/seal.ts';
import type { AuthResponse, IdentitySource, Rule } from '../../../index.ts';
import { anonymous, clearGuestCookie, custom, type GuestSourceOptions, guest, session } from '../../../index.ts';
import {
  authRequest,
  cookieSentBack,
  headerOf,
  jsonOf,
  NOW_MS,
  type RequestToWrite,
  SESSION_SECRET,
  sessionCookie,
  testEndpoint,
} from '../auth-request.ts';

const APP = 'https://app.example';
const COOKIE = '__Host-ably-auth-guest';
const DAY_MS = 86_400_000;
const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' };
const RULES: readonly Rule[] = [
  { name: 'guests', when: { kind: 'guest' }, grant: { lobby: ['subscribe'] } },
  { name: 'users', grant: { 'room:*': ['publish'] } },
];

function stage(options: Partial<GuestSourceOptions> = {}) {
  let nowMs = NOW_MS;
  const endpoint = testEndpoint({
    sources: [session({ secrets: [SESSION_SECRET] }), guest({ secrets: [SESSION_SECRET], ...options })],
    rules: RULES,
    allowedOrigins: [APP],
    nowMs: () => nowMs,
  });
  return {
    endpoint,
    ask: (written: RequestToWrite = {}) => endpoint.handle(authRequest(written)),
    later: (ms: number) => {
      nowMs += ms;
    },
  };
}

const clientIdOf = (response: AuthResponse) => {
  expect(response.status).toBe(200);
  return String(jsonOf(response).clientId);
};

describe('guest', () => {
  it('makes a guest for a browser that shows nothing, and knows it again by the cookie', async () => {
    const { ask } = stage();
    const first = await ask({ headers: SAME_ORIGIN });
    expect(clientIdOf(first)).toMatch(/^guest:[\w-]{22}$/);
    expect(jsonOf(first).capability).toBe('{"lobby":["subscribe"]}');
    expect(headerOf(first, 'X-Ably-Auth-Guest')).toBeUndefined();
    const [setCookie = ''] = first.cookies;
    expect(setCookie).toMatch(
      /^__Host-ably-auth-guest=v1\.[\w-]{8}\.[\w-]+\.[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure$/,
    );

    const again = await ask({ headers: SAME_ORIGIN, cookies: [cookieSentBack(setCookie)] });
    expect(clientIdOf(again)).toBe(clientIdOf(first));
    expect(again.cookies).toEqual([]);
    expect(clientIdOf(await ask({ headers: SAME_ORIGIN }))).not.toBe(clientIdOf(first));
  });

  it('keeps the guest of a client that is no browser in the header', async () => {
    const { ask } = stage();
    for (const headers of [{}, { 'x-ably-auth-guest': 'new' }, { 'x-ably-auth-guest': 'new', origin: 'null' }]) {
      const first = await ask({ headers });
      expect(first.cookies).toEqual([]);
      const kept = headerOf(first, 'X-Ably-Auth-Guest') ?? '';
      expect(kept).toMatch(/^v1\./);
      const again = await ask({ headers: { ...headers, 'x-ably-auth-guest': kept } });
      expect(clientIdOf(again)).toBe(clientIdOf(first));
      expect(headerOf(again, 'X-Ably-Auth-Guest')).toBeUndefined();
    }
  });

  it('lets a listed page read the header, and ask before it sends one', async () => {
    const { ask } = stage();
    const answer = await ask({ headers: { origin: APP, 'x-ably-auth-guest': 'new' } });
    expect(headerOf(answer, 'Access-Control-Expose-Headers')).toContain('X-Ably-Auth-Guest');
    const preflight = await ask({ method: 'OPTIONS', headers: { origin: APP } });
    expect(headerOf(preflight, 'Access-Control-Allow-Headers')).toContain('x-ably-auth-guest');
  });

  it('goes by the header where both are there', async () => {
    const { ask } = stage();
    const inCookie = await ask({ headers: SAME_ORIGIN });
    const inHeader = await ask();
    const both = await ask({
      headers: { ...SAME_ORIGIN, 'x-ably-auth-guest': headerOf(inHeader, 'X-Ably-Auth-Guest') ?? '' },
      cookies: [cookieSentBack(inCookie.cookies[0] ?? '')],
    });
    expect(clientIdOf(both)).toBe(clientIdOf(inHeader));
  });

  it('takes an empty header for none', async () => {
    const answer = await stage().ask({ headers: { ...SAME_ORIGIN, 'x-ably-auth-guest': ' ' } });
    expect(answer.cookies).toHaveLength(1);
  });

  it('renews in the second half of its life, and keeps the id', async () => {
    const { ask, later } = stage({ lifetime: '10d' });
    const first = await ask({ headers: SAME_ORIGIN });
    const cookies = [cookieSentBack(first.cookies[0] ?? '')];
    later(5 * DAY_MS - 1000);
    expect((await ask({ headers: SAME_ORIGIN, cookies })).cookies).toEqual([]);
    later(2000);
    const renewed = await ask({ headers: SAME_ORIGIN, cookies });
    expect(clientIdOf(renewed)).toBe(clientIdOf(first));
    expect(renewed.cookies[0]).toContain('Max-Age=864000');
    later(9 * DAY_MS);
    const after = await ask({ headers: SAME_ORIGIN, cookies: [cookieSentBack(renewed.cookies[0] ?? '')] });
    expect(clientIdOf(after)).toBe(clientIdOf(first));
  });

  it('S14: writes no cookie where neither header says whose page asks, not even to renew one', async () => {
    const { ask, later } = stage();
    const cookies = [cookieSentBack((await ask({ headers: SAME_ORIGIN })).cookies[0] ?? '')];
    later(20 * DAY_MS);
    const answer = await ask({ cookies });
    expect(answer.status).toBe(200);
    expect(answer.cookies).toEqual([]);
    expect(headerOf(answer, 'X-Ably-Auth-Guest')).toBeUndefined();
  });

  it('S8: a token never outlives its guest', async () => {
    const { ask, later } = stage({ lifetime: '1h' });
    const cookies = [cookieSentBack((await ask({ headers: SAME_ORIGIN })).cookies[0] ?? '')];
    later(50 * 60_000);
    expect(jsonOf(await ask({ cookies })).ttl).toBe(8 * 60_000);
  });

  it('opens what the secret before sealed', async () => {
    const old = 'an-older-fake-session-secret-of-32-bytes';
    const first = await stage({ secrets: [old] }).ask({ headers: SAME_ORIGIN });
    const again = await stage({ secrets: [SESSION_SECRET, old] }).ask({
      headers: SAME_ORIGIN,
      cookies: [cookieSentBack(first.cookies[0] ?? '')],
    });
    expect(clientIdOf(again)).toBe(clientIdOf(first));
  });

  it('is a user as soon as the session says so', async () => {
    const { ask } = stage();
    const cookies = [cookieSentBack((await ask({ headers: SAME_ORIGIN })).cookies[0] ?? ''), sessionCookie()];
    expect(clientIdOf(await ask({ headers: SAME_ORIGIN, cookies }))).toBe('bob');
  });
});

describe('a guest credential that is present and bad (S2)', () => {
  const payload = JSON.stringify({ id: 'mallory', iat: NOW_MS / 1000, exp: NOW_MS / 1000 + 3600 });
  const expired = JSON.stringify({ id: 'late', iat: NOW_MS / 1000 - 3600, exp: NOW_MS / 1000 });
  const bad: Readonly<Record<string, string>> = {
    forged: 'v1.aaaaaaaa.bbbb.cccc',
    'sealed for a session': createSeal('session', [SESSION_SECRET]).seal(payload),
    'sealed for a grant': createSeal('grant', [SESSION_SECRET]).seal(payload),
    'of another secret': createSeal('guest', ['another-fake-secret-of-32-bytes-or-more']).seal(payload),
    'of the payload alone': Buffer.from(payload).toString('base64url'),
    'past its end': createSeal('guest', [SESSION_SECRET]).seal(expired),
    'of more than 16 KiB': 'v'.repeat(16_385),
    'with its name in another case': 'NEW',
  };

  it.each(Object.entries(bad))(
    '%s: 401 and cleared in a cookie, 401 in a header, never a new guest',
    async (_, value) => {
      const { ask } = stage();
      const inCookie = await ask({ headers: SAME_ORIGIN, cookies: [[COOKIE, value]] });
      expect(inCookie.status).toBe(401);
      expect(inCookie.cookies).toEqual([clearGuestCookie()]);
      const inHeader = await ask({ headers: { 'x-ably-auth-guest': value } });
      expect(inHeader.status).toBe(401);
      expect(inHeader.cookies).toEqual([]);
      for (const answer of [inCookie, inHeader]) {
        expect(headerOf(answer, 'X-Ably-Auth-Guest')).toBeUndefined();
        expect(answer.body).not.toContain(value);
      }
    },
  );

  it('S15: a cookie or a header that came twice is refused', async () => {
    const { ask } = stage();
    const [name, value] = cookieSentBack((await ask({ headers: SAME_ORIGIN })).cookies[0] ?? '');
    const twice = await ask({
      headers: SAME_ORIGIN,
      cookies: [
        [name, value],
        [name, value],
      ],
    });
    expect(twice.status).toBe(401);
    expect(twice.cookies).toEqual([clearGuestCookie()]);
    expect((await ask({ headers: { 'x-ably-auth-guest': ['new', 'new'] } })).status).toBe(401);
  });

  it('S14: a foreign page is refused with the cookie and without one', async () => {
    const { ask } = stage();
    const cookies = [cookieSentBack((await ask({ headers: SAME_ORIGIN })).cookies[0] ?? '')];
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      for (const written of [{ headers, cookies }, { headers }]) {
        const answer = await ask(written);
        expect(answer.status).toBe(403);
        expect(answer.cookies).toEqual([]);
      }
    }
  });

  it('says to a listed page of another site that its cookie would be lost', async () => {
    const { ask, endpoint } = stage();
    const headers = { origin: APP, 'sec-fetch-site': 'cross-site' };
    expect((await ask({ headers })).status).toBe(401);
    expect(endpoint.events.at(-1)).toMatchObject({
      detail: 'guest: a guest of another site needs the header X-Ably-Auth-Guest: new',
    });
    expect((await ask({ headers: { ...headers, 'x-ably-auth-guest': 'new' } })).status).toBe(200);
  });

  it('S10: events hold neither the credential nor the id', async () => {
    const { ask, endpoint } = stage();
    const first = await ask({ headers: SAME_ORIGIN });
    const [, value] = cookieSentBack(first.cookies[0] ?? '');
    await ask({ headers: SAME_ORIGIN, cookies: [[COOKIE, `${value}x`]] });
    const log = JSON.stringify(endpoint.events);
    expect(log).not.toContain(value);
    expect(log).not.toContain(clientIdOf(first).slice('guest:'.length));
  });
});

describe('guests in a config', () => {
  const problemsOf = (...sources: readonly IdentitySource[]) =>
    testEndpoint({ sources, rules: RULES }).problems.map(({ problem }) => problem);
  const ours = () => guest({ secrets: [SESSION_SECRET] });

  it('stand last, and alone among those who take everybody', () => {
    const signedIn = session({ secrets: [SESSION_SECRET] });
    expect(problemsOf(signedIn, ours())).toEqual([]);
    expect(problemsOf(ours(), signedIn)).toEqual(['guest stands before other sources']);
    expect(problemsOf(ours(), anonymous())).toEqual(['guest stands before other sources']);
  });

  it('S1: are granted nothing by a rule that does not name them', async () => {
    const rules: readonly Rule[] = [{ name: 'everybody who signed in', grant: { room: ['publish'] } }];
    const { handle } = testEndpoint({ sources: [ours()], rules });
    const answer = await handle(authRequest({ headers: SAME_ORIGIN }));
    expect(answer.status).toBe(403);
    expect(answer.cookies).toEqual([]);
  });

  it('S19: have a prefix that no other source may have, begin or come to', async () => {
    const of = (clientIdPrefix: string) =>
      custom({
        name: 'app',
        from: { header: 'x-user' },
        identify: ({ credential }) => ({ subject: credential, claims: { nick: credential } }),
        clientIdPrefix,
      });
    expect(problemsOf(of('guest:vip:'), ours())).toEqual(['its clientIds and those of app cannot be told apart']);
    expect(problemsOf(of('guest:'), ours())).toHaveLength(1);
    expect(problemsOf(of('g'), ours())).toEqual([]);

    const rules: readonly Rule[] = [
      { name: 'by name', when: { claims: { nick: { present: true } } }, clientId: '{nick}', grant: { r: ['publish'] } },
    ];
    const { handle } = testEndpoint({ sources: [of(''), ours()], rules });
    const askAs = (user: string) => handle(authRequest({ headers: { 'x-user': user } }));
    expect(clientIdOf(await askAs('ada'))).toBe('ada');
    expect((await askAs('guest:AAAAAAAAAAAAAAAAAAAAAA')).status).toBe(403);
  });

  it.each<[string, Partial<GuestSourceOptions>]>([
    ['no secret', { secrets: [] }],
    ['a short secret', { secrets: ['short'] }],
    ['a prefix of nothing', { prefix: '' }],
    ['a prefix that no clientId may have', { prefix: 'guest*' }],
    ['a lifetime of minutes', { lifetime: '10m' }],
    ['a lifetime longer than browsers keep cookies', { lifetime: '401d' }],
    ['a lifetime that is none', { lifetime: 'soon' as never }],
  ])('are refused with %s', (_, options) => {
    expect(problemsOf(guest({ secrets: [SESSION_SECRET], ...options })).length).toBeGreaterThan(0);
  });

  it('may have another prefix', async () => {
    const { handle } = testEndpoint({
      sources: [guest({ secrets: [SESSION_SECRET], prefix: 'visitor-' })],
      rules: RULES,
    });
    expect(clientIdOf(await handle(authRequest({ headers: SAME_ORIGIN })))).toMatch(/^visitor-/);
  });

  it('have a cookie of another name where there is no TLS', async () => {
    const config = { sources: [ours()], rules: RULES, secureCookies: false };
    const { cookies } = await testEndpoint(config).handle(authRequest({ headers: SAME_ORIGIN }));
    expect(cookies[0]).toMatch(/^ably-auth-guest-dev=[^;]+; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax$/);
    expect(clearGuestCookie({ secureCookies: false })).toMatch(/^ably-auth-guest-dev=; Path=\/; Max-Age=0/);
  });
});
