/**
 * docs/openapi.yaml against what the endpoint really answers: each answer's status, media type, headers and body must be
 * in the document, and what the document requires must be in the answer.
 */
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/stores/memory.ts';
import { AuthFailure, FAILURES, type FailureReason } from '../../core/errors.ts';
import { answerFailure } from '../../core/wire/answer.ts';
import { type CorsRules, corsHeaders, EXPOSED_HEADERS } from '../../core/wire/cors.ts';
import { ALLOWED_HEADERS } from '../../core/wire/preflight.ts';
import { type AuthConfig, custom, guest, remembering, requestable } from '../../index.ts';
import { STAGE_KEY, type Stage, type StageOptions, startStage } from '../stage.ts';
import { type Documented, differences, document, ISSUE, REVOKE } from './openapi-document.ts';

const ORIGIN = 'https://app.example';
const SECRET = 'a-fake-secret-of-the-app-of-32-bytes-or-more';
const CORS: CorsRules = { mode: 'function', allowedOrigins: new Set(), anyOrigin: true, allowedHeaders: [] };

const ROLES: AuthConfig['rules'] = [
  { name: 'members', when: { claims: { role: 'member' } }, grant: { 'room:1': ['publish'] }, mayRevoke: 'self' },
  { name: 'operators', when: { claims: { role: 'operator' } }, grant: { 'room:1': ['*'] }, mayRevoke: 'anyone' },
];
const CHECKED = requestable({ resource: 'room:{id}', operations: ['subscribe'], check: ({ id }) => id === '8' });
const LOST = custom({
  name: 'lost',
  from: 'authorization',
  identify: () => {
    throw new Error('an obvious outage');
  },
});

const STAGES = {
  plain: { config: { allowedOrigins: [ORIGIN], docsBaseUrl: 'https://docs.example/errors', honourRequestedTtl: true } },
  jwt: { config: { tokenFormat: 'jwt' } },
  'ably-token': { config: { tokenFormat: 'ably-token' } },
  'embedded-jwt': { config: { tokenFormat: 'embedded-jwt', embeddedJwt: { secret: SECRET } } },
  encrypted: { config: { tokenFormat: 'embedded-jwt', embeddedJwt: { secret: SECRET, encrypted: true } } },
  asking: { config: { requestable: [CHECKED], grants: remembering('signed') } },
  revocable: {
    config: { rules: ROLES, revocable: true, store: memoryStore() },
    service: { keys: [{ ...STAGE_KEY, revocableTokens: true }] },
  },
  lost: { config: { sources: [LOST] } },
  guests: {
    config: {
      sources: [guest({ secrets: [SECRET] })],
      rules: [{ name: 'guests', when: { kind: 'guest' }, grant: { lobby: ['subscribe'] } }],
    },
  },
} as const satisfies Readonly<Record<string, StageOptions>>;

type StageName = keyof typeof STAGES;

const stages = new Map<StageName, Stage>();
beforeAll(async () => {
  for (const name of Object.keys(STAGES) as StageName[]) stages.set(name, await startStage(STAGES[name]));
});
afterAll(async () => {
  for (const stage of stages.values()) await stage.close();
});

function at(name: StageName): Stage {
  const stage = stages.get(name);
  if (!stage) throw new Error(`no stage ${name}`);
  return stage;
}

describe('the document', () => {
  it('is OpenAPI 3.1', async () => {
    expect(await new Validator().validate(structuredClone(document))).toEqual({ valid: true });
  });

  it('says no code that the table of failures does not have', () => {
    const said = Object.entries(document.components.schemas ?? {}).flatMap(([name, schema]) => {
      const { allOf } = schema as { readonly allOf?: readonly Record<string, never>[] };
      if (!name.endsWith('Error') || !allOf) return [];
      const { code, statusCode } = (allOf[1] as never as ErrorSchema).properties.error.properties;
      return code.enum.map((each) => `${statusCode.const} ${each}`);
    });
    const ours = new Set(Object.values(FAILURES).map(({ status, code }) => `${status} ${code}`));
    expect(said.sort()).toEqual([...ours].sort());
  });

  it('names every header that pages of other origins may send and read', () => {
    const parameters = Object.values(document.components.parameters ?? {}) as readonly Parameter[];
    const schemes = Object.values(document.components.securitySchemes ?? {}) as readonly Parameter[];
    const sent = [...parameters, ...schemes]
      .filter((each) => each.in === 'header')
      .map(({ name }) => name.toLowerCase());
    expect([...sent, 'authorization', 'content-type'].sort()).toEqual(ALLOWED_HEADERS.split(', ').sort());
    const answered = Object.values(document.components.responses ?? {}).flatMap((each) =>
      Object.keys((each as Documented).headers),
    );
    expect(EXPOSED_HEADERS.split(', ').filter((name) => !answered.includes(name))).toEqual([]);
  });
});

interface ErrorSchema {
  readonly properties: {
    readonly error: {
      readonly properties: {
        readonly code: { readonly enum: readonly number[] };
        readonly statusCode: { const: number };
      };
    };
  };
}
interface Parameter {
  readonly in?: string;
  readonly name: string;
}

describe('every failure of the table', () => {
  it.each(Object.keys(FAILURES) as FailureReason[])('%s', async (reason) => {
    const path = reason === 'post-only' ? REVOKE : ISSUE;
    const { status, headers, body } = answerFailure(new AuthFailure(reason), {
      requestId: 'request-1',
      cors: corsHeaders(CORS, { method: 'GET', query: [], headers: new Map(), cookies: [], body: '', platform: {} }),
      docsBaseUrl: 'https://docs.example/errors',
      ...(path === REVOKE && { methods: 'POST, OPTIONS' }),
    });
    const method = status === 405 ? (path === ISSUE ? 'PUT' : 'GET') : 'POST';
    const response = new Response(body, { status, headers: headers.map(([name, value]) => [name, value]) });
    expect(await differences(path, method, response)).toEqual([]);
  });
});

interface Call {
  readonly title: string;
  readonly to: StageName;
  readonly as?: string;
  readonly role?: string;
  readonly revoke?: true;
  readonly init?: RequestInit;
  readonly query?: string;
  readonly expect: number;
}

const BAD_COOKIE = { cookie: '__Host-ably-auth-session=x', 'sec-fetch-site': 'same-origin' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const JSON_TYPE = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };
const revocation = (body: object, method = 'POST') => ({ method, headers: JSON_TYPE, body: JSON.stringify(body) });

const CALLS: readonly Call[] = [
  { title: 'a stranger', to: 'plain', expect: 200 },
  { title: 'a user', to: 'plain', as: 'ada', expect: 200 },
  { title: 'from another origin', to: 'plain', as: 'ada', init: { headers: { origin: ORIGIN } }, expect: 200 },
  {
    title: 'a form',
    to: 'plain',
    as: 'ada',
    init: { method: 'POST', headers: FORM, body: 'clientId=ada' },
    expect: 200,
  },
  {
    title: 'JSON',
    to: 'plain',
    as: 'ada',
    init: { method: 'POST', headers: JSON_TYPE, body: '{"capability":{"room:1":["publish"]},"ttl":60000}' },
    expect: 200,
  },
  { title: 'a JWT', to: 'jwt', as: 'ada', expect: 200 },
  { title: 'TokenDetails', to: 'ably-token', as: 'ada', expect: 200 },
  { title: 'a JWT around another', to: 'embedded-jwt', as: 'ada', expect: 200 },
  { title: 'an encrypted one', to: 'encrypted', as: 'ada', expect: 200 },
  { title: 'a new guest, by header', to: 'guests', init: { headers: { 'x-ably-auth-guest': 'new' } }, expect: 200 },
  {
    title: 'a new guest, by cookie',
    to: 'guests',
    init: { headers: { 'sec-fetch-site': 'same-origin' } },
    expect: 200,
  },
  {
    title: 'a grant, by header',
    to: 'asking',
    as: 'ada',
    query: '?resources=["room:8","room:9"]',
    init: { headers: { 'x-ably-auth-grant': 'new' } },
    expect: 200,
  },
  {
    title: 'resources that come one each',
    to: 'asking',
    as: 'ada',
    query: '?resources=room:8&resources=a',
    expect: 200,
  },
  { title: 'a parameter twice', to: 'plain', query: '?clientId=a&clientId=b', expect: 400 },
  { title: 'a capability that is no JSON', to: 'plain', query: '?capability={', expect: 400 },
  { title: 'a ttl that is no number', to: 'plain', query: '?ttl=1h', expect: 400 },
  { title: 'too many resources', to: 'asking', as: 'ada', query: `?${'resources=a&'.repeat(101)}`, expect: 400 },
  { title: 'a bad cookie', to: 'plain', init: { headers: BAD_COOKIE }, expect: 401 },
  { title: 'nobody', to: 'lost', expect: 401 },
  { title: 'a capability that leaves nothing', to: 'plain', query: '?capability={"x":["publish"]}', expect: 401 },
  { title: 'another clientId', to: 'plain', as: 'ada', query: '?clientId=bob', expect: 403 },
  { title: 'no rule', to: 'revocable', as: 'ada', expect: 403 },
  { title: 'a method', to: 'plain', init: { method: 'DELETE' }, expect: 405 },
  {
    title: 'a provider that is out of reach',
    to: 'lost',
    init: { headers: { authorization: 'Bearer x' } },
    expect: 503,
  },
  {
    title: 'a preflight',
    to: 'plain',
    init: { method: 'OPTIONS', headers: { origin: ORIGIN, 'access-control-request-method': 'POST' } },
    expect: 204,
  },
  { title: 'its health', to: 'plain', query: '?health', expect: 200 },
  { title: 'its health by PUT', to: 'plain', query: '?health', init: { method: 'PUT' }, expect: 405 },
  { title: 'a preflight of a foreign origin', to: 'plain', init: { method: 'OPTIONS' }, expect: 204 },
  {
    title: 'a ban',
    to: 'revocable',
    as: 'olga',
    role: 'operator',
    revoke: true,
    init: revocation({ targets: ['clientId:bob'], ban: '2h' }),
    expect: 200,
  },
  { title: 'whoever is banned', to: 'revocable', as: 'bob', role: 'member', expect: 403 },
  {
    title: 'a channel, which Ably did not enable',
    to: 'revocable',
    as: 'olga',
    role: 'operator',
    revoke: true,
    init: revocation({ targets: ['channel:room:1', { source: 'session', subject: 'eve' }] }),
    expect: 207,
  },
  {
    title: 'a revocation that is malformed',
    to: 'revocable',
    as: 'olga',
    role: 'operator',
    revoke: true,
    init: revocation({ targets: [] }),
    expect: 400,
  },
  {
    title: 'a revocation with a bad cookie',
    to: 'revocable',
    revoke: true,
    init: { method: 'POST', headers: { ...JSON_TYPE, ...BAD_COOKIE }, body: '{"self":true}' },
    expect: 401,
  },
  {
    title: 'a revocation by somebody',
    to: 'revocable',
    as: 'ada',
    role: 'member',
    revoke: true,
    init: revocation({ targets: ['clientId:bob'] }),
    expect: 403,
  },
  { title: 'a revocation by GET', to: 'revocable', revoke: true, expect: 405 },
  { title: 'its preflight', to: 'revocable', revoke: true, init: { method: 'OPTIONS' }, expect: 204 },
];

describe('what is really answered', () => {
  it.each(CALLS)('$title: $expect', async ({ to, as, role, revoke, init = {}, query = '', expect: status }) => {
    const stage = at(to);
    const headers = new Headers(init.headers);
    if (as) headers.set('cookie', stage.cookieOf(as, { claims: { role: role ?? 'none' } }));
    const response = await fetch(`${revoke ? stage.revokeUrl : stage.authUrl}${query}`, { ...init, headers });
    expect(response.status).toBe(status);
    expect(await differences(revoke ? REVOKE : ISSUE, init.method ?? 'GET', response)).toEqual([]);
  });

  it('would be noticed, were it otherwise', async () => {
    const headers = { 'content-type': 'application/json; charset=utf-8', 'x-new': '1' };
    const found = await differences(ISSUE, 'GET', new Response('{}', { headers }));
    expect(found).toContain('the header x-new');
    expect(found).toContain('no header Cache-Control');
    expect(found).toContain('the media type application/json; charset=utf-8');
    expect(await differences(ISSUE, 'GET', new Response('', { status: 418 }))).toEqual([
      'GET /api/ably-auth answers 418',
    ]);
  });
});
