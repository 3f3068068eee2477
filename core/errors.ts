/**
 * The closed table of refusals: what each one means on the wire, and to whom.
 *
 * The status decides what a client does next. 403 ends its connection for good (RSA4d), 401 and 503 are tried again
 * (RSA4c); 429 would end Android clients, a 5xx makes them ask six times. So an expired session is 401 and a banned
 * user 403. Codes 40102, 40171 and 40140 to 40149 are never used: clients read more into them.
 *
 * Messages go to callers: they hold no value that came from a request or a secret. What the operator needs to know is
 * `detail`, which only the log sees, and of a malformed request whoever was let in; what to do about each is told in
 * remedies.ts.
 */

interface FailureKind {
  readonly status: 400 | 401 | 403 | 405 | 500 | 503;
  /** Ably's code (ably-common, `protocol/errors.json`). */
  readonly code: 40000 | 40101 | 40160 | 40300 | 40500 | 42910 | 50000;
  readonly message: string;
  readonly retryAfterSeconds?: number;
}

export const FAILURES = {
  'malformed-request': row(400, 40000, 'The request is malformed.'),
  'method-not-allowed': row(405, 40500, 'Use GET, POST or OPTIONS.'),
  'post-only': row(405, 40500, 'Use POST with JSON.'),
  'get-only': row(405, 40500, 'Use GET.'),
  'no-credential': row(401, 40101, 'Sign in first: the request carries no credential.'),
  'bad-credential': row(401, 40101, 'The credential is not valid. Sign in again.'),
  'expired-credential': row(401, 40101, 'The session has ended. Sign in again.'),
  'session-ending': row(401, 40101, 'The session ends in less than a minute. Sign in again.'),
  'signed-out': row(401, 40101, 'You were signed out. Sign in again.'),
  'anonymous-not-allowed': row(401, 40101, 'Sign in first: no rule covers anonymous callers.'),
  'requested-capability-empty': row(401, 40160, 'Nothing is left of the requested capability.'),
  'requested-capability-exceeds': row(401, 40160, 'The requested capability exceeds what is granted.'),
  banned: row(403, 40300, 'Your access was withdrawn.'),
  'may-not-revoke': row(403, 40300, 'No rule lets you revoke this.'),
  'no-rule': row(403, 40300, 'No rule grants this identity anything.'),
  'foreign-client-id': row(403, 40300, 'The requested clientId is not yours.'),
  'unfit-client-id': row(403, 40300, 'This identity cannot be used as a clientId.'),
  'unfit-revocation-key': row(403, 40300, 'This identity belongs to no group that can be revoked.'),
  'cross-site': row(403, 40300, 'Cookies are not accepted from this origin.'),
  'key-unavailable': row(503, 50000, 'The service cannot sign at the moment.', 5),
  'identity-provider-unavailable': row(503, 50000, 'Who is calling cannot be checked at the moment.', 5),
  'policy-unavailable': row(503, 50000, 'What you may do cannot be looked up at the moment.', 5),
  'store-unavailable': row(503, 50000, 'Your access cannot be checked at the moment.', 5),
  'just-revoked': row(503, 50000, 'Revoked a moment ago. Ask again.', 2),
  'ably-unavailable': row(503, 50000, 'Ably cannot be asked for a token at the moment.', 5),
  'rate-limited': row(401, 42910, 'You ask too often.', 30),
  'ably-limit': row(401, 42910, 'Too many tokens are asked for at the moment.', 30),
  misconfigured: row(503, 50000, 'The service is not configured.', 30),
  'credential-too-large': row(503, 50000, 'The credential would be too large to be used.', 30),
  internal: row(500, 50000, 'Internal error.'),
} as const satisfies Record<string, FailureKind>;

function row(
  status: FailureKind['status'],
  code: FailureKind['code'],
  message: string,
  retryAfterSeconds?: number,
): FailureKind {
  return { status, code, message, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
}

export type FailureReason = keyof typeof FAILURES;

/**
 * Ends a request with one row of the table. Thrown anywhere in the pipeline, caught once at its end.
 *
 * `detail` is for the log, and of a malformed request for a caller who was let in; it must not contain a credential, a claim
 * value or a secret (S10).
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
  /** Where it is known better than the table does. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    reason: FailureReason,
    detail?: string,
    options?: ErrorOptions & { readonly clearCookies?: readonly string[]; readonly retryAfterSeconds?: number },
  ) {
    super(FAILURES[reason].message, options);
    this.name = 'AuthFailure';
    this.reason = reason;
    this.detail = detail;
    this.clearCookies = options?.clearCookies ?? [];
    this.retryAfterSeconds = options?.retryAfterSeconds;
  }

  get kind(): FailureKind {
    return FAILURES[this.reason];
  }
}
