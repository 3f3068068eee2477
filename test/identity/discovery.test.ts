import { describe, expect, it } from 'vitest';
import { RETRY_PAUSE_MS, UNKNOWN_KID_PAUSE_MS } from '../../adapters/identity/key-set.ts';
import { oidc } from '../../index.ts';
import { jsonOf, testEndpoint } from '../core/auth-request.ts';
import { NEW, OLD, RULES, stage } from './key-stage.ts';
import { AUDIENCE, bearer, refusalOf, startProvider } from './local-provider.ts';

describe('discovery', () => {
  it.each([
    [
      'names another issuer',
      (url: string) => ({ issuer: 'https://id.example', jwks_uri: `${url}/keys` }),
      /of another issuer/,
    ],
    [
      'names the issuer with a slash more',
      (url: string) => ({ issuer: `${url}/`, jwks_uri: `${url}/keys` }),
      /of another issuer/,
    ],
    ['names no keys', (url: string) => ({ issuer: url }), /jwks_uri/],
    ['names keys without TLS', (url: string) => ({ issuer: url, jwks_uri: 'http://keys.example/' }), /jwks_uri/],
    ['names a file', (url: string) => ({ issuer: url, jwks_uri: 'file:///etc/passwd' }), /jwks_uri/],
  ])('that %s is 503', async (_, document, detail) => {
    const { endpoint, token, provider } = await stage();
    provider.answer = (_req, res) => res.writeHead(200).end(JSON.stringify(document(provider.issuer)));
    const response = await endpoint.handle(bearer(token(OLD)));
    expect(refusalOf(endpoint, response)).toMatchObject({ status: 503, detail: expect.stringMatching(detail) });
    expect(provider.asked).toHaveLength(1);
  });

  it('is repeated when the keys have moved', async () => {
    const { call, clock, provider } = await stage();
    await call();
    provider.answer = (req, res) => {
      const moved = { issuer: provider.issuer, jwks_uri: `${provider.issuer}/moved` };
      const keys = { keys: [NEW.jwk] };
      const documents: Readonly<Record<string, object>> = {
        '/.well-known/openid-configuration': moved,
        '/moved': keys,
      };
      const document = documents[req.url ?? ''];
      res.writeHead(document ? 200 : 410).end(JSON.stringify(document ?? {}));
    };
    clock.nowMs += UNKNOWN_KID_PAUSE_MS;
    expect(await call(NEW)).toBe('503 identity-provider-unavailable');
    clock.nowMs += RETRY_PAUSE_MS;
    expect(await call(NEW)).toBe('200');
    expect(provider.asked.at(-1)).toBe('/moved');
  });

  it('is not needed with an address in the config', async () => {
    const provider = await startProvider([OLD]);
    const sources = [oidc({ issuer: 'https://id.example', audience: AUDIENCE, jwksUrl: `${provider.issuer}/keys` })];
    const endpoint = testEndpoint({ sources, rules: RULES });
    const response = await endpoint.handle(bearer(provider.token({ iss: 'https://id.example' })));
    expect(jsonOf(response).clientId).toBe('bob');
    expect(provider.asked).toEqual(['/keys']);
  });
});
