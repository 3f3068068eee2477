/**
 * Who is calling, and the port behind which a way of knowing it stands.
 *
 * A source owns one form of credential. It says whether a request carries that form at all, and if so whether it is
 * good; it never decides what the caller may do, and never looks at what the caller asks for.
 */
import type { ConfigProblem } from '../config-problem.ts';
import type { FailureReason } from '../errors.ts';
import type { AuthRequest, NameValue } from '../http.ts';

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

/** What the client is to keep, so that its next request carries it. Sent with a credential only, never with a refusal. */
export interface Remember {
  /** One Set-Cookie value each. Left out of the answer unless a browser says that our own or a listed page asked (S14). */
  readonly cookies?: readonly string[];
  readonly headers?: readonly NameValue[];
}

export interface IdentifyContext {
  readonly nowMs: number;
  /** False only on the local server, which speaks plain HTTP: our cookies then have names without `__Host-`. */
  readonly secureCookies: boolean;
  /** Pages that may call, beside our own. Default: none. */
  readonly allowedOrigins?: ReadonlySet<string>;
}

export interface Identified {
  readonly kind: 'identified';
  readonly identity: Identity;
  readonly remember?: Remember;
  /** Made for this request, for somebody who showed nothing: nobody can tell them from anybody else yet. */
  readonly isNew?: true;
}

export type Verdict =
  | Identified
  | {
      /** The credential is a good one that stands for nobody, a session before the login: the next source is asked. */
      readonly kind: 'nobody';
      /** For whoever tests the source. Not logged: the request goes on. */
      readonly detail?: string;
    }
  | {
      readonly kind: 'rejected';
      /** `unfit-client-id` (403): known, but under a name that cannot be used. The others are 401. */
      readonly reason: Extract<
        FailureReason,
        'no-credential' | 'bad-credential' | 'expired-credential' | 'unfit-client-id'
      >;
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
  /**
   * Browsers attach the credential by themselves (cookies, gateway headers): counts only under S14. A function where
   * it depends on the request; the config is then checked as if it were true.
   */
  readonly ambient: boolean | ((request: AuthRequest) => boolean);
  /** What it can yield. With several sources that yield users or guests, S19 asks for distinct prefixes. */
  readonly kinds: readonly IdentityKind[];
  /** Names of the claims that its identities can have beside `sub`, for lint. Left out: any. */
  readonly claims?: readonly string[];
  /** Put before every clientId of this source. Default: none. */
  readonly clientIdPrefix?: string;
  /**
   * Gives an identity to those who show nothing, so it belongs last; and its prefix is its own (S19): a clientId that
   * begins with it is refused to everybody else, also to sources without a prefix.
   */
  readonly makesGuests?: true;
  /** Name of another source whose subjects are the same people, so that no prefix tells them apart (S19). */
  readonly sharesSubjectsWith?: string;
  /** What is wrong with its options; found when it is created, reported with all other problems. */
  readonly problems: readonly ConfigProblem[];
  /**
   * Whether the request has a credential of this source's form, good or bad (S2). Must not parse or verify it: that a
   * foreign site may not even have its cookie parsed is decided between this question and `verify` (S14).
   */
  carriesCredential(request: AuthRequest, context: IdentifyContext): boolean;
  /** Called only after `carriesCredential`. Final, unless it says `nobody`: no other source is asked. */
  verify(request: AuthRequest, context: IdentifyContext): Verdict | Promise<Verdict>;
}
