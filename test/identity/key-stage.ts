/** An endpoint at a moment that the test moves, over a provider that it can turn off. */
import { oidc } from '../../index.ts';
import { NOW_MS, testEndpoint } from '../core/auth-request.ts';
import {
  AUDIENCE,
  bearer,
  type LocalProvider,
  NOW_SECONDS,
  refusalOf,
  type SigningKey,
  signingKey,
  startProvider,
  writeToken,
} from './local-provider.ts';

export const OLD = signingKey('old');
export const NEW = signingKey('new');
export const RULES = [{ name: 'members', grant: { 'room:*': ['subscribe' as const] } }];

export async function stage(keys: readonly SigningKey[] = [OLD]) {
  const provider = await startProvider(keys);
  const clock = { nowMs: NOW_MS };
  const sources = [oidc({ issuer: provider.issuer, audience: AUDIENCE })];
  const endpoint = testEndpoint({ sources, rules: RULES, nowMs: () => clock.nowMs });
  const token = (key: SigningKey) =>
    writeToken(key, { claims: provider.claims({ exp: NOW_SECONDS + 10 * 86_400, iat: undefined }) });
  return {
    provider,
    clock,
    endpoint,
    /** The status, and where it is none of 200 the reason. */
    async call(key: SigningKey = OLD): Promise<string> {
      const response = await endpoint.handle(bearer(token(key)));
      const { status, reason } = refusalOf(endpoint, response);
      return status === 200 ? '200' : `${status} ${reason}`;
    },
    token,
    keyFetches: () => provider.asked.filter((path) => path === '/keys').length,
  };
}

export const away = (provider: LocalProvider) => {
  provider.answer = (_req, res) => res.writeHead(500).end();
};
export const back = (provider: LocalProvider) => {
  provider.answer = undefined;
};
export const silent = (provider: LocalProvider) => {
  provider.answer = () => {};
};
