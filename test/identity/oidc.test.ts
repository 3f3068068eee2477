import { describe, expect, it } from 'vitest';
import { ASYMMETRIC_ALGORITHMS } from '../../adapters/identity/token-rules.ts';
import { anonymous, type Identity, type OidcOptions, oidc } from '../../index.ts';
import { authRequest, jsonOf, NOW_MS, type RequestToWrite, testEndpoint } from '../core/auth-request.ts';
import {
  AUDIENCE,
  bearer,
  type LocalProvider,
  NOW_SECONDS,
  refusalOf,
  signingKey,
  startProvider,
  writeToken,
} from './local-provider.ts';

const KEY = signingKey('ec-1');
const RULES = [
  { name: 'visitors', when: { kind: 'anonymous' as const }, grant: { notifications: ['subscribe' as const] } },
  { name: 'members', grant: { 'room:*': ['subscribe' as const] } },
];

async function stage(options: Partial<OidcOptions> = {}) {
  const provider = await startProvider([KEY]);
  const source = oidc({ issuer: provider.issuer, audience: AUDIENCE, ...options });
  const endpoint = testEndpoint({ sources: [source, anonymous()], rules: RULES });
  return { provider, source, endpoint };
}

async function identityOf(
  options: Partial<OidcOptions>,
  write: (provider: LocalProvider) => string,
): Promise<Identity> {
  const { provider, source } = await stage(options);
  const verdict = await source.verify(bearer(write(provider)), { nowMs: NOW_MS, secureCookies: true });
  if (verdict.kind !== 'identified') throw new Error(JSON.stringify(verdict));
  return verdict.identity;
}

describe('oidc', () => {
  it('knows who calls, since when and until when', async () => {
    const changes = { sid: 'login-1', auth_time: NOW_SECONDS - 600, team: 'red' };
    expect(await identityOf({}, (provider) => provider.token(changes))).toEqual({
      source: 'oidc',
      subject: 'bob',
      kind: 'user',
      claims: expect.objectContaining({ sub: 'bob', team: 'red' }),
      sessionId: 'login-1',
      authenticatedAtMs: NOW_MS - 600_000,
      expiresAtMs: NOW_MS + 3_600_000,
    });
  });

  it('takes the subject from the claim that plays it, and gives that to templates as sub', async () => {
    const options = { name: 'partner', subjectClaim: 'uid', sessionEndsWithToken: false };
    const identity = await identityOf(options, (provider) => provider.token({ uid: 'u-7' }));
    expect(identity).toMatchObject({ source: 'partner', subject: 'u-7', claims: { sub: 'u-7', uid: 'u-7' } });
    expect(identity.expiresAtMs).toBeUndefined();
  });

  it('does not let a token outlive the caller’s', async () => {
    const { provider, endpoint } = await stage();
    const ttlOf = async (left: number) =>
      jsonOf(await endpoint.handle(bearer(provider.token({ exp: NOW_SECONDS + left }))));
    expect((await ttlOf(600)).ttl).toBe((600 - 120) * 1000);
    expect(await ttlOf(179)).toMatchObject({ error: { code: 40101 } });
  });

  it.each(ASYMMETRIC_ALGORITHMS)('verifies %s where it is pinned, and refuses it where it is not', async (alg) => {
    const key = signingKey('k', alg);
    const provider = await startProvider([key]);
    const others = ASYMMETRIC_ALGORITHMS.filter((other) => other !== alg);
    for (const [algorithms, status] of [
      [[alg], 200],
      [others, 401],
    ] as const) {
      const source = oidc({ issuer: provider.issuer, audience: AUDIENCE, algorithms });
      const endpoint = testEndpoint({ sources: [source], rules: RULES });
      expect((await endpoint.handle(bearer(provider.token()))).status).toBe(status);
    }
  });

  it('takes the key that fits when the provider gave several the same kid', async () => {
    const rsa = signingKey('ec-1', 'RS256');
    const provider = await startProvider([rsa, KEY]);
    const endpoint = testEndpoint({ sources: [oidc({ issuer: provider.issuer, audience: AUDIENCE })], rules: RULES });
    for (const key of [KEY, rsa]) {
      expect((await endpoint.handle(bearer(provider.token({}, key)))).status).toBe(200);
    }
  });

  it('passes over a published key that is no point of its curve', async () => {
    const broken = { ...KEY, kid: 'broken', jwk: { ...KEY.jwk, kid: 'broken', x: 'AAAA' } };
    const provider = await startProvider([broken, KEY]);
    const endpoint = testEndpoint({ sources: [oidc({ issuer: provider.issuer, audience: AUDIENCE })], rules: RULES });
    const response = await endpoint.handle(bearer(provider.token({}, broken)));
    expect(refusalOf(endpoint, response)).toMatchObject({ status: 401, reason: 'bad-credential' });
    expect((await endpoint.handle(bearer(provider.token({}, KEY)))).status).toBe(200);
  });
});

describe('what oidc demands besides', () => {
  it.each<[string, Partial<OidcOptions>, Record<string, unknown>, number]>([
    ['a claim that is there', { requiredClaims: ['email'] }, { email: 'bob@example.com' }, 200],
    ['a claim that is missing', { requiredClaims: ['email'] }, {}, 401],
    ['a claim that is null', { requiredClaims: ['email'] }, { email: null }, 401],
    ['an inherited name', { requiredClaims: ['constructor'] }, {}, 401],
    ['a value', { requiredClaims: { email_verified: true } }, { email_verified: true }, 200],
    ['another value', { requiredClaims: { email_verified: true } }, { email_verified: 'true' }, 401],
    ['one of several values', { requiredClaims: { hd: ['a.example', 'b.example'] } }, { hd: 'b.example' }, 200],
    ['none of several values', { requiredClaims: { hd: ['a.example', 'b.example'] } }, { hd: 'c.example' }, 401],
    ['an audience of several', { audience: ['x', AUDIENCE] }, {}, 200],
    ['an audience in another claim', { audience: 'app-1', audienceClaim: 'azp' }, { azp: 'app-1' }, 200],
    ['another audience in another claim', { audience: 'app-1', audienceClaim: 'azp' }, { azp: 'app-2' }, 401],
    ['a clock that is right', { clockToleranceSeconds: 0 }, { iat: NOW_SECONDS }, 200],
    ['a clock that is a second ahead', { clockToleranceSeconds: 0 }, { iat: NOW_SECONDS + 1 }, 401],
  ])('%s', async (_, options, changes, status) => {
    const { provider, endpoint } = await stage(options);
    expect((await endpoint.handle(bearer(provider.token(changes)))).status).toBe(status);
  });
});

describe('where the token is', () => {
  const sent = async (options: Partial<OidcOptions>, write: (token: string) => RequestToWrite) => {
    const { provider, endpoint } = await stage(options);
    const response = await endpoint.handle(authRequest(write(provider.token())));
    return response.status === 200 ? (jsonOf(response).clientId ?? 'anonymous') : refusalOf(endpoint, response);
  };
  const auth = (value: string | readonly string[]) => async () =>
    sent({}, (token) => ({
      headers: { authorization: typeof value === 'string' ? value.replace('*', token) : value },
    }));

  it.each(['Bearer *', 'bearer *', 'BEARER *', 'bEaReR   *', ' Bearer *'])(
    'S2: reads the scheme in any case: %s',
    async (value) => {
      expect(await auth(value)()).toBe('bob');
    },
  );

  it.each(['Bearer', 'Bearer ', 'bearer x', 'Bearer * *', 'Bearer\t*', 'Bearer,*', 'Bearer "*"', 'Bearer *, Bearer *'])(
    'S2: ends with 401 what has the scheme and is not good: %s',
    async (value) => {
      expect(await auth(value)()).toMatchObject({ status: 401, code: 40101, reason: 'bad-credential' });
    },
  );

  it.each(['', ' ', 'cookie', 'Basic Ym9iOmJvYg==', 'Bearerish *', 'Bearer-ish *', 'DPoP *', '*', 'token *'])(
    'S2: leaves another scheme, no value and the placeholder to the next source: %j',
    async (value) => {
      expect(await auth(value)()).toBe('anonymous');
    },
  );

  it('S15: refuses two Authorization headers, whatever is in them', async () => {
    expect(await auth(['Bearer x', 'cookie'])()).toMatchObject({ status: 401, detail: 'two Authorization headers' });
  });

  it('reads another header whole, and refuses it twice', async () => {
    const from = { header: 'X-Id-Token' };
    expect(await sent({ from }, (token) => ({ headers: { 'x-id-token': token } }))).toBe('bob');
    expect(await sent({ from }, (token) => ({ headers: { authorization: `Bearer ${token}` } }))).toBe('anonymous');
    expect(await sent({ from }, () => ({ headers: { 'x-id-token': '' } }))).toBe('anonymous');
    for (const twice of [(token: string) => [token, token], (token: string) => ['', token]]) {
      const answer = await sent({ from }, (token) => ({ headers: { 'x-id-token': twice(token) } }));
      expect(answer).toMatchObject({ status: 401, detail: 'oidc: the header x-id-token was sent twice' });
    }
  });

  it('reads a cookie, which is ambient: a foreign site’s request is 403 and not even looked at (S14)', async () => {
    const from = { cookie: '__session' };
    const cookies = (token: string) => [['__session', token]] as const;
    expect(await sent({ from }, (token) => ({ cookies: cookies(token) }))).toBe('bob');
    const foreign = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    expect(await sent({ from }, (token) => ({ cookies: cookies(token), headers: foreign }))).toMatchObject({
      ...{ status: 403, reason: 'cross-site' },
    });
    expect(await sent({ from }, (token) => ({ cookies: [...cookies(token), ...cookies('planted')] }))).toMatchObject({
      ...{ status: 401, detail: 'oidc: the cookie __session was sent twice' },
    });
    expect(await sent({ from }, () => ({ cookies: cookies('') }))).toBe('anonymous');
  });

  it('does not mind where a bearer token comes from: no browser sends one by itself', async () => {
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect(await sent({}, (token) => ({ headers: { ...headers, authorization: `Bearer ${token}` } }))).toBe('bob');
  });

  it('bounds a credential before it is parsed', async () => {
    const { endpoint } = await stage();
    const response = await endpoint.handle(bearer('x'.repeat(16 * 1024)));
    expect(refusalOf(endpoint, response)).toMatchObject({ status: 401, detail: expect.stringContaining('too large') });
  });
});

describe('a config of oidc that cannot work', () => {
  const good = { issuer: 'https://id.example', audience: 'app-1' };
  it.each<[string, object]>([
    ['oidc({ issuer })', { issuer: '' }],
    ['oidc({ issuer })', { issuer: 'http://id.example' }],
    ['oidc({ issuer })', { issuer: 'id.example' }],
    ['oidc({ issuer })', { issuer: 'https://id.example?x=1' }],
    ['oidc({ audience })', { audience: '' }],
    ['oidc({ audience })', { audience: [] }],
    ['oidc({ audience })', { audience: ['app-1', ' '] }],
    ['oidc({ audience })', { audience: undefined }],
    ['oidc({ jwksUrl })', { jwksUrl: 'http://id.example/keys' }],
    ['oidc({ algorithms })', { algorithms: [] }],
    ['oidc({ algorithms })', { algorithms: ['RS256', 'HS256'] }],
    ['oidc({ algorithms })', { algorithms: ['none'] }],
    ['oidc({ clockToleranceSeconds })', { clockToleranceSeconds: 301 }],
    ['oidc({ clockToleranceSeconds })', { clockToleranceSeconds: -1 }],
    ['oidc({ clockToleranceSeconds })', { clockToleranceSeconds: 0.5 }],
    ['oidc({ requiredClaims })', { requiredClaims: [''] }],
    ['oidc({ requiredClaims })', { requiredClaims: { a: null } }],
    ['oidc({ subjectClaim })', { subjectClaim: '' }],
    ['oidc({ from })', { from: { header: 'x id' } }],
    ['oidc({ from })', { from: { header: 'Authorization' } }],
    ['oidc({ from })', { from: { header: 'X-Ably-Auth-Grant' } }],
    ['oidc({ from })', { from: { cookie: '__Host-ably-auth-session' } }],
    ['oidc({ from })', { from: { cookie: '' } }],
  ])('is a problem of %s: %j', (setting, options) => {
    const { problems } = oidc({ ...good, ...options } as OidcOptions);
    expect(problems.map((problem) => problem.setting)).toEqual([setting]);
  });

  it('is not one with http on this machine', () => {
    expect(oidc({ ...good, issuer: 'http://localhost:3001' }).problems).toEqual([]);
  });

  it('S19: is one beside a session without prefixes', () => {
    const { problems } = testEndpoint({ sources: [oidc(good), oidc({ ...good, name: 'other' })], rules: RULES });
    expect(problems).toMatchObject([{ setting: 'source other' }]);
  });
});

it('a token for one source is not one for another with a key of the same kid', async () => {
  const [a, b] = [await startProvider([KEY]), await startProvider([signingKey('ec-1')])];
  const endpoint = testEndpoint({ sources: [oidc({ issuer: b.issuer, audience: AUDIENCE })], rules: RULES });
  expect((await endpoint.handle(bearer(a.token()))).status).toBe(401);
  expect((await endpoint.handle(bearer(writeToken(KEY, { claims: b.claims() })))).status).toBe(401);
});
