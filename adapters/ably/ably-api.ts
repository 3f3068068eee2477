/**
 * Ably's REST API through Ably's own SDK, but for the time, which anybody may ask; one file per call. Neither the SDK nor a call's file is read before the first
 * call: an endpoint that signs for itself never loads them.
 */
import type { Rest } from 'ably';
import type { AblyApi } from '../../core/ably.ts';
import type { Environment } from '../../core/settings.ts';

/** @param env where ABLY_ENDPOINT, ABLY_PORT and ABLY_TLS say which service it is; by default Ably itself */
export function createAblyApi(env: Environment): AblyApi {
  let rest: Rest | undefined;
  return Object.freeze({
    async requestToken(request) {
      const { openRest, requestToken } = await import('./request-token.ts');
      rest ??= await openRest(env);
      return requestToken(rest, request);
    },
    async revokeTokens(apiKey, targets, options) {
      const { revokeTokens } = await import('./revoke-tokens.ts');
      return revokeTokens(env, apiKey, targets, options);
    },
    async timeMs() {
      const { askTimeMs } = await import('./ask-time.ts');
      return askTimeMs(env);
    },
  } satisfies AblyApi);
}
