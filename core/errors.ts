/**
 * The closed table of refusals: what each one means on the wire, and to whom.
 *
 * The status decides what a client does next. 403 ends its connection for good (RSA4d), 401 and 503 are tried again
 * (RSA4c); 429 would end Android clients, a 5xx makes them ask six times. So an expired session is 401 and a banned
 * user 403. Codes 40102, 40171 and 40140 to 40149 are never used: clients read more into them.
 *
 * Messages go to callers: they hold no value that came from a request or a secret. What the operator needs to know is
 * `detail`, which only the log sees; what to do about each is told in remedies.ts.
 */

interface FailureKind {
  readonly status: 400 | 401 | 403 | 405 | 500 | 503;
  /** Ably's code (ably-common, `protocol/errors.json`). */
  readonly code: 40000 | 40101 | 40160 | 40300 | 40500 | 42910 | 50000;
  readonly message: string;
  readonly retryAfterSeconds?: number;
}

export const FAILURES = {
  'malformed-request': {
    status: 400,
    code: 40000,
    message: 'The request is malformed.',
  },
  'method-not-allowed': {
    status: 405,
    code: 40500,
    message: 'Use GET, POST or OPTIONS.',
  },
  'post-only': {
    status: 405,
    code: 40500,
    message: 'Use POST with JSON.',
  },
  'no-credential': {
    status: 401,
    code: 40101,
    message: 'Sign in first: the request carries no credential.',
  },
  'bad-credential': {
    status: 401,
    code: 40101,
    message: 'The credential is not valid. Sign in again.',
  },
  'expired-credential': {
    status: 401,
    code: 40101,
    message: 'The session has ended. Sign in again.',
  },
  'session-ending': {
    status: 401,
    code: 40101,
    message: 'The session ends in less than a minute. Sign in again.',
  },
  'signed-out': {
    status: 401,
    code: 40101,
    message: 'You were signed out. Sign in again.',
  },
  'anonymous-not-allowed': {
    status: 401,
    code: 40101,
    message: 'Sign in first: no rule covers anonymous callers.',
  },
  'requested-capability-empty': {
    status: 401,
    code: 40160,
    message: 'Nothing is left of the requested capability.',
  },
  'requested-capability-exceeds': {
    status: 401,
    code: 40160,
    message: 'The requested capability exceeds what is granted.',
  },
  banned: {
    status: 403,
    code: 40300,
    message: 'Your access was withdrawn.',
  },
  'may-not-revoke': {
    status: 403,
    code: 40300,
    message: 'No rule lets you revoke this.',
  },
  'no-rule': {
    status: 403,
    code: 40300,
    message: 'No rule grants this identity anything.',
  },
  'foreign-client-id': {
    status: 403,
    code: 40300,
    message: 'The requested clientId is not yours.',
  },
  'unfit-client-id': {
    status: 403,
    code: 40300,
    message: 'This identity cannot be used as a clientId.',
  },
  'unfit-revocation-key': {
    status: 403,
    code: 40300,
    message: 'This identity belongs to no group that can be revoked.',
  },
  'cross-site': {
    status: 403,
    code: 40300,
    message: 'Cookies are not accepted from this origin.',
  },
  'key-unavailable': {
    status: 503,
    code: 50000,
    message: 'The service cannot sign at the moment.',
    retryAfterSeconds: 5,
  },
  'identity-provider-unavailable': {
    status: 503,
    code: 50000,
    message: 'Who is calling cannot be checked at the moment.',
    retryAfterSeconds: 5,
  },
  'policy-unavailable': {
    status: 503,
    code: 50000,
    message: 'What you may do cannot be looked up at the moment.',
    retryAfterSeconds: 5,
  },
  'store-unavailable': {
    status: 503,
    code: 50000,
    message: 'Your access cannot be checked at the moment.',
    retryAfterSeconds: 5,
  },
  'just-revoked': {
    status: 503,
    code: 50000,
    message: 'Revoked a moment ago. Ask again.',
    retryAfterSeconds: 2,
  },
  'ably-unavailable': {
    status: 503,
    code: 50000,
    message: 'Ably cannot be asked for a token at the moment.',
    retryAfterSeconds: 5,
  },
  'ably-limit': {
    status: 401,
    code: 42910,
    message: 'Too many tokens are asked for at the moment.',
    retryAfterSeconds: 30,
  },
  misconfigured: {
    status: 503,
    code: 50000,
    message: 'The service is not configured.',
    retryAfterSeconds: 30,
  },
  'credential-too-large': {
    status: 503,
    code: 50000,
    message: 'The credential would be too large to be used.',
    retryAfterSeconds: 30,
  },
  internal: {
    status: 500,
    code: 50000,
    message: 'Internal error.',
  },
} as const satisfies Record<string, FailureKind>;

export type FailureReason = keyof typeof FAILURES;

/**
 * Ends a request with one row of the table. Thrown anywhere in the pipeline, caught once at its end.
 *
 * `detail` is for the log only and must not contain a credential, a claim value or a secret (S10).
 */
export class AuthFailure extends Error {
  /** By what it carries: what is loaded on first use may have been bundled with a copy of this class of its own. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'AuthFailure' && 'reason' in value && 'clearCookies' in value;
  }

  readonly reason: FailureReason;
  readonly detail: string | undefined;
  /** Names of our cookies to be cleared by the answer: a bad one would fail every later request too (S2). */
  readonly clearCookies: readonly string[];

  constructor(
    reason: FailureReason,
    detail?: string,
    options?: ErrorOptions & { readonly clearCookies?: readonly string[] },
  ) {
    super(FAILURES[reason].message, options);
    this.name = 'AuthFailure';
    this.reason = reason;
    this.detail = detail;
    this.clearCookies = options?.clearCookies ?? [];
  }

  get kind(): FailureKind {
    return FAILURES[this.reason];
  }
}
