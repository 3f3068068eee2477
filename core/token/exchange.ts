/**
 * Exchanges for an Ably token what would otherwise be handed to the client as a TokenRequest. Decides what is tried
 * again, how long the caller waits, and what each refusal of Ably's means for the caller: never that it should give up
 * (RSA4d), because every one of them is the operator's to mend or passes by itself.
 */
import type { TokenDetails } from 'ably';
import { type AblyApi, AblyApiError } from '../ably.ts';
import { canonicalCapability } from '../capability/canonical.ts';
import { withinDeadline } from '../deadline.ts';
import { AuthFailure } from '../errors.ts';
import type { ApiKey } from '../keys/api-key.ts';
import type { SettledParams } from './settled-params.ts';
import { signTokenRequest } from './sign-token-request.ts';

/** For all tries together. Clients give up on us after 10 s, of which the key and the policy may have taken some. */
const EXCHANGE_DEADLINE_MS = 5_500;

/** Ably's account and rate limits (ably-common, `protocol/errors.json`). */
const LIMIT_CODES: ReadonlySet<number | undefined> = new Set([40112, 40115, 42910, 42918, 42922]);

const NONCE_REPLAYED = 40105;
const NOTHING_LEFT_OF_THE_KEY = 40160;

/**
 * @throws AuthFailure `ably-unavailable` or `misconfigured` (503), `ably-limit` (401 / 42910)
 */
export async function exchangeForToken(
  apiKey: ApiKey,
  params: SettledParams,
  ably: Pick<AblyApi, 'requestToken'>,
  nowMs: () => number,
): Promise<TokenDetails> {
  const exchanged = exchange(apiKey, params, ably, nowMs);
  // What it says when nobody waits any longer must not end the process.
  exchanged.catch(() => {});
  const late = (): AuthFailure => new AuthFailure('ably-unavailable', `no answer within ${EXCHANGE_DEADLINE_MS} ms`);
  return withoutGaps(await withinDeadline(EXCHANGE_DEADLINE_MS, () => exchanged, late), params);
}

/** Twice at most, signed anew: Ably may have seen the first nonce although its answer was lost. */
async function exchange(
  apiKey: ApiKey,
  params: SettledParams,
  ably: Pick<AblyApi, 'requestToken'>,
  nowMs: () => number,
): Promise<TokenDetails> {
  const ask = (): Promise<TokenDetails> =>
    ably.requestToken(signTokenRequest(apiKey, params, { timestampMs: nowMs() }));
  try {
    return await ask().catch((error: unknown) => (mayPass(error) ? ask() : Promise.reject(error)));
  } catch (error) {
    throw error instanceof AblyApiError ? whatItMeans(error) : error;
  }
}

function mayPass(error: unknown): boolean {
  return error instanceof AblyApiError && (error.failure === 'unreachable' || error.code === NONCE_REPLAYED);
}

function whatItMeans(error: AblyApiError): AuthFailure {
  const { failure, code, statusCode, message } = error;
  if (failure === 'unreachable') return new AuthFailure('ably-unavailable', message);
  if (statusCode === 429 || LIMIT_CODES.has(code)) return new AuthFailure('ably-limit', message);
  const why = code === NOTHING_LEFT_OF_THE_KEY ? ' The API key has nothing of what the rules grant.' : '';
  return new AuthFailure('misconfigured', `${message}${why}`);
}

/** Just what clients of every platform read; the capability as Ably narrowed it. */
function withoutGaps(
  { token, issued, expires, capability, clientId }: TokenDetails,
  params: SettledParams,
): TokenDetails {
  return {
    token,
    issued,
    expires,
    capability: typeof capability === 'string' ? capability : canonicalCapability(params.capability),
    ...(clientId && { clientId }),
  };
}
