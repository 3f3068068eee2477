/**
 * Everything that this endpoint hands out, presented everywhere where it takes an identity. The secrets are shared as
 * badly as they can be: the callers' tokens are signed under the API key's and under the session's.
 */
import { describe, expect, it } from 'vitest';
import type { AblyApi } from '../../core/ably.ts';
import { ApiKey } from '../../core/keys/api-key.ts';
import { createSeal, type SealLabel } from '../../core/keys/seal.ts';
import type { IssuedFormat } from '../../core/token/settled-params.ts';
import {
  anonymous,
  type EmbeddedJwtOptions,
  type IdentitySource,
  oidc,
  session,
  sharedSecretJwt,
} from '../../index.ts';
import {
  authRequest,
  errorOf,
  jsonOf,
  KEY_NAME,
  NOW_MS,
  SESSION_SECRET,
  sessionCookie,
  testEndpoint,
} from '../core/auth-request.ts';
import {
  AUDIENCE,
  base64url,
  hmacToken,
  NOW_SECONDS,
  signingKey,
  startProvider,
  writeToken,
} from '../identity/local-provider.ts';
import { whoeverItNames } from './naive/any-token-of-ours.ts';
import { grantedBy, RULES } from './support.ts';

const API_SECRET = 'a-fake-api-key-secret-that-is-long-enough';
const SECRETS = [API_SECRET, SESSION_SECRET];
const [KEY_APP = '', KEY_ID = ''] = KEY_NAME.split('.');
const loadCurrent = async () => new ApiKey(KEY_APP, KEY_ID, API_SECRET);
const SESSION_COOKIE = sessionCookie({ subject: 'bob' });
const PAYLOAD = JSON.stringify({ sub: 'bob', iat: NOW_SECONDS, exp: NOW_SECONDS + 7_200 });

/** Signs bob in by his session and returns what he is handed. */
async function handedOut(
  tokenFormat: IssuedFormat,
  nowMs = NOW_MS,
  embeddedJwt: EmbeddedJwtOptions = {},
): Promise<string> {
  const endpoint = testEndpoint({
    ...{
      sources: [session({ secrets: [SESSION_SECRET] })],
      rules: RULES,
      loadCurrent,
      tokenFormat,
      embeddedJwt: { secret: API_SECRET, ...embeddedJwt },
      ably: { requestToken: tokenOf },
      nowMs: () => nowMs,
    },
  });
  const response = await endpoint.handle(authRequest({ cookies: [SESSION_COOKIE] }));
  expect(response.status).toBe(200);
  return response.body;
}

const tokenOf: AblyApi['requestToken'] = async ({ ttl = 0, capability = '' }) => ({
  ...{ token: `${KEY_APP}.a-literal-token`, issued: NOW_MS, expires: NOW_MS + ttl, capability, clientId: 'bob' },
});

const sealed = (label: SealLabel, secret: string): string => createSeal(label, [secret]).seal(PAYLOAD);
const jwt = (header: object, claims: object, secret = API_SECRET): string =>
  hmacToken(secret, { alg: 'HS256', typ: 'JWT', ...header }, { sub: 'bob', exp: NOW_SECONDS + 3_600, ...claims });

const ARTEFACTS: Readonly<Record<string, () => string | Promise<string>>> = {
  'a TokenRequest': () => handedOut('token-request'),
  'a TokenRequest in base64url': async () => base64url(await handedOut('token-request')),
  'a TokenRequest as the claims of a JWT': async () =>
    jwt({}, { ...JSON.parse(await handedOut('token-request')), sub: undefined }),
  'the MAC of a TokenRequest': async () => String(JSON.parse(await handedOut('token-request')).mac),
  'an Ably JWT': () => handedOut('jwt'),
  'an Ably JWT without its key name': async () => {
    const [, claims = ''] = (await handedOut('jwt')).split('.');
    return jwt({}, JSON.parse(Buffer.from(claims, 'base64url').toString()));
  },
  'an Ably JWT without its claims': () => jwt({ kid: KEY_NAME }, {}),
  'a JWT around an Ably token, in the header': () => jwt({ 'x-ably-token': `${KEY_APP}.token` }, {}),
  'a JWT around an Ably token, in the claims': () => jwt({}, { 'x-ably-token': `${KEY_APP}.token` }, SESSION_SECRET),
  'an Ably token': () => `${KEY_APP}.a-literal-token`,
  'the name of the key': () => KEY_NAME,
  TokenDetails: () => handedOut('ably-token'),
  'an app’s JWT around an Ably JWT': () => handedOut('embedded-jwt'),
  'an app’s JWT around an Ably JWT, in the claims': () => handedOut('embedded-jwt', NOW_MS, { place: 'payload' }),
  'an app’s JWT around an Ably token': () => handedOut('embedded-jwt', NOW_MS, { carries: 'ably-token' }),
  'an app’s encrypted JWT': () => handedOut('embedded-jwt', NOW_MS, { encrypted: true }),
  'a session': () => SESSION_COOKIE[1],
  'a session in a Set-Cookie line': () => SESSION_COOKIE.join('='),
  'the id of a guest': () => sealed('guest', SESSION_SECRET),
  'a grant': () => sealed('grant', SESSION_SECRET),
  'a session sealed with the API key': () => sealed('session', API_SECRET),
};

/** Bearer tokens, headers and cookies under both kinds of verification, and our own cookie. */
async function everySource(): Promise<readonly IdentitySource[]> {
  const provider = await startProvider([signingKey('k')]);
  const issued = { issuer: provider.issuer, audience: AUDIENCE };
  return [
    oidc({ ...issued, from: { header: 'x-oidc' }, name: 'a', clientIdPrefix: 'a:' }),
    oidc({ ...issued, from: { cookie: 'oidc' }, name: 'b', clientIdPrefix: 'b:' }),
    sharedSecretJwt({ secrets: SECRETS, from: { header: 'x-secret' }, name: 'c', clientIdPrefix: 'c:' }),
    sharedSecretJwt({ secrets: SECRETS, from: { cookie: 'secret' }, name: 'd', clientIdPrefix: 'd:' }),
    sharedSecretJwt({ secrets: SECRETS, clientIdPrefix: 'e:' }),
    session({ secrets: [SESSION_SECRET], clientIdPrefix: 'f:' }),
    anonymous(),
  ];
}

type Place = readonly [where: string, request: (artefact: string) => Parameters<typeof authRequest>[0]];

const PLACES: readonly Place[] = [
  ['as a bearer token', (artefact) => ({ headers: { authorization: `Bearer ${artefact}` } })],
  ['as the whole Authorization header', (artefact) => ({ headers: { authorization: artefact } })],
  ['in the header of a provider', (artefact) => ({ headers: { 'x-oidc': artefact } })],
  ['in the header of a shared secret', (artefact) => ({ headers: { 'x-secret': artefact } })],
  ['in the cookie of a provider', (artefact) => ({ cookies: [['oidc', artefact]] })],
  ['in the cookie of a shared secret', (artefact) => ({ cookies: [['secret', artefact]] })],
  ['as our session', (artefact) => ({ cookies: [[SESSION_COOKIE[0], artefact]] })],
  ['in the header of a grant', (artefact) => ({ headers: { 'x-ably-auth-grant': artefact } })],
  ['in the header of a guest', (artefact) => ({ headers: { 'x-ably-auth-guest': artefact } })],
  ['in the query', (artefact) => ({ query: { token: artefact, accessToken: artefact, key: artefact } })],
];

describe('S17 nothing that this endpoint issues is an identity', () => {
  it('a token for an hour is one for ever where whatever we signed is believed', async () => {
    let nowMs = NOW_MS;
    let token = await handedOut('jwt');
    for (let hour = 0; hour < 100; hour++) {
      nowMs += 3_500_000;
      const subject = whoeverItNames(token, SECRETS, nowMs);
      expect(subject).toBe('bob');
      const renewed = { iat: nowMs / 1000, exp: nowMs / 1000 + 3_600, 'x-ably-clientId': subject };
      token = hmacToken(API_SECRET, { alg: 'HS256', kid: KEY_NAME }, renewed);
    }
  });

  it.each(PLACES)('%s: not one of ours', async (where, request) => {
    const endpoint = testEndpoint({ sources: await everySource(), rules: RULES, loadCurrent });
    expect(endpoint.problems).toEqual([]);
    for (const [what, write] of Object.entries(ARTEFACTS)) {
      // Its own place is the only one where a session counts.
      if (where === 'as our session' && what === 'a session') continue;
      const response = await endpoint.handle(authRequest(request(await write())));
      if (response.status === 200) {
        // Nobody looked at it: then it is as if it were not there.
        expect(jsonOf(response), what).not.toHaveProperty('clientId');
        expect(grantedBy(response), what).toEqual({ notifications: ['subscribe'] });
      } else {
        expect(response.status, what).toBe(401);
        expect(errorOf(response), what).toMatchObject({ code: 40101 });
      }
    }
  });

  it('takes what is no artefact of ours under the same secrets, so that the refusals above are not for nothing', async () => {
    const endpoint = testEndpoint({ sources: await everySource(), rules: RULES, loadCurrent });
    for (const secret of SECRETS) {
      const response = await endpoint.handle(
        authRequest({ headers: { authorization: `Bearer ${jwt({}, {}, secret)}` } }),
      );
      expect(jsonOf(response).clientId).toBe('e:bob');
    }
  });

  it('is refused also when a trusted provider signed it', async () => {
    const provider = await startProvider([signingKey('k'), signingKey(KEY_NAME)]);
    const [key, namesake] = provider.keys;
    if (!key || !namesake) throw new Error('The provider has no keys');
    const sources = [oidc({ issuer: provider.issuer, audience: AUDIENCE })];
    const endpoint = testEndpoint({ sources, rules: RULES, loadCurrent });
    const claims = provider.claims();
    const tokens: readonly (readonly [token: string, status: number])[] = [
      [writeToken(key, { claims }), 200],
      [writeToken(key, { claims: { ...claims, 'x-ably-capability': '{"*":["*"]}' } }), 401],
      [writeToken(key, { claims: { ...claims, 'X-Ably-ClientId': 'bob' } }), 401],
      [writeToken(key, { claims, header: { 'x-ably-token': 't' } }), 401],
      [writeToken(namesake, { claims }), 401],
    ];
    for (const [token, status] of tokens) {
      const response = await endpoint.handle(authRequest({ headers: { authorization: `Bearer ${token}` } }));
      expect(response.status).toBe(status);
    }
  });
});
