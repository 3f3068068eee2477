/**
 * What a rule is: plain data, so that a policy written as JSON is the same object as one written in TypeScript.
 *
 * Grants of all matching rules add up; nothing is granted by default. Of `clientId`, `ttl` and `format` the first
 * matching rule that names one decides.
 */
import type { Operation } from '../capability/operations.ts';
import type { Duration } from '../duration.ts';
import type { IdentityKind } from '../identity/identity.ts';
import type { TokenFormat } from '../token/settled-params.ts';

export interface Rule {
  /** Unique; it appears in the log and in explanations. */
  readonly name: string;
  /** Whom it covers. Left out: every signed-in user, never a guest or an anonymous caller (S1). */
  readonly when?: Match;
  /**
   * Channel pattern, with `{claim}` templates, to what may be done there:
   * `{ 'room:{rooms}:chat': ['publish', 'subscribe'] }`. What reaches beyond one namespace is written `broad(...)`.
   */
  readonly grant: Readonly<Record<string, readonly Operation[] | BroadGrant>>;
  /**
   * Template of the clientId. Left out: the subject, for users and guests. `false`: none.
   * A value that is missing or unfit refuses the caller with 403: a token without it would be another identity.
   */
  readonly clientId?: string | false;
  /** Lets the client be anyone: a token with the clientId `*`, or the one it asks for. For servers, hardly for users. */
  readonly wildcardClientId?: true;
  /** `15m`. Whole seconds, at least a minute, at most 24 h. Default: `ABLY_AUTH_TTL`, else `1h`. */
  readonly ttl?: Duration;
  /** Default: `ABLY_AUTH_TOKEN_FORMAT`, else `token-request`. */
  readonly format?: TokenFormat;
}

export interface Match {
  /** Default: `user`. */
  readonly kind?: IdentityKind | readonly IdentityKind[];
  /** Name of the identity source, `session`. Default: any. */
  readonly source?: string | readonly string[];
  /** Claim (`role`, `org.plan`, `"https://app.example/roles"`) to what it must be. All of them must hold. */
  readonly claims?: Readonly<Record<string, ClaimTest>>;
}

type ClaimScalar = string | number | boolean;

/** Equal to; one of; a list that contains; present or absent. A claim that is missing passes only `present: false`. */
export type ClaimTest =
  | ClaimScalar
  | { readonly oneOf: readonly ClaimScalar[] }
  | { readonly contains: ClaimScalar }
  | { readonly present: boolean };

/** A grant that reaches beyond one namespace, with the reason why that is meant (S7). */
export interface BroadGrant {
  readonly operations: readonly Operation[];
  readonly broad: string;
}

/**
 * Marks a grant as broad on purpose: a wildcard in the first segment, the qualifier `[*]`, or every operation on a
 * wildcard. Unmarked, those are configuration errors, for `*` is what a forgotten prefix looks like.
 *
 * @param reason why every channel it covers, of today and of tomorrow, may be used so
 */
export function broad(operations: readonly Operation[], reason: string): BroadGrant {
  return { operations, broad: reason };
}
