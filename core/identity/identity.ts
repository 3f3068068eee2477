/**
 * Who is calling, and the port behind which a way of knowing it stands.
 *
 * A source owns one form of credential. It says whether a request carries that form at all, and if so whether it is
 * good; it never decides what the caller may do, and never looks at what the caller asks for.
 */
import type { ConfigProblem } from '../config-problem.ts';
import type { FailureReason } from '../errors.ts';
import type { AuthRequest } from '../http.ts';

export type IdentityKind = 'user' | 'guest' | 'anonymous';

export interface Identity {
  /** Name of the source that vouches for it. */
  readonly source: string;
  /** Unique within its source; for an anonymous caller the empty string. */
  readonly subject: string;
  readonly kind: IdentityKind;
  /** What rules and templates may read: own properties only, `sub` among them unless anonymous. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly sessionId?: string;
  readonly authenticatedAtMs?: number;
  /** End of the caller's own session; a token never outlives it (S8). */
  readonly expiresAtMs?: number;
}

export interface IdentifyContext {
  readonly nowMs: number;
  /** False only on the local server, which speaks plain HTTP: our cookies then have names without `__Host-`. */
  readonly secureCookies: boolean;
}

export type Verdict =
  | { readonly kind: 'identified'; readonly identity: Identity }
  | {
      readonly kind: 'rejected';
      readonly reason: Extract<FailureReason, 'bad-credential' | 'expired-credential'>;
      /** For the log. No part of the credential and no claim value (S10). */
      readonly detail: string;
      /** Names of our cookies that the 401 is to clear (S2). */
      readonly clearCookies?: readonly string[];
    }
  | {
      /** Nobody can say now: the provider is out of reach. Answered 503, so that the client comes back (S12). */
      readonly kind: 'unavailable';
      /** For the log, as above. */
      readonly detail: string;
    };

export interface IdentitySource {
  readonly name: string;
  /** Browsers attach the credential by themselves (cookies, gateway headers): counts only under S14. */
  readonly ambient: boolean;
  /** What it can yield. With several sources that yield users or guests, S19 asks for distinct prefixes. */
  readonly kinds: readonly IdentityKind[];
  /** Put before every clientId of this source. Default: none. */
  readonly clientIdPrefix?: string;
  /** Name of another source whose subjects are the same people, so that no prefix tells them apart (S19). */
  readonly sharesSubjectsWith?: string;
  /** What is wrong with its options; found when it is created, reported with all other problems. */
  readonly problems: readonly ConfigProblem[];
  /**
   * Whether the request has a credential of this source's form, good or bad (S2). Must not parse or verify it: that a
   * foreign site may not even have its cookie parsed is decided between this question and `verify` (S14).
   */
  carriesCredential(request: AuthRequest, context: IdentifyContext): boolean;
  /** Called only after `carriesCredential`. Final whatever it says: no other source is asked. */
  verify(request: AuthRequest, context: IdentifyContext): Verdict | Promise<Verdict>;
}
