import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type SharedSecretOptions, sharedSecretJwt } from '../../index.ts';
import { jsonOf, KEY_NAME, KEY_SECRET, NOW_MS, testEndpoint } from '../core/auth-request.ts';
import { base64url, bearer, hmacToken, NOW_SECONDS, refusalOf, signingKey, writeToken } from './local-provider.ts';

const CURRENT = 'a-fake-shared-secret-of-32-bytes-or-more';
const PREVIOUS = 'the-fake-shared-secret-before-that-one-0';
const STRANGERS = 'a-fake-secret-that-nobody-configured-here';
const RULES = [{ name: 'members', grant: { 'room:*': ['subscribe' as const] } }];
const CLAIMS = { sub: 'bob', iat: NOW_SECONDS - 60, exp: NOW_SECONDS + 3_600 };
const HEADER = { alg: 'HS256', typ: 'JWT' };

async function call(token: string, options: Partial<SharedSecretOptions> = {}) {
  const source = sharedSecretJwt({ secrets: [CURRENT, PREVIOUS], ...options });
  const endpoint = testEndpoint({ sources: [source], rules: RULES });
  const response = await endpoint.handle(bearer(token));
  return response.status === 200 ? jsonOf(response).clientId : refusalOf(endpoint, response);
}

describe('sharedSecretJwt', () => {
  it('verifies what was signed under the current secret and, while rotating, under the one before it', async () => {
    for (const secret of [CURRENT, PREVIOUS]) expect(await call(hmacToken(secret, HEADER, CLAIMS))).toBe('bob');
    expect(await call(hmacToken(PREVIOUS, HEADER, CLAIMS), { secrets: [CURRENT] })).toMatchObject({ status: 401 });
    expect(await call(hmacToken(CURRENT, HEADER, CLAIMS), { secrets: [Buffer.from(CURRENT)] })).toBe('bob');
  });

  it('does not mind a kid that is no key of Ably’s', async () => {
    expect(await call(hmacToken(CURRENT, { ...HEADER, kid: '2024-01' }, CLAIMS))).toBe('bob');
  });

  it('looks at issuer and audience where they are configured', async () => {
    const options = { issuer: 'backend', audience: 'realtime' };
    const token = (claims: object) => hmacToken(CURRENT, HEADER, { ...CLAIMS, ...claims });
    expect(await call(token({ iss: 'backend', aud: ['realtime'] }), options)).toBe('bob');
    for (const claims of [{ iss: 'backend' }, { aud: 'realtime' }, { iss: 'x', aud: 'realtime' }, {}]) {
      expect(await call(token(claims), options)).toMatchObject({ status: 401, reason: 'bad-credential' });
    }
  });

  it.each<[string, string]>([
    ['signed under another secret', hmacToken(STRANGERS, HEADER, CLAIMS)],
    ['signed under no bytes at all', hmacToken('', HEADER, CLAIMS)],
    ['of alg none', `${base64url('{"alg":"none"}')}.${base64url(JSON.stringify(CLAIMS))}.AAAA`],
    ['that says HS512', hmacToken(CURRENT, { alg: 'HS512' }, CLAIMS)],
    ['signed with a private key', writeToken(signingKey('k'), { claims: CLAIMS })],
    [
      'that brings the secret itself',
      hmacToken(STRANGERS, { ...HEADER, jwk: { kty: 'oct', k: base64url(STRANGERS) } }, CLAIMS),
    ],
    ['without an end', hmacToken(CURRENT, HEADER, { sub: 'bob' })],
    ['without a subject', hmacToken(CURRENT, HEADER, { exp: CLAIMS.exp })],
    ['S17: whose kid is an Ably key name', hmacToken(CURRENT, { ...HEADER, kid: KEY_NAME }, CLAIMS)],
    ['S17: with a claim of Ably’s', hmacToken(CURRENT, HEADER, { ...CLAIMS, 'x-ably-clientId': 'bob' })],
    ['S17: with a token of Ably’s in its header', hmacToken(CURRENT, { ...HEADER, 'x-ably-token': 't' }, CLAIMS)],
  ])('refuses a token %s', async (_, token) => {
    expect(await call(token)).toMatchObject({ status: 401, code: 40101, reason: 'bad-credential' });
  });
});

describe('a config of sharedSecretJwt that cannot work', () => {
  it.each<[string, object]>([
    ['secrets', { secrets: [] }],
    ['secrets', { secrets: undefined }],
    ['secrets', { secrets: [CURRENT, PREVIOUS, STRANGERS] }],
    ['secrets', { secrets: ['short'] }],
    ['secrets', { secrets: [CURRENT, 'short'] }],
    ['secrets', { secrets: ['ü'.repeat(15)] }],
    ['secrets', { secrets: [`${KEY_NAME}:${KEY_SECRET}${KEY_SECRET}`] }],
    ['issuer', { issuer: '' }],
    ['audience', { audience: [] }],
  ])('is a problem of %s: %j', (option, options) => {
    const source = sharedSecretJwt({ secrets: [CURRENT], ...options } as SharedSecretOptions);
    expect(source.problems.map(({ setting }) => setting)).toEqual([`sharedSecretJwt({ ${option} })`]);
    expect(JSON.stringify(source.problems)).not.toContain(KEY_SECRET);
  });

  it('S10: holds its secrets where printing does not find them', () => {
    const source = sharedSecretJwt({ secrets: [CURRENT, PREVIOUS] });
    const printed = inspect(source, { depth: 9, showHidden: true }) + JSON.stringify(source) + NOW_MS;
    for (const secret of [CURRENT, PREVIOUS]) expect(printed).not.toContain(secret);
  });
});
