/**
 * The one port to Ably itself, for the few things that signing alone cannot do. Most requests never reach it.
 *
 * Drivers make one call each, bounded in time and never repeated: what may be tried again, and how, is decided by those
 * who call. Nothing of an answer is logged but Ably's code and status.
 */
import type { TokenDetails, TokenRequest } from 'ably';

export interface AblyApi {
  /**
   * Redeems a TokenRequest, at most once: it has a nonce, and Ably refuses one that it has seen (40105) even where the
   * first answer was lost. Whoever tries again signs anew.
   * @throws AblyApiError and nothing else
   */
  requestToken(request: TokenRequest): Promise<TokenDetails>;
}

/**
 * - `refused`: Ably answered no. Its `code` and `statusCode` say why; asking the same again will not help.
 * - `unreachable`: it did not answer in time or not sensibly, or said that the fault is its own (5xx). What was asked for
 *   may have happened all the same.
 */
export type AblyApiFailure = 'refused' | 'unreachable';

export class AblyApiError extends Error {
  /** By what it carries: a driver may have been bundled with a copy of this class of its own. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'AblyApiError' && 'failure' in value && 'statusCode' in value;
  }

  readonly failure: AblyApiFailure;
  /** Ably's code (ably-common, `protocol/errors.json`); `undefined` when there was no answer that could be read. */
  readonly code: number | undefined;
  /** The HTTP status, likewise. */
  readonly statusCode: number | undefined;

  /** @param message for the log; holds no key, no token, no clientId (S10) */
  constructor(
    failure: AblyApiFailure,
    message: string,
    {
      code,
      statusCode,
      ...options
    }: ErrorOptions & { readonly code?: number | undefined; readonly statusCode?: number | undefined } = {},
  ) {
    super(message, options);
    this.name = 'AblyApiError';
    this.failure = failure;
    this.code = code;
    this.statusCode = statusCode;
  }
}
