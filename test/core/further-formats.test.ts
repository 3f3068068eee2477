/** The formats beyond TokenRequest and JWT, and what only a JWT can carry, through the endpoint. */
import type { TokenRequest } from 'ably';
import { jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/stores/memory.ts';
import { type AblyApi, AblyApiError } from '../../core/ably.ts';
import type { Rule } from '../../core/policy/rule.ts';
import { createRecords } from '../../core/records.ts';
import { gateKey } from '../../core/revocation/gate-key.ts';
import {
  authRequest,
  type EndpointToTest,
  errorOf,
  headerOf,
  jsonOf,
  KEY_SECRET,
  NOW_MS,
  SESSION_SECRET,
  sessionCookie,
  testEndpoint,
} from './auth-request.ts';

const EMBEDDED_SECRET = 'a-fake-secret-of-the-app-of-32-bytes-or-more';
const COOKIE = sessionCookie({ subject: 'bob', claims: { role: 'host' } });
const RULES: readonly Rule[] = [
  { name: 'visitors', when: { kind: 'anonymous' }, grant: { news: ['subscribe'] } },
  { name: 'members', grant: { 'room:1': ['publish'] } },
];
const MANY = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`room:${index}`, ['publish' as const]]));

/** Answers as Ably does, and keeps what it was asked. */
function fakeAbly(given: object = {}): Pick<AblyApi, 'requestToken'> & { readonly asked: TokenRequest[] } {
  const asked: TokenRequest[] = [];
  return {
    asked,
    async requestToken(request) {
      asked.push(request);
      const { ttl = 0, capability = '', clientId } = request;
      return { token: 'appid.a-token', issued: NOW_MS, expires: NOW_MS + ttl, capability, clientId, ...given } as never;
    },
  };
}

async function issued(options: EndpointToTest, request = authRequest({ cookies: [COOKIE] })) {
  const endpoint = testEndpoint({ rules: RULES, ...options });
  expect(await endpoint.allProblems).toEqual([]);
  const response = await endpoint.handle(request);
  return { response, event: endpoint.events.find(({ kind }) => kind === 'issued' || kind === 'refused') };
}

async function claimsOf(body: string, secret = KEY_SECRET) {
  const options = { currentDate: new Date(NOW_MS) };
  return jwtVerify(body, new TextEncoder().encode(secret), options);
}

async function problemsOf(options: EndpointToTest): Promise<readonly string[]> {
  const endpoint = testEndpoint({ rules: RULES, ...options });
  const problems = await endpoint.allProblems;
  if (problems.length > 0) {
    expect(endpoint.events.filter(({ kind }) => kind === 'misconfigured')).toHaveLength(1);
    const response = await endpoint.handle(authRequest({ cookies: [COOKIE] }));
    expect([response.status, errorOf(response).code]).toEqual([503, 50000]);
  }
  return problems.map(({ setting, problem }) => `${setting}: ${problem}`);
}

describe('ably-token', () => {
  it('is answered as TokenDetails that every SDK reads', async () => {
    const ably = fakeAbly();
    const { response, event } = await issued({ tokenFormat: 'ably-token', ably });
    expect(headerOf(response, 'content-type')).toBe('application/json');
    expect(jsonOf(response)).toEqual({
      ...{ token: 'appid.a-token', issued: NOW_MS, expires: NOW_MS + 3_600_000 },
      ...{ capability: '{"room:1":["publish"]}', clientId: 'bob' },
    });
    expect(event).toMatchObject({ kind: 'issued', format: 'ably-token', ttlMs: 3_600_000 });
    expect(ably.asked).toHaveLength(1);
  });

  it('is anonymous for strangers, and a wildcard where a rule says so', async () => {
    const strangers = await issued({ tokenFormat: 'ably-token', ably: fakeAbly() }, authRequest());
    expect(jsonOf(strangers.response)).not.toHaveProperty('clientId');
    const rules: readonly Rule[] = [{ name: 'servers', grant: { a: ['publish'] }, wildcardClientId: true }];
    const servers = await issued({ tokenFormat: 'ably-token', ably: fakeAbly(), rules });
    expect(jsonOf(servers.response).clientId).toBe('*');
  });

  it('does not spare two minutes of a session, because it is redeemed at once', async () => {
    const request = authRequest({ cookies: [sessionCookie({ lifetimeSeconds: 100 })] });
    const { response } = await issued({ tokenFormat: 'ably-token', ably: fakeAbly() }, request);
    expect(Number(jsonOf(response).expires) - NOW_MS).toBe(100_000);
    expect((await issued({}, request)).response.status).toBe(401);
  });

  it('tells the client to try later when Ably’s limit is reached, and never to stop', async () => {
    const requestToken = () => Promise.reject(new AblyApiError('refused', 'x', { code: 40115, statusCode: 403 }));
    const { response, event } = await issued({ tokenFormat: 'ably-token', ably: { ...fakeAbly(), requestToken } });
    expect([response.status, errorOf(response).code]).toEqual([401, 42910]);
    expect(headerOf(response, 'retry-after')).toBe('30');
    expect(event).toMatchObject({ kind: 'refused', reason: 'ably-limit' });
  });

  it.each([
    ['ably-token', {}],
    ['embedded-jwt', { secret: EMBEDDED_SECRET, carries: 'ably-token' }],
  ] as const)(
    'is not handed out when its holder was cut off while Ably answered: %s',
    async (tokenFormat, embeddedJwt) => {
      const store = memoryStore({ nowMs: () => NOW_MS });
      const records = createRecords(store, { nowMs: () => NOW_MS });
      const ably = fakeAbly();
      const banned = { value: JSON.stringify({ bannedUntilMs: NOW_MS + 60_000 }), expiresAtMs: NOW_MS + 60_000 };
      const requestToken: AblyApi['requestToken'] = async (request) => {
        await records.update(gateKey([], 'session', 'bob'), () => banned);
        return ably.requestToken(request);
      };
      const options = { tokenFormat, embeddedJwt, store, ably: { requestToken } };
      const { response, event } = await issued(options);
      expect([response.status, ably.asked.length]).toEqual([403, 1]);
      expect(event).toMatchObject({ kind: 'refused', reason: 'banned' });
    },
  );

  it('is refused where it would be too large for the SDKs', async () => {
    const capability = 'x'.repeat(131_073);
    const { response } = await issued({ tokenFormat: 'ably-token', ably: fakeAbly({ capability }) });
    expect([response.status, errorOf(response).code]).toEqual([503, 50000]);
  });

  it('is a problem at start where Ably cannot be called, wherever it is named', async () => {
    const problem = 'an Ably token is asked of Ably, and this function holds no SDK for it';
    expect(await problemsOf({ tokenFormat: 'ably-token' })).toEqual([`tokenFormat: ${problem}`]);
    expect(await problemsOf({ env: { ABLY_AUTH_TOKEN_FORMAT: 'ably-token' } })).toEqual([
      `ABLY_AUTH_TOKEN_FORMAT: ${problem}`,
    ]);
    const rules: readonly Rule[] = [{ name: 'a', grant: { a: ['publish'] }, format: 'ably-token' }];
    expect(await problemsOf({ rules })).toEqual([`rules[0].format: ${problem}`]);
    const embeddedJwt = { secret: EMBEDDED_SECRET, carries: 'ably-token' } as const;
    expect(await problemsOf({ tokenFormat: 'embedded-jwt', embeddedJwt })).toEqual([`tokenFormat: ${problem}`]);
  });
});

describe('embedded-jwt', () => {
  const env = { ABLY_AUTH_EMBEDDED_SECRET: EMBEDDED_SECRET };

  it('is the app’s own JWT around an Ably JWT, and calls nobody', async () => {
    const embeddedJwt = { issuer: 'https://app.example', audience: 'app', claims: { role: '{role}', beta: true } };
    const { response, event } = await issued({ tokenFormat: 'embedded-jwt', env, embeddedJwt });
    expect(headerOf(response, 'content-type')).toBe('application/jwt');
    expect(event).toMatchObject({ kind: 'issued', format: 'embedded-jwt' });
    const { payload, protectedHeader } = await claimsOf(response.body, EMBEDDED_SECRET);
    const now = NOW_MS / 1000;
    expect(payload).toEqual({
      ...{ sub: 'bob', iss: 'https://app.example', aud: 'app', role: 'host', beta: true, iat: now, exp: now + 3_600 },
    });
    const inner = await claimsOf(String(protectedHeader['x-ably-token']));
    expect(inner.payload).toMatchObject({ 'x-ably-clientId': 'bob', exp: now + 3_600 });
    expect(Number(payload.exp)).toBeLessThanOrEqual(Number(inner.payload.exp));
  });

  it('ends no later than an Ably token within it, down to the second', async () => {
    const ably = fakeAbly({ expires: NOW_MS + 1_800_999 });
    const embeddedJwt = { carries: 'ably-token', place: 'payload' } as const;
    const { response } = await issued({ tokenFormat: 'embedded-jwt', env, embeddedJwt, ably });
    const { payload } = await claimsOf(response.body, EMBEDDED_SECRET);
    expect(payload).toMatchObject({ 'x-ably-token': 'appid.a-token', exp: NOW_MS / 1000 + 1_800 });
  });

  it('names nobody for strangers', async () => {
    const { response } = await issued({ tokenFormat: 'embedded-jwt', env }, authRequest());
    expect((await claimsOf(response.body, EMBEDDED_SECRET)).payload).not.toHaveProperty('sub');
  });

  it('counts all of it where a JWT must fit into a header', async () => {
    const grant = Object.fromEntries(Object.entries(MANY).slice(0, 140));
    const rules: readonly Rule[] = [{ name: 'members', grant }];
    expect((await issued({ tokenFormat: 'jwt', rules })).response.status).toBe(200);
    const { event } = await issued({ tokenFormat: 'embedded-jwt', env, rules });
    expect(event).toMatchObject({ kind: 'refused', reason: 'credential-too-large' });
  });

  it.each<[string, EndpointToTest, readonly string[]]>([
    ['no secret', {}, ['ABLY_AUTH_EMBEDDED_SECRET: it is not set']],
    [
      'a short one',
      { env: { ABLY_AUTH_EMBEDDED_SECRET: 'short' } },
      ['ABLY_AUTH_EMBEDDED_SECRET: it is shorter than 32 bytes'],
    ],
    [
      'a short one in the config',
      { embeddedJwt: { secret: 'short' } },
      ['embeddedJwt.secret: it is shorter than 32 bytes'],
    ],
    [
      'that of the sessions',
      { env: { ABLY_AUTH_SESSION_SECRET: `x,${SESSION_SECRET}`, ABLY_AUTH_EMBEDDED_SECRET: SESSION_SECRET } },
      ['ABLY_AUTH_EMBEDDED_SECRET: it is the session secret as well'],
    ],
    [
      'an encrypted payload',
      { env, embeddedJwt: { encrypted: true, place: 'payload' } },
      ['embeddedJwt.place: it stands beside encrypted'],
    ],
    [
      'a registered claim',
      { env, embeddedJwt: { claims: { exp: 1 } } },
      ['embeddedJwt.claims["exp"]: the name is reserved'],
    ],
    [
      'a place there is not',
      { env, embeddedJwt: { place: 'body' } as never },
      ['embeddedJwt.place: "body" is not known'],
    ],
  ])('is a problem at start with %s', async (_, options, expected) => {
    expect(await problemsOf({ tokenFormat: 'embedded-jwt', ...options })).toEqual(expected);
  });
});

describe('auto', () => {
  it('is a JWT where that has room, and says so', async () => {
    const { response, event } = await issued({ tokenFormat: 'auto' });
    expect((await claimsOf(response.body)).payload['x-ably-clientId']).toBe('bob');
    expect(event).toMatchObject({ kind: 'issued', format: 'jwt', auto: 'fits' });
  });

  it('is a TokenRequest where a JWT would be too large, with the ttl of one', async () => {
    const rules: readonly Rule[] = [{ name: 'members', grant: MANY }];
    const request = authRequest({ cookies: [sessionCookie({ lifetimeSeconds: 1_000 })] });
    const { response, event } = await issued({ tokenFormat: 'auto', rules }, request);
    expect(jsonOf(response)).toMatchObject({ clientId: 'bob', ttl: 880_000 });
    expect(event).toMatchObject({ format: 'token-request', auto: 'too-large', ttlMs: 880_000 });
  });

  it('is a TokenRequest for whom a rule says confidential, and for nobody else', async () => {
    const rules: readonly Rule[] = [
      ...RULES,
      { name: 'hosts', when: { claims: { role: 'host' } }, grant: { 'secret:1': ['publish'] }, confidential: true },
    ];
    const hosts = await issued({ tokenFormat: 'auto', rules });
    expect(hosts.event).toMatchObject({ format: 'token-request', auto: 'confidential' });
    const others = await issued({ tokenFormat: 'auto', rules }, authRequest({ cookies: [sessionCookie()] }));
    expect(others.event).toMatchObject({ format: 'jwt', auto: 'fits' });
  });

  it('is a JWT whatever its size where only that carries what a rule wants, or can be revoked in time', async () => {
    const rules: readonly Rule[] = [{ name: 'members', grant: MANY, jwt: { jti: true } }];
    const { response } = await issued({ tokenFormat: 'auto', rules });
    expect(response.status).toBe(503);
    const revocable = await issued({ tokenFormat: 'auto', revocable: true, rules: [{ name: 'members', grant: MANY }] });
    expect(revocable.event).toMatchObject({ kind: 'refused', reason: 'credential-too-large' });
  });

  it('explains nothing of confidential rights under a format that shows them', async () => {
    const rules: readonly Rule[] = [{ name: 'a', grant: { a: ['publish'] }, confidential: true }];
    expect(await problemsOf({ rules, tokenFormat: 'jwt' })).toEqual([
      'rules[0].confidential: only the format auto looks at it, and tokenFormat is jwt',
    ]);
    expect(await problemsOf({ rules, tokenFormat: 'auto', jwt: { jti: true } })).toEqual([
      'rules[0].confidential: it asks for a TokenRequest, which cannot carry what jwt says',
    ]);
  });
});

describe('what only a JWT can carry', () => {
  const jwt = { channelClaims: { '*': '{role}' } };

  it('is in it: the rule’s own before the config’s', async () => {
    const rules: readonly Rule[] = [{ name: 'members', grant: { a: ['publish'] }, jwt }];
    const ofConfig = { channelClaims: { '*': 'member', lobby: 'member' }, jti: true } as const;
    const { response, event } = await issued({ tokenFormat: 'jwt', rules, jwt: ofConfig });
    const { payload } = await claimsOf(response.body);
    expect(payload).toMatchObject({
      'ably.channel.*': 'host',
      'ably.channel.lobby': 'member',
      'x-ably-clientId': 'bob',
    });
    expect(payload.jti).toMatch(/^[0-9a-f-]{36}$/);
    expect(event).toMatchObject({ format: 'jwt' });
    expect(event).not.toHaveProperty('auto');
  });

  it('is in the Ably JWT that an app’s own JWT carries', async () => {
    const embeddedJwt = { secret: EMBEDDED_SECRET };
    const { response } = await issued({ tokenFormat: 'embedded-jwt', embeddedJwt, jwt });
    const { protectedHeader } = await claimsOf(response.body, EMBEDDED_SECRET);
    expect((await claimsOf(String(protectedHeader['x-ably-token']))).payload['ably.channel.*']).toBe('host');
  });

  it('is reported where it cannot be filled', async () => {
    const { event } = await issued({ tokenFormat: 'jwt', jwt: { channelClaims: { '*': '{team}' } } });
    expect(event).toMatchObject({
      leftOut: [{ rule: 'jwt', grant: 'jwt.channelClaims["*"]', why: 'unfit', placeholder: 'team' }],
    });
  });

  it('refuses whoever has no group to be revoked with', async () => {
    const { response } = await issued({ tokenFormat: 'jwt', jwt: { revocationKey: 'team-{team}' } });
    expect([response.status, errorOf(response).code]).toEqual([403, 40300]);
  });

  it.each(['token-request', 'ably-token'] as const)('is a problem at start under %s', async (tokenFormat) => {
    const problem = `only a JWT can carry it, and tokenFormat is ${tokenFormat}`;
    const ably = fakeAbly();
    expect(await problemsOf({ tokenFormat, ably, jwt })).toEqual([`jwt: ${problem}`]);
    const rules: readonly Rule[] = [{ name: 'members', grant: { a: ['publish'] }, jwt }];
    expect(await problemsOf({ tokenFormat, ably, rules })).toEqual([`rules[0].jwt: ${problem}`]);
    expect(await problemsOf({ tokenFormat, ably, rules: [{ ...rules[0], format: 'jwt' }] as never })).toEqual([]);
  });

  it('is never lost silently where another rule names the format', async () => {
    const rules: readonly Rule[] = [
      { name: 'first', grant: { a: ['publish'] }, format: 'token-request' },
      { name: 'second', grant: { b: ['publish'] }, format: 'jwt', jwt },
    ];
    const { response, event } = await issued({ rules });
    expect([response.status, errorOf(response).code]).toEqual([503, 50000]);
    expect(event).toMatchObject({
      reason: 'misconfigured',
      detail: 'token-request cannot carry what second wants in a JWT',
    });
  });

  it('is looked at in the rules of a shadow as well', async () => {
    const shadow = { rules: [{ name: 'a', grant: { a: ['publish'] }, jwt: { rates: 1 } as never }] as const };
    expect(await problemsOf({ shadow })).toEqual(['shadow.rules[0].jwt.rates: it is not known here']);
  });
});
