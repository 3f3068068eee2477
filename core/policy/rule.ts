/**
 * What a rule is: plain data, so that a policy written as JSON is the same object as one written in TypeScript. Two
 * functions are the escape that JSON lacks, a condition and a look-up; what is granted stays data all the same.
 *
 * Grants of all matching rules add up; nothing is granted by default. Of `clientId`, `ttl`, `format` and each claim of
 * `jwt` the first matching rule that names it decides.
 */
import type { Operation } from '../capability/operations.ts';
import type { Duration } from '../duration.ts';
import type { Identity, IdentityKind } from '../identity/identity.ts';
import type { TokenFormat } from '../token/settled-params.ts';
import type { JwtExtras } from './jwt-extras.ts';
import type { PresetName } from './presets.ts';

export interface Rule {
  /** Unique; it appears in the log and in explanations. */
  readonly name: string;
  /**
   * Whom it covers. Left out: every signed-in user, never a guest or an anonymous caller (S1). A function alone is asked
   * about signed-in users only; `{ kind, test }` asks it about others.
   */
  readonly when?: Match | Condition;
  /**
   * What the rule knows beside the claims, from a database or wherever; the templates of its `grant` read it as
   * `{lookup.room}`. Not in JSON. Asked only about callers whom the rule covers.
   */
  readonly lookup?: Lookup;
  /**
   * Channel pattern, with `{claim}` templates, to what may be done there:
   * `{ 'room:{rooms}:chat': ['publish', 'subscribe'] }`, `{ 'room:{rooms}': ['preset:chat-room'] }`. What reaches beyond
   * one namespace is written `broad(...)`.
   */
  readonly grant: Grant;
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
  /**
   * Whose access these callers may revoke: their own, on logging out (`self`), or everybody's (`anyone`), for operators.
   * Never for callers whom anybody can be. Default: nobody's.
   */
  readonly mayRevoke?: MayRevoke;
  /** What only a JWT can say: user claims, publishing rates, a group to revoke by. A format that loses it is an error. */
  readonly jwt?: JwtExtras;
  /** Under the format `auto`: the rights are not to be read in a token that travels, so a TokenRequest is issued. */
  readonly confidential?: true;
}

export type MayRevoke = 'self' | 'anyone';

export type Grant = Readonly<Record<string, readonly (Operation | PresetName)[] | BroadGrant>>;

export interface Match {
  /** Default: `user`. */
  readonly kind?: IdentityKind | readonly IdentityKind[];
  /** Name of the identity source, `session`. Default: any. */
  readonly source?: string | readonly string[];
  /** Claim (`role`, `org.plan`, `"https://app.example/roles"`) to what it must be. All of them must hold. */
  readonly claims?: Readonly<Record<string, ClaimTest>>;
  /** Asked last, about whoever passes the rest. Not in JSON. */
  readonly test?: Condition;
}

type ClaimScalar = string | number | boolean;

/** Equal to; one of; a list that contains; present or absent. A claim that is missing passes only `present: false`. */
export type ClaimTest =
  | ClaimScalar
  | { readonly oneOf: readonly ClaimScalar[] }
  | { readonly contains: ClaimScalar }
  | { readonly present: boolean };

/** What a function of a policy is given beside the identity. It never sees the request. */
export interface PolicyCall {
  /** Aborted when the answer is no longer waited for: the deadline has passed, or another function has failed. */
  readonly signal: AbortSignal;
}

/**
 * Whether a rule covers this caller. Anything but `true` and `false` counts as no, and is reported in the log. Throwing,
 * rejecting or outlasting `policyDeadlineMs` is 503 with Retry-After: an outage must never read as a refusal.
 */
export interface Condition {
  (identity: Identity, call: PolicyCall): boolean | Promise<boolean>;
  /** None of its own: see `Rule.when`. */
  readonly kind?: never;
}

/**
 * Gives rows of values, as a database does: one object, a list of up to 1,000, or nothing. Each row fills the templates
 * that say `{lookup.name}` in turn. As with claims, a value becomes one segment of a channel whatever is in it (S6), so
 * that no result can widen a grant; and no claim of a caller's ever stands in for a value that was not found.
 * `clientId` and `when` read claims only. Fails as a `Condition` does.
 */
export type Lookup = (identity: Identity, call: PolicyCall) => LookedUp | Promise<LookedUp>;

export type LookedUp = LookedUpRow | readonly LookedUpRow[] | null | undefined;

/** Own properties only; values as claims have them: text, whole numbers, lists of these, objects to descend into. */
export type LookedUpRow = Readonly<Record<string, unknown>>;

/** A grant that reaches beyond one namespace, with the reason why that is meant (S7). */
export interface BroadGrant {
  readonly operations: readonly (Operation | PresetName)[];
  readonly broad: string;
}

/**
 * Marks a grant as broad on purpose: a wildcard in the first segment, the qualifier `[*]`, or every operation on a
 * wildcard. Unmarked, those are configuration errors, for `*` is what a forgotten prefix looks like.
 *
 * @param reason why every channel it covers, of today and of tomorrow, may be used so
 */
export function broad(operations: BroadGrant['operations'], reason: string): BroadGrant {
  return { operations, broad: reason };
}
