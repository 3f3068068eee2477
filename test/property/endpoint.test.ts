import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contains } from '../../core/capability/algebra.ts';
import type { Capability } from '../../core/capability/capability.ts';
import { parseCapability } from '../../core/capability/parse.ts';
import type { AuthResponse } from '../../core/http.ts';
import type { Rule } from '../../core/policy/rule.ts';
import {
  type EndpointToTest,
  headerOf,
  jsonOf,
  KEY_NAME,
  KEY_SECRET,
  NOW_MS,
  SESSION_SECRET,
  testEndpoint,
} from '../core/auth-request.ts';
import { capabilityOf } from '../core/capability/samples.ts';
import { APP, hostileRequests } from './hostile-requests.ts';

const VISITORS: Rule = { name: 'visitors', when: { kind: 'anonymous' }, grant: { news: ['subscribe'] } };
const USERS: Rule = {
  name: 'users',
  grant: { 'user:{sub}': ['*'], 'room:*': ['publish', 'subscribe'], news: ['subscribe'] },
};

const ENDPOINTS: Readonly<Record<string, EndpointToTest>> = {
  TokenRequests: { rules: [VISITORS, USERS], allowedOrigins: [APP], honourRequestedTtl: true },
  JWTs: { rules: [VISITORS, USERS], allowedOrigins: [APP], tokenFormat: 'jwt', ttl: '15m' },
};

/** What the rules above give, written a second time: the endpoint must not be asked whether it was right. */
function rightsOf(subject: string | undefined): Capability {
  if (subject === undefined) return capabilityOf({ news: ['subscribe'] });
  const own = /^[^:*[\]?,\p{Cc}\u2028\u2029]+$/u.test(subject) ? { [`user:${subject}`]: ['*'] } : {};
  return capabilityOf({ ...own, 'room:*': ['publish', 'subscribe'], news: ['subscribe'] });
}

const CODES_BY_STATUS: Readonly<Record<number, readonly number[]>> = {
  ...{ 400: [40000], 401: [40101, 40160], 403: [40300], 405: [40500], 503: [50000] },
};

describe.each(Object.entries(ENDPOINTS))('handle, giving %s', (_, options) => {
  it('answers every request as documented, and gives nobody more than the policy', async () => {
    const seen = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(hostileRequests, async ({ request, subject }) => {
        const endpoint = testEndpoint(options);
        const response = await endpoint.handle(request);
        seen.set(response.status, (seen.get(response.status) ?? 0) + 1);
        expectCommonHeaders(response);
        if (response.status === 200) expectCredential(response, subject);
        else if (response.status === 204) expect([request.method, response.body]).toEqual(['OPTIONS', '']);
        else expectFailure(response);

        const printed = JSON.stringify([response, endpoint.events]);
        expect(printed).not.toContain(KEY_SECRET);
        expect(printed).not.toContain(SESSION_SECRET);
      }),
      { numRuns: 2_000 },
    );
    // Otherwise the requests above would prove less than they seem to.
    for (const status of [200, 204, 400, 401, 403, 405]) expect(seen.get(status) ?? 0).toBeGreaterThan(3);
  });
});

describe('handle, where a rule lets the client be anyone', () => {
  it('gives the clientId that was asked for or the wildcard, and still no right beyond the policy', async () => {
    const rules = [VISITORS, { ...USERS, wildcardClientId: true as const }];
    const named = new Set<unknown>();
    await fc.assert(
      fc.asyncProperty(hostileRequests, async ({ request, subject }) => {
        const response = await testEndpoint({ rules, allowedOrigins: [APP] }).handle(request);
        if (response.status !== 200) return;
        const { clientId, capability } = jsonOf(response);
        expect(contains(rightsOf(subject), granted(capability))).toBe(true);
        named.add(clientId);
        if (subject === undefined) expect(clientId).toBeUndefined();
        else if (clientId !== '*') expect(String(clientId)).toMatch(/^[^*\p{Cc}\u2028\u2029]{1,256}$/u);
      }),
      { numRuns: 1_000 },
    );
    expect(named.has('*')).toBe(true);
    expect(named.size).toBeGreaterThan(2);
  });
});

function expectCommonHeaders(response: AuthResponse): void {
  expect(headerOf(response, 'Cache-Control')).toBe('private, no-cache, no-store, max-age=0, must-revalidate');
  for (const cdn of ['CDN-Cache-Control', 'Vercel-CDN-Cache-Control', 'Netlify-CDN-Cache-Control']) {
    expect(headerOf(response, cdn)).toBe('no-store');
  }
  expect(headerOf(response, 'Vary')).toBe('Origin');
  expect([undefined, APP]).toContain(headerOf(response, 'Access-Control-Allow-Origin'));
  for (const [name, value] of response.headers) {
    expect(`${name}: ${value}`).toMatch(/^[A-Za-z-]+: [\x20-\x7e]+$/);
    expect(['www-authenticate', 'location', 'set-cookie']).not.toContain(name.toLowerCase());
  }
  for (const cookie of response.cookies) expect(cookie).toMatch(/^__Host-ably-auth-session=; Path=\/; Max-Age=0; /);
}

function expectFailure(response: AuthResponse): void {
  const codes = CODES_BY_STATUS[response.status];
  if (!codes) throw new Error(`${response.status} is not in the table`);
  const body = jsonOf(response);
  const error = body.error as Record<string, unknown>;
  expect(Object.keys(body)).toEqual(['error']);
  expect(Object.keys(error)).toEqual(['code', 'statusCode', 'message', 'requestId']);
  expect(codes).toContain(error.code);
  expect(error.statusCode).toBe(response.status);
  expect(headerOf(response, 'Content-Type')).toBe('application/json');
  expect(headerOf(response, 'X-Ably-ErrorCode')).toBe(String(error.code));
  expect(headerOf(response, 'X-Ably-ErrorMessage')).toBe(error.message);
  expect(headerOf(response, 'X-Request-Id')).toBe(error.requestId);
  expect(headerOf(response, 'Retry-After') !== undefined).toBe(response.status === 503);
}

function expectCredential(response: AuthResponse, subject: string | undefined): void {
  expect(response.cookies).toEqual([]);
  const isJwt = headerOf(response, 'Content-Type') === 'application/jwt';
  const { clientId, capability, ttlMs } = isJwt ? readJwt(response.body) : readTokenRequest(response);
  expect(clientId).toBe(subject);
  const rights = granted(capability);
  expect(rights.size).toBeGreaterThan(0);
  expect(contains(rightsOf(subject), rights)).toBe(true);
  expect(ttlMs % 1000).toBe(0);
  expect(ttlMs).toBeGreaterThanOrEqual(60_000);
  expect(ttlMs).toBeLessThanOrEqual(3_600_000);
}

interface Credential {
  readonly clientId: unknown;
  readonly capability: unknown;
  readonly ttlMs: number;
}

function readTokenRequest(response: AuthResponse): Credential {
  expect(headerOf(response, 'Content-Type')).toBe('application/json');
  const { keyName, ttl, capability, clientId, timestamp, nonce, mac, ...rest } = jsonOf(response);
  expect([keyName, timestamp, rest]).toEqual([KEY_NAME, NOW_MS, {}]);
  expect(`${nonce} ${mac}`).toMatch(/^[\x21-\x7e]{16,} [\w+/]{43}=$/);
  return { clientId, capability, ttlMs: Number(ttl) };
}

function readJwt(text: string): Credential {
  expect(text).toMatch(/^[\w-]+\.[\w-]+\.[\w-]{43}$/);
  const claims = JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString());
  const { iat, exp, 'x-ably-capability': capability, 'x-ably-clientId': clientId, ...rest } = claims;
  expect([iat, rest]).toEqual([NOW_MS / 1000, {}]);
  return { clientId, capability, ttlMs: (exp - iat) * 1000 };
}

function granted(capability: unknown): Capability {
  if (typeof capability !== 'string') throw new Error('the capability is no text');
  const parsed = parseCapability(capability);
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  return parsed.capability;
}
