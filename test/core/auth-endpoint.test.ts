/** The answers of the whole endpoint, row by row of the wire table; what each step decides is tested beside it. */
import { describe, expect, it } from 'vitest';
import type { AuthResponse } from '../../core/http.ts';
import type { IdentitySource } from '../../core/identity/identity.ts';
import { session } from '../../core/identity/session.ts';
import { KeySourceError } from '../../core/keys/key-source.ts';
import type { Rule } from '../../core/policy/rule.ts';
import {
  authRequest,
  type EndpointToTest,
  errorOf,
  headerOf,
  jsonOf,
  KEY_NAME,
  NOW_MS,
  postForm,
  postJson,
  SESSION_SECRET,
  sessionCookie,
  testEndpoint,
  testKey,
} from './auth-request.ts';

const APP = 'https://app.example';
const RULES: readonly Rule[] = Object.freeze([
  { name: 'visitors', when: { kind: 'anonymous' }, grant: { news: ['subscribe'] } },
  { name: 'users', grant: { 'user:{sub}': ['*'], 'room:*': ['publish', 'subscribe'] } },
]);
const BASE: EndpointToTest = { rules: RULES, allowedOrigins: [APP] };

const BOB = { cookies: [sessionCookie({ subject: 'bob' })] };

/** A source of callers whom the session source would never let in. */
function sourceOf(
  identity: { subject: string; expiresAtMs?: number },
  verify?: IdentitySource['verify'],
): EndpointToTest {
  const source: IdentitySource = {
    ...{ name: 'own', ambient: false, kinds: ['user'], problems: [], carriesCredential: () => true },
    verify:
      verify ?? (() => ({ kind: 'identified', identity: { source: 'own', kind: 'user', claims: {}, ...identity } })),
  };
  return { ...BASE, sources: [source] };
}

const keyStore = (error: unknown): EndpointToTest => ({ ...BASE, loadCurrent: async () => Promise.reject(error) });
const outage = new KeySourceError('unreachable', 'ABLY_API_KEY_SECRET_ID', 'The store said never-shown.', 'Wait.');

interface Row {
  readonly request: Parameters<typeof authRequest>[0];
  readonly endpoint?: EndpointToTest;
  readonly status: number;
  readonly code: number;
  readonly retryAfter?: string;
}

const TABLE: Readonly<Record<string, Row>> = {
  'no rule for this identity': {
    request: BOB,
    endpoint: { ...BASE, rules: RULES.slice(0, 1) },
    status: 403,
    code: 40300,
  },
  'an identity that is no clientId': { request: {}, endpoint: sourceOf({ subject: 'a\nb' }), status: 403, code: 40300 },
  'a foreign clientId': { request: { ...BOB, query: { clientId: 'eve' } }, status: 403, code: 40300 },
  'a clientId while anonymous': { request: { query: { clientId: 'eve' } }, status: 403, code: 40300 },
  'a cookie from a foreign page': {
    request: { ...BOB, headers: { origin: 'https://evil.example' } },
    status: 403,
    code: 40300,
  },
  'no credential': {
    request: {},
    endpoint: { ...BASE, sources: [session({ secrets: [SESSION_SECRET] })] },
    status: 401,
    code: 40101,
  },
  'an expired session': {
    request: { cookies: [sessionCookie({ lifetimeSeconds: 60 }, NOW_MS - 60_000)] },
    status: 401,
    code: 40101,
  },
  'a session about to end': {
    request: { cookies: [sessionCookie({ lifetimeSeconds: 179 })] },
    status: 401,
    code: 40101,
  },
  'a bad session': { request: { cookies: [['__Host-ably-auth-session', 'x']] }, status: 401, code: 40101 },
  'two sessions': { request: { cookies: [sessionCookie(), sessionCookie()] }, status: 401, code: 40101 },
  'two Authorization headers': { request: { headers: { authorization: ['a', 'b'] } }, status: 401, code: 40101 },
  'anonymous without a rule': { request: {}, endpoint: { ...BASE, rules: RULES.slice(1) }, status: 401, code: 40101 },
  'a capability that leaves nothing': {
    request: { ...BOB, query: { capability: '{"secret":["*"]}' } },
    status: 401,
    code: 40160,
  },
  'the capability {}': { request: { ...BOB, query: { capability: '{}' } }, status: 401, code: 40160 },
  'a malformed capability': { request: { query: { capability: '{' } }, status: 400, code: 40000 },
  'a parameter twice': {
    request: {
      query: [
        ['clientId', 'bob'],
        ['clientId', 'bob'],
      ],
    },
    status: 400,
    code: 40000,
  },
  'a body of another type': {
    request: { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } },
    status: 400,
    code: 40000,
  },
  'another method': { request: { method: 'PUT', ...BOB }, status: 405, code: 40500 },
  'a key store out of reach': { request: BOB, endpoint: keyStore(outage), status: 503, code: 50000, retryAfter: '5' },
  'a key store that breaks its promise': {
    request: BOB,
    endpoint: keyStore(new TypeError('never-shown')),
    status: 503,
    code: 50000,
    retryAfter: '5',
  },
  'a wrong config': { request: BOB, endpoint: { ...BASE, rules: [] }, status: 503, code: 50000, retryAfter: '30' },
  'more rights than a JWT can carry': {
    request: {
      cookies: [sessionCookie({ claims: { rooms: Array.from({ length: 100 }, (_, n) => `${n}`.repeat(40)) } })],
    },
    endpoint: { ...BASE, tokenFormat: 'jwt', rules: [{ name: 'x', grant: { 'room:{rooms}': ['publish'] } }] },
    ...{ status: 503, code: 50000, retryAfter: '30' },
  },
  'a bug': {
    request: {},
    endpoint: sourceOf({ subject: 'x' }, () => Promise.reject(new Error('never-shown'))),
    status: 500,
    code: 50000,
  },
};

describe('handle', () => {
  describe.each(Object.entries(TABLE))('answers %s', (_, { request, endpoint = BASE, status, code, retryAfter }) => {
    const ask = () => testEndpoint(endpoint).handle(authRequest({ ...request, platform: { requestId: 'r-1' } }));

    it(`with ${status} and ${code}, in body and headers alike`, async () => {
      const response = await ask();
      expect(response.status).toBe(status);
      expect(jsonOf(response)).toEqual({
        error: { code, statusCode: status, message: expect.stringMatching(/^[\x20-\x7e]+$/), requestId: 'r-1' },
      });
      expect(headerOf(response, 'Content-Type')).toBe('application/json');
      expect(headerOf(response, 'X-Ably-ErrorCode')).toBe(String(code));
      expect(headerOf(response, 'X-Ably-ErrorMessage')).toBe(errorOf(response).message);
      expect(headerOf(response, 'X-Request-Id')).toBe('r-1');
      expect(headerOf(response, 'Retry-After')).toBe(retryAfter);
    });

    it('S9, S10: uncached, without a challenge, and without what went wrong inside', async () => {
      const response = await ask();
      expectNeverCached(response);
      expect(headerOf(response, 'WWW-Authenticate')).toBeUndefined();
      expect(headerOf(response, 'Location')).toBeUndefined();
      expect(JSON.stringify(response)).not.toContain('never-shown');
    });
  });

  it('answers a visitor with a TokenRequest without a clientId', async () => {
    const response = await testEndpoint(BASE).handle(authRequest());
    expect([response.status, headerOf(response, 'Content-Type')]).toEqual([200, 'application/json']);
    expect(jsonOf(response)).toEqual({
      ...{ keyName: KEY_NAME, ttl: 3_600_000, capability: '{"news":["subscribe"]}', timestamp: NOW_MS },
      ...{ nonce: expect.stringMatching(/^[\x21-\x7e]{16,}$/), mac: expect.stringMatching(/^[\w+/]{43}=$/) },
    });
    expectNeverCached(response);
    expect(response.cookies).toEqual([]);
  });

  it('answers a user with their own channels and clientId', async () => {
    const response = await testEndpoint(BASE).handle(authRequest(BOB));
    expect(jsonOf(response)).toMatchObject({
      ...{ clientId: 'bob', capability: '{"room:*":["publish","subscribe"],"user:bob":["*"]}', ttl: 3_600_000 },
    });
  });

  it('answers with a bare JWT where that is configured', async () => {
    const response = await testEndpoint({ ...BASE, env: { ABLY_AUTH_TOKEN_FORMAT: 'jwt' } }).handle(authRequest(BOB));
    expect([response.status, headerOf(response, 'Content-Type')]).toEqual([200, 'application/jwt']);
    expect(response.body).toMatch(/^[\w-]+\.[\w-]+\.[\w-]{43}$/);
    expectNeverCached(response);
  });

  it('takes no notice of Accept, which SDKs send as they like', async () => {
    for (const accept of ['application/x-msgpack', 'text/html', '*/*;q=0']) {
      const response = await testEndpoint(BASE).handle(
        authRequest({ headers: { accept }, query: { format: 'msgpack' } }),
      );
      expect([response.status, headerOf(response, 'Content-Type')]).toEqual([200, 'application/json']);
    }
  });

  it('signs every answer anew', async () => {
    const endpoint = testEndpoint(BASE);
    const bodies = await Promise.all(Array.from({ length: 20 }, () => endpoint.handle(authRequest())));
    expect(new Set(bodies.map(({ body }) => jsonOf({ body } as AuthResponse).nonce)).size).toBe(20);
  });

  it.each([
    ['a query', authRequest({ ...BOB, query: { capability: '{"room:7":["*"],"x":["*"]}' } })],
    ['a form', postForm(`capability=${encodeURIComponent('{"room:7":["*"],"x":["*"]}')}`, BOB)],
    ['JSON', postJson({ capability: { 'room:7': ['*'], x: ['*'] } }, BOB)],
    ['a query beside a form', postForm('rnd=1', { ...BOB, query: { capability: '{"room:7":["*"],"x":["*"]}' } })],
  ])('S3: narrows to what is asked for in %s, and no further than the policy', async (_, request) => {
    const response = await testEndpoint(BASE).handle(request);
    expect(jsonOf(response).capability).toBe('{"room:7":["publish","subscribe"]}');
  });

  it.each<[string, EndpointToTest, string, number]>([
    ['ignored', BASE, '120000', 3_600_000],
    ['ignored even when it makes no sense', BASE, 'soon', 3_600_000],
    ['honoured where the config says so', { ...BASE, honourRequestedTtl: true }, '120000', 120_000],
    ['never longer', { ...BASE, honourRequestedTtl: true }, '86400000', 3_600_000],
    ['not taken from ably-cocoa, which sends seconds', { ...BASE, honourRequestedTtl: true }, '3600', 3_600_000],
  ])('S3: a requested ttl is %s', async (_, endpoint, ttl, expected) => {
    expect(jsonOf(await testEndpoint(endpoint).handle(authRequest({ ...BOB, query: { ttl } }))).ttl).toBe(expected);
  });

  it('S2: clears a bad cookie with the 401 that refuses it, and does not fall back to anonymous', async () => {
    const request = authRequest({ cookies: [['__Host-ably-auth-session', 'x']] });
    const response = await testEndpoint(BASE).handle(request);
    expect([response.status, response.cookies]).toEqual([
      401,
      ['__Host-ably-auth-session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure'],
    ]);
  });

  it('S2: clears no cookie that was good, whatever else is wrong', async () => {
    const response = await testEndpoint(BASE).handle(authRequest({ ...BOB, query: { clientId: 'eve' } }));
    expect([response.status, response.cookies]).toEqual([403, []]);
  });

  it('S14: a foreign page with the cookie of a user is refused, not served as a visitor', async () => {
    const endpoint = testEndpoint(BASE);
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    const withCookie = await endpoint.handle(authRequest({ ...BOB, headers }));
    const without = await endpoint.handle(authRequest({ headers }));
    expect([withCookie.status, withCookie.cookies, without.status]).toEqual([403, [], 200]);
  });

  it('S12: a key store that fails does not become a refusal, and the next request asks again after a pause', async () => {
    let nowMs = NOW_MS;
    const answers = [Promise.reject(outage)];
    const endpoint = testEndpoint({
      ...BASE,
      nowMs: () => nowMs,
      loadCurrent: () => answers.pop() ?? Promise.resolve(testKey()),
    });
    expect((await endpoint.handle(authRequest())).status).toBe(503);
    expect((await endpoint.handle(authRequest())).status).toBe(503);
    nowMs += 5_000;
    expect((await endpoint.handle(authRequest())).status).toBe(200);
  });

  it('links to the documentation where the config names it', async () => {
    const response = await testEndpoint({ ...BASE, docsBaseUrl: 'https://docs.example/errors' }).handle(
      authRequest({ method: 'PUT' }),
    );
    expect(errorOf(response).href).toBe('https://docs.example/errors#method-not-allowed');
  });
});

function expectNeverCached(response: AuthResponse): void {
  expect(headerOf(response, 'Cache-Control')).toBe('private, no-cache, no-store, max-age=0, must-revalidate');
  for (const cdn of ['CDN-Cache-Control', 'Vercel-CDN-Cache-Control', 'Netlify-CDN-Cache-Control']) {
    expect(headerOf(response, cdn)).toBe('no-store');
  }
  expect(headerOf(response, 'Vary')).toBe('Origin');
}
