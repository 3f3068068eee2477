/** Which key may verify which token: what the provider published it for, and for which of several issuers. */
import { describe, expect, it } from 'vitest';
import { ADDRESS_BOOK } from '../../adapters/identity/safe-address.ts';
import { cognito, entra, type IdentitySource, oidc } from '../../index.ts';
import { NOW_MS } from '../core/auth-request.ts';
import { OTHER_TENANT, TENANT, TOKENS } from './fixtures/provider-tokens.ts';
import { AUDIENCE, bearer, signingKey, startProvider, writeToken } from './local-provider.ts';

const kindOf = async (source: IdentitySource, token: string): Promise<string> =>
  (await source.verify(bearer(token), { nowMs: NOW_MS, secureCookies: true })).kind;

describe('a key', () => {
  it('verifies only the algorithm that it was published for, and where none is named each pinned one that fits', async () => {
    const key = signingKey('rsa-1', 'RS256');
    for (const [jwk, kind] of [
      [key.jwk, 'rejected'],
      [{ ...key.jwk, alg: undefined }, 'identified'],
    ] as const) {
      const provider = await startProvider([{ ...key, jwk }]);
      const source = oidc({ issuer: provider.issuer, audience: AUDIENCE, algorithms: ['RS256', 'PS256'] });
      const claims = provider.claims();
      expect(await kindOf(source, writeToken(key, { claims }))).toBe('identified');
      expect(await kindOf(source, writeToken(key, { claims, header: { alg: 'PS256' }, signedAs: 'PS256' }))).toBe(kind);
    }
  });

  it('of one of several issuers verifies nothing of another one', async () => {
    const keys = { [TENANT]: signingKey('same-kid', 'RS256'), [OTHER_TENANT]: signingKey('same-kid', 'RS256') };
    const host = await startProvider([]);
    host.answer = (req, res) => {
      const tenant = Object.entries(keys).find(([name]) => req.url?.includes(name));
      res.end(JSON.stringify({ keys: [tenant?.[1].jwk] }));
    };
    const audience = TOKENS.entra.claims.aud;
    const addresses = { [ADDRESS_BOOK]: (url: string) => `${host.issuer}/?${url}` };
    const source = entra({ tenants: [TENANT, OTHER_TENANT], audience, ...addresses });
    for (const [signer, key] of Object.entries(keys)) {
      for (const tenant of Object.keys(keys)) {
        const issuer = `https://login.microsoftonline.com/${tenant}/v2.0`;
        const token = writeToken(key, { claims: { ...TOKENS.entra.claims, iss: issuer, tid: tenant } });
        expect(await kindOf(source, token)).toBe(signer === tenant ? 'identified' : 'rejected');
      }
    }
  });
});

it('what a preset demands cannot be undone by what is demanded besides', async () => {
  const key = signingKey('k', 'RS256');
  const host = await startProvider([key]);
  const source = cognito({
    ...{ region: 'eu-west-1', userPoolId: 'eu-west-1_Example01', clientId: '57cbishk4j24pabc1234567890' },
    requiredClaims: { token_use: 'id', version: 2 },
    [ADDRESS_BOOK]: () => `${host.issuer}/keys`,
  });
  expect(await kindOf(source, writeToken(key, { claims: TOKENS.cognitoId.claims }))).toBe('rejected');
  expect(await kindOf(source, writeToken(key, { claims: TOKENS.cognitoAccess.claims }))).toBe('identified');
  expect(await kindOf(source, writeToken(key, { claims: { ...TOKENS.cognitoAccess.claims, version: 1 } }))).toBe(
    'rejected',
  );
});
