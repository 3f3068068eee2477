/** What the settings switch on, in `environmentSources` and in auth.config.ts as it is shipped. */
import { describe, expect, it } from 'vitest';
import { environmentSources } from '../../adapters/identity/environment-sources.ts';
import shipped from '../../auth.config.ts';
import { configureEndpoint, type Environment } from '../../index.ts';
import { authRequest, jsonOf, NOW_MS, SESSION_SECRET, sessionCookie, testKey } from '../core/auth-request.ts';
import { AUDIENCE, bearer, signingKey, startProvider } from './local-provider.ts';

const KEY = signingKey('k');
const SESSION = { ABLY_AUTH_SESSION_SECRET: SESSION_SECRET };
const TOKENS = { ABLY_AUTH_ISSUER: 'https://id.example', ABLY_AUTH_AUDIENCE: AUDIENCE };

function shippedEndpoint(env: Environment) {
  const source = { name: 't', setting: 's', loadCurrent: async () => testKey(), loadPrevious: async () => undefined };
  return configureEndpoint({ definition: shipped, env, keySource: { ok: true, source }, nowMs: () => NOW_MS });
}

describe('environmentSources', () => {
  it.each<[string, Environment, readonly string[], readonly (string | undefined)[]]>([
    ['nothing', {}, [], []],
    ['empty settings', { ABLY_AUTH_ISSUER: '', ABLY_AUTH_SESSION_SECRET: '' }, [], []],
    ['a session secret', SESSION, ['session'], [undefined]],
    ['an issuer', TOKENS, ['oidc'], [undefined]],
    [
      'both: tokens first, and a prefix for each (S19)',
      { ...TOKENS, ...SESSION },
      ['oidc', 'session'],
      ['oidc:', 'session:'],
    ],
  ])('with %s', (_, env, names, prefixes) => {
    const sources = environmentSources(env);
    expect(sources.map(({ name }) => name)).toEqual(names);
    expect(sources.map(({ clientIdPrefix }) => clientIdPrefix)).toEqual(prefixes);
    expect(sources.flatMap(({ problems }) => problems)).toEqual([]);
  });

  it.each<[string, Environment]>([
    ['ABLY_AUTH_AUDIENCE', { ABLY_AUTH_ISSUER: 'https://id.example' }],
    ['ABLY_AUTH_AUDIENCE', { ...TOKENS, ABLY_AUTH_AUDIENCE: ' , ' }],
    ['ABLY_AUTH_ISSUER', { ABLY_AUTH_AUDIENCE: AUDIENCE }],
    ['ABLY_AUTH_ISSUER', { ...TOKENS, ABLY_AUTH_ISSUER: 'http://id.example' }],
    ['ABLY_AUTH_JWKS_URL', { ...TOKENS, ABLY_AUTH_JWKS_URL: 'keys' }],
  ])('names the setting that is wrong: %s', (setting, env) => {
    const problems = environmentSources(env).flatMap((source) => source.problems);
    expect(problems.map((problem) => problem.setting)).toEqual([setting]);
  });
});

describe('auth.config.ts with an issuer', () => {
  it('lets callers with its tokens in, for one of several audiences, and visitors as before', async () => {
    const provider = await startProvider([KEY]);
    const endpoint = shippedEndpoint({ ABLY_AUTH_ISSUER: provider.issuer, ABLY_AUTH_AUDIENCE: `x, ${AUDIENCE}` });
    expect(endpoint.problems).toEqual([]);
    expect(jsonOf(await endpoint.handle(bearer(provider.token())))).toMatchObject({ clientId: 'bob' });
    expect(jsonOf(await endpoint.handle(authRequest()))).not.toHaveProperty('clientId');
    expect((await endpoint.handle(bearer(provider.token({ aud: 'y' })))).status).toBe(401);
  });

  it('takes keys from where it is told', async () => {
    const provider = await startProvider([KEY]);
    const endpoint = shippedEndpoint({ ...TOKENS, ABLY_AUTH_JWKS_URL: `${provider.issuer}/keys` });
    const response = await endpoint.handle(bearer(provider.token({ iss: TOKENS.ABLY_AUTH_ISSUER })));
    expect(jsonOf(response)).toMatchObject({ clientId: 'bob' });
    expect(provider.asked).toEqual(['/keys']);
  });

  it('and with sessions keeps the two apart (S19): bob is not bob', async () => {
    const provider = await startProvider([KEY]);
    const env = { ABLY_AUTH_ISSUER: provider.issuer, ABLY_AUTH_AUDIENCE: AUDIENCE, ...SESSION };
    const endpoint = shippedEndpoint(env);
    expect(endpoint.problems).toEqual([]);
    expect(jsonOf(await endpoint.handle(bearer(provider.token())))).toMatchObject({ clientId: 'oidc:bob' });
    const withCookie = authRequest({ cookies: [sessionCookie()], headers: { authorization: 'cookie' } });
    expect(jsonOf(await endpoint.handle(withCookie))).toMatchObject({ clientId: 'session:bob' });
  });
});
