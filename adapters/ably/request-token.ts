/**
 * Redeems a TokenRequest for an Ably token, in one HTTP request. A second one, to a fallback host, would present a nonce
 * that Ably may have seen.
 *
 * Spec: RSA8, TD1 to TD7 — https://sdk.ably.com/builds/ably/specification/main/features/
 */
import type { ClientOptions, Rest, TokenDetails, TokenRequest } from 'ably';
import { AblyApiError } from '../../core/ably.ts';
import type { Environment } from '../../core/settings.ts';
import { asAblyApiError } from './ably-failure.ts';
import { clientOptions, usableSettings } from './client-options.ts';

/** The client gives up on us after 10 s; two attempts fit well within. */
const CALL_TIMEOUT_MS = 2_500;

/**
 * Its connection to Ably is kept open from one call to the next.
 * @throws AblyApiError naming the settings that cannot be used
 */
export async function openRest(env: Environment): Promise<Rest> {
  usableSettings(env);
  const { Rest } = await import('./ably-sdk.ts');
  const options: ClientOptions = {
    ...clientOptions(env),
    httpRequestTimeout: CALL_TIMEOUT_MS,
    httpMaxRetryCount: 0,
    // What fails is in our own log; lines of the SDK would hold what it was asked.
    logLevel: 0,
    // Every call brings its own.
    authCallback: (_params, callback) => callback('no credential', null),
  };
  return new Rest(options);
}

/** @throws AblyApiError */
export async function requestToken(client: Rest, request: TokenRequest): Promise<TokenDetails> {
  const given = await client.auth
    .requestToken({}, { authCallback: (_params, callback) => callback(null, request) })
    .catch((error: unknown) => {
      throw asAblyApiError(error);
    });
  const { token, issued, expires, capability, clientId } = given;
  // Whatever answered at that address may not be Ably; clients take an answer without these for another thing (TD1).
  if (typeof token !== 'string' || !token || !Number.isSafeInteger(issued) || !Number.isSafeInteger(expires)) {
    throw new AblyApiError('unreachable', 'The answer to requestToken is not TokenDetails.');
  }
  return { token, issued, expires, capability, ...(clientId && { clientId }) } as TokenDetails;
}
