/**
 * The port behind which the API key is kept, and the closed list of ways in which reading it can fail.
 *
 * Drivers under adapters/key-sources make one call each and classify its failure. Caching, sharing one load among
 * many requests and serving an old key through an outage are decided by `createKeyRing`, once for all of them.
 */
import type { ApiKey } from './api-key.ts';

export interface KeySource {
  /** For the log: `environment`, `aws-secrets-manager` … */
  readonly name: string;
  /** The setting that says where the key is, for messages: `ABLY_API_KEY_SECRET_ID`. */
  readonly setting: string;
  /**
   * Reads the key that signs: at once where it is at hand, so that a cold start waits for nothing.
   * @throws KeySourceError and nothing else, as a rejection
   */
  loadCurrent(): ApiKey | Promise<ApiKey>;
  /**
   * Reads the key before it, which verifies and revokes but never signs; `undefined` when there is none.
   * Called only when something needs it.
   * @throws KeySourceError and nothing else
   */
  loadPrevious(): Promise<ApiKey | undefined>;
}

/**
 * - `not-found`: the store answered that there is no such key. Asking again will not help until somebody sets it.
 * - `not-allowed`: the store answered that this function may not read it.
 * - `malformed`: it was read and is not an API key. The value is never printed.
 * - `unreachable`: the store did not answer in time, or not sensibly. A cached key may serve meanwhile.
 */
export type KeySourceFailure = 'not-found' | 'not-allowed' | 'malformed' | 'unreachable';

export class KeySourceError extends Error {
  /** By what it carries: a driver may have been bundled with a copy of this class of its own. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'KeySourceError' && 'failure' in value && 'remediation' in value;
  }

  readonly failure: KeySourceFailure;
  /** The setting that names the key: `ABLY_API_KEY_SECRET_ID`. */
  readonly setting: string;
  /** The first thing to do. */
  readonly remediation: string;

  constructor(
    failure: KeySourceFailure,
    setting: string,
    message: string,
    remediation: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'KeySourceError';
    this.failure = failure;
    this.setting = setting;
    this.remediation = remediation;
  }
}
