/**
 * The one port to Ably itself, for the few things that signing alone cannot do. Most requests never reach it.
 *
 * Drivers make one call each, bounded in time and never repeated: what may be tried again, and how, is decided by those
 * who call. Nothing of an answer is logged but Ably's code and status.
 */
import type { TokenDetails, TokenRequest } from 'ably';
import type { ApiKey } from './keys/api-key.ts';

export interface AblyApi {
  /**
   * Redeems a TokenRequest, at most once: it has a nonce, and Ably refuses one that it has seen (40105) even where the
   * first answer was lost. Whoever tries again signs anew.
   * @throws AblyApiError and nothing else
   */
  requestToken(request: TokenRequest): Promise<TokenDetails>;
  /**
   * Revokes tokens that this key has issued, and no other's.
   * @param targets at most `MAX_REVOCATION_TARGETS`, each `type:value`
   * @returns an answer for each, in order: Ably takes some and refuses others
   * @throws AblyApiError and nothing else, when it refuses all of them or cannot be reached
   */
  revokeTokens(
    apiKey: ApiKey,
    targets: readonly string[],
    options: RevocationOptions,
  ): Promise<readonly RevocationAnswer[]>;
  /**
   * What time it is there, in milliseconds since the epoch.
   * @throws AblyApiError `unreachable` and nothing else, within a second or so
   */
  timeMs(): Promise<number>;
}

export interface RevocationOptions {
  /** Tokens issued before this moment are hit, milliseconds since the epoch. Default: Ably's own now, at most an hour ago. */
  readonly issuedBeforeMs?: number;
  /** Live connections are told to renew and have about 30 s for it, instead of being cut at once. Default false. */
  readonly allowReauthMargin?: boolean;
}

/** Times in milliseconds since the epoch, by Ably's clock. */
export type RevocationAnswer =
  | { readonly ok: true; readonly issuedBeforeMs: number; readonly appliesAtMs: number }
  | { readonly ok: false; readonly code: number | undefined; readonly statusCode: number | undefined };

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
