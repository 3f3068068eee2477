/**
 * An endpoint whose clock stands still and whose credentials are JWTs, so that the same request has the same answer
 * every time; and requests with the answer that each must have, on every host.
 */
import { createEnvironmentKeySource } from '../../../adapters/key-sources/environment.ts';
import { defineAuth } from '../../../core/config.ts';
import { configureEndpoint } from '../../../core/configure-endpoint.ts';
import { remembering } from '../../../core/grants/remembering.ts';
import { anonymous } from '../../../core/identity/anonymous.ts';
import { createSessionCookies, session } from '../../../core/identity/session.ts';
import { MAX_BODY_BYTES } from '../../../core/limits.ts';
import type { Host, WireRequest } from './exchange.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 10, 11, 12);
const SECRETS = ['a session secret of at least 32 bytes, for tests'];
const ORIGIN = 'https://app.example';

export const endpoint = configureEndpoint({
  definition: defineAuth(() => ({
    sources: [session({ secrets: SECRETS }), anonymous()],
    rules: [
      { name: 'visitors', when: { kind: 'anonymous' }, grant: { notifications: ['subscribe'] } },
      { name: 'users', grant: { 'room:{sub}': ['publish', 'subscribe'], 'room:lobby': ['subscribe'] } },
    ],
    requestable: [{ resource: 'door:{id}', operations: ['subscribe'], check: ({ id }) => id !== 'shut' }],
    grants: remembering('signed'),
    tokenFormat: 'jwt',
    allowedOrigins: [ORIGIN],
  })),
  env: {},
  keySource: { ok: true, source: createEnvironmentKeySource({ ABLY_API_KEY: 'appId1.keyId1:a-secret-for-tests' }) },
  nowMs: () => NOW_MS,
});

const [sessionCookie = ''] = createSessionCookies({ secrets: SECRETS })
  .write({ subject: 'Zoë', lifetimeSeconds: 7200 }, NOW_MS)
  .split(';');
const SESSION = ['Cookie', sessionCookie] as const;
const FORM = ['Content-Type', 'application/x-www-form-urlencoded'] as const;
const FROM_PAGE = ['Origin', ORIGIN] as const;

export interface CoreCase {
  readonly title: string;
  readonly request: WireRequest;
  readonly status: number;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly code?: number;
  readonly cookies?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Hosts whose platform hides from us what this case is about. */
  readonly hiddenBy?: (host: Host) => boolean;
}

const lastOnly = ({ repeatedHeaders }: Host): boolean => repeatedHeaders === 'last';

const ASKED = '["door:1","door:é"]';
const OPEN_DOORS = {
  'x-ably-capability':
    '{"door:1":["subscribe"],"door:é":["subscribe"],"room:Zoë":["publish","subscribe"],"room:lobby":["subscribe"]}',
};
const BY_HEADER = ['X-Ably-Auth-Grant', 'new'] as const;

/** More than the policy gives, asked for in every way, remembered in a header or a cookie. */
const ASKING: readonly CoreCase[] = [
  {
    title: 'asking by query',
    request: { method: 'GET', rawQuery: `resources=${encodeURIComponent(ASKED)}`, headers: [SESSION, BY_HEADER] },
    status: 200,
    claims: OPEN_DOORS,
  },
  {
    title: 'asking by repeated query',
    request: { method: 'GET', rawQuery: 'resources=door:1&resources=door%3A%C3%A9', headers: [SESSION, BY_HEADER] },
    status: 200,
    claims: OPEN_DOORS,
    hiddenBy: ({ repeatedQuery }) => repeatedQuery === 'last',
  },
  {
    title: 'asking by form',
    request: {
      method: 'POST',
      headers: [SESSION, FORM, BY_HEADER],
      body: 'resources=door%3A1&resources=door%3A%C3%A9',
    },
    status: 200,
    claims: OPEN_DOORS,
  },
  {
    title: 'asking by JSON',
    request: {
      method: 'POST',
      headers: [SESSION, ['Content-Type', 'application/json'], BY_HEADER],
      body: `{"resources":${ASKED}}`,
    },
    status: 200,
    claims: OPEN_DOORS,
  },
  {
    title: 'asking by header',
    request: {
      method: 'GET',
      headers: [SESSION, ['X-Ably-Auth-Resources', '["door:1","door:\\u00e9"]'], BY_HEADER],
    },
    status: 200,
    claims: OPEN_DOORS,
  },
  {
    title: 'asking, partly refused',
    request: { method: 'GET', rawQuery: 'resources=%5B%22door:1%22,%22door:shut%22%5D', headers: [SESSION, BY_HEADER] },
    status: 200,
    headers: { 'x-ably-auth-refused': '["door:shut"]' },
  },
  {
    title: 'asking from our own page',
    request: {
      method: 'GET',
      rawQuery: 'resources=door:1',
      headers: [SESSION, ['Sec-Fetch-Site', 'same-origin']],
    },
    status: 200,
    cookies: 1,
  },
  {
    title: 'a grant cookie that is not ours',
    request: {
      method: 'GET',
      headers: [
        ['Cookie', `${sessionCookie}; __Host-ably-auth-grant=v1.a.b.c`],
        ['Sec-Fetch-Site', 'same-origin'],
      ],
    },
    status: 200,
    cookies: 1,
  },
  {
    title: 'asking for too much',
    request: {
      method: 'POST',
      headers: [SESSION, ['Content-Type', 'application/json']],
      body: JSON.stringify({ resources: Array.from({ length: 101 }, (_, n) => `door:${n}`) }),
    },
    status: 400,
    code: 40000,
  },
];

export const CORE_CASES: readonly CoreCase[] = [
  {
    title: 'anonymous GET',
    request: { method: 'GET', rawQuery: 'rnd=0.123&format=json' },
    status: 200,
    claims: { 'x-ably-capability': '{"notifications":["subscribe"]}' },
    headers: { 'content-type': 'application/jwt', vary: 'Origin' },
  },
  {
    title: 'signed-in GET',
    request: { method: 'GET', headers: [SESSION, FROM_PAGE] },
    status: 200,
    claims: {
      'x-ably-clientId': 'Zoë',
      'x-ably-capability': '{"room:Zoë":["publish","subscribe"],"room:lobby":["subscribe"]}',
    },
    headers: { 'access-control-allow-origin': ORIGIN, 'access-control-allow-credentials': 'true' },
  },
  {
    title: 'narrowed by query',
    request: {
      method: 'GET',
      rawQuery: 'capability=%7B%22room%3AZo%C3%AB%22%3A%5B%22subscribe%22%5D%7D',
      headers: [SESSION],
    },
    status: 200,
    claims: { 'x-ably-capability': '{"room:Zoë":["subscribe"]}' },
  },
  {
    title: 'narrowed by form',
    request: {
      method: 'POST',
      headers: [SESSION, FORM],
      body: 'clientId=Zo%C3%AB&capability=%7B%22room%3Alobby%22%3A%5B%22*%22%5D%7D',
    },
    status: 200,
    claims: { 'x-ably-clientId': 'Zoë', 'x-ably-capability': '{"room:lobby":["subscribe"]}' },
  },
  {
    title: 'narrowed by JSON',
    request: {
      method: 'POST',
      headers: [SESSION, ['content-type', 'application/json; charset=utf-8']],
      body: '{"capability":{"room:lobby":["*"]}}',
    },
    status: 200,
    claims: { 'x-ably-capability': '{"room:lobby":["subscribe"]}' },
  },
  ...ASKING,
  { title: 'empty POST', request: { method: 'POST', headers: [SESSION, FORM] }, status: 200 },
  {
    title: 'preflight',
    request: { method: 'OPTIONS', headers: [FROM_PAGE, ['Access-Control-Request-Method', 'POST']] },
    status: 204,
    headers: { 'access-control-allow-origin': ORIGIN, 'access-control-allow-methods': 'GET, POST, OPTIONS' },
  },
  {
    title: 'another clientId',
    request: { method: 'GET', rawQuery: 'clientId=mallory', headers: [SESSION] },
    status: 403,
    code: 40300,
  },
  {
    title: 'bad cookie',
    request: { method: 'GET', headers: [['COOKIE', '__Host-ably-auth-session=forged']] },
    status: 401,
    code: 40101,
    cookies: 1,
  },
  {
    title: 'cookie twice',
    request: { method: 'GET', headers: [['Cookie', `${sessionCookie}; ${sessionCookie}`]] },
    status: 401,
    code: 40101,
    cookies: 1,
  },
  {
    title: 'two Cookie headers',
    request: { method: 'GET', headers: [SESSION, SESSION] },
    status: 401,
    code: 40101,
    cookies: 1,
    hiddenBy: ({ repeatedCookieHeaders }) => repeatedCookieHeaders === 'last',
  },
  {
    title: 'foreign page',
    request: { method: 'GET', headers: [SESSION, ['Origin', 'https://evil.example']] },
    status: 403,
    code: 40300,
  },
  {
    title: 'two Origins',
    request: { method: 'GET', headers: [SESSION, ['Origin', 'https://evil.example'], FROM_PAGE] },
    status: 403,
    code: 40300,
    hiddenBy: lastOnly,
  },
  {
    title: 'two Authorizations',
    request: {
      method: 'GET',
      headers: [
        ['Authorization', 'Bearer one'],
        ['Authorization', 'Bearer two'],
      ],
    },
    status: 401,
    code: 40101,
    // One value "Bearer one, Bearer two": a bearer source refuses it, and here is none.
    hiddenBy: ({ repeatedHeaders }) => repeatedHeaders !== 'kept',
  },
  {
    title: 'parameter twice',
    request: { method: 'GET', rawQuery: 'clientId=a&clientId=a' },
    status: 400,
    code: 40000,
    hiddenBy: ({ repeatedQuery }) => repeatedQuery === 'last',
  },
  {
    title: 'form twice',
    request: { method: 'POST', headers: [FORM], body: 'clientId=a&clientId=a' },
    status: 400,
    code: 40000,
  },
  {
    title: 'body too large',
    request: { method: 'POST', headers: [FORM], body: `note=${'a'.repeat(MAX_BODY_BYTES)}` },
    status: 400,
    code: 40000,
  },
  {
    title: 'PUT',
    request: { method: 'PUT', headers: [FORM], body: 'a=b' },
    status: 405,
    code: 40500,
    headers: { allow: 'GET, POST, OPTIONS' },
  },
];
