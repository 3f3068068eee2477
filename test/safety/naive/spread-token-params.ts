/** Lays what the client sent over the defaults and signs the result: `createTokenRequest({ ...defaults, ...query })`. */
import type { AuthRequest } from '../../../index.ts';
import { type ParamsAsGiven, signWhatIsGiven } from './naive-signer.ts';

export function spreadTokenParams(key: { readonly name: string; readonly secret: string }, nowMs: number) {
  return (request: AuthRequest, clientId: string) => {
    const defaults = { clientId, ttl: 3_600_000, capability: '{"room:*":["subscribe"]}', timestamp: nowMs };
    return signWhatIsGiven(key, { ...defaults, ...(Object.fromEntries(request.query) as ParamsAsGiven) });
  };
}
