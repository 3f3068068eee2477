/**
 * What a deployer writes in `auth.config.ts`: who may call, and what they may do. Only its shape is here; whether a
 * given config makes sense is decided in resolve-config.ts.
 */
import type { Operation } from './capability/operations.ts';
import type { ClockMode } from './clock/clock-mode.ts';
import type { Duration } from './duration.ts';
import type { GrantsChoice } from './grants/grants-choice.ts';
import type { Requestable } from './grants/requestable.ts';
import type { IdentitySource } from './identity/identity.ts';
import type { PolicyForm } from './policy/check-rule.ts';
import type { OnExcessRequest } from './policy/compile-policy.ts';
import type { EmbeddedJwtOptions } from './policy/embedded-options.ts';
import type { JwtExtras } from './policy/jwt-extras.ts';
import type { Rule } from './policy/rule.ts';
import type { RateLimitOptions } from './rate-limit/rate-limit.ts';
import type { OnStoreOutage } from './revocation/gate.ts';
import type { Environment } from './settings.ts';
import type { RecordStore } from './stores.ts';
import type { TokenFormat } from './token/settled-params.ts';

export interface AuthConfig {
  /** Ways of knowing who calls, asked in this order; the first that finds a credential of its form decides. */
  readonly sources: readonly IdentitySource[];
  /** Grants of all matching rules add up; a caller that no rule covers is refused. */
  readonly rules: readonly Rule[];
  /**
   * What the API key itself may do, as the Ably dashboard shows it. Grants beyond it are cut before signing and reported
   * by lint; Ably would cut them silently, or answer 40160. Default: every grant is taken to be within the key.
   */
  readonly keyCapability?: Readonly<Record<string, readonly Operation[]>>;
  /**
   * What happens to a client that asks for a capability beyond what it is granted. `narrow`: it gets what is granted of
   * it, as Ably itself does. `refuse`: 401 with code 40160, which a live connection survives. Default `narrow`.
   */
  readonly onExcessRequest?: OnExcessRequest;
  /**
   * How long the functions of the rules together may take to answer one request, in milliseconds, from 10 to 8,000:
   * clients give up after 10 s. Past it: 503 with Retry-After. Default 2,000.
   */
  readonly policyDeadlineMs?: number;
  /**
   * Rules that are tried beside the real ones for every request and grant nothing: where the two would differ, the event
   * of the request says how. To watch a change before it counts. Their functions are asked too, at the same time.
   */
  readonly shadow?: { readonly rules: readonly Rule[] };
  /**
   * What a client may ask for beside what the rules grant, while its connection stays up: channels, and the app's own
   * check of each. Refusing one is never a failure. Default: nothing.
   */
  readonly requestable?: readonly Requestable[];
  /** Where it is remembered what was approved before: `remembering('signed')`. Default: what clients ask for is ignored. */
  readonly grants?: GrantsChoice;
  /** Default: `ABLY_AUTH_TOKEN_FORMAT`, else `token-request`. */
  readonly tokenFormat?: TokenFormat;
  /** What every JWT says beside the rights. A rule's own comes first, claim by claim. A format that loses it is an error. */
  readonly jwt?: JwtExtras;
  /** The app's own JWT around the credential, where the format is `embedded-jwt`. */
  readonly embeddedJwt?: EmbeddedJwtOptions;
  /** From a minute to 24 hours. Default: `ABLY_AUTH_TTL`, else `1h`. Ably advises against less than 10 minutes. */
  readonly ttl?: Duration;
  /**
   * The share of its life by which a credential may be shortened at random, from 0 to 0.5. Those that were issued in one
   * minute would otherwise all be renewed in one minute. 0.1 is a good value; never less than a minute is left. Default 0.
   */
  readonly ttlJitter?: number;
  /**
   * Whose clock dates what is signed. Ably refuses a TokenRequest that is two minutes off.
   *
   * - `local`: this machine's. Nobody is asked.
   * - `learn`: Ably's, as far as it is known. The first request of an instance waits for it, 300 ms at most, and no other
   *   does; what Ably answers anyway is learnt from.
   * - `queryTime`: Ably's, asked for each request, which waits a second at most.
   *
   * Where Ably does not say, this machine's counts. Default `local`.
   */
  readonly clock?: ClockMode;
  /** Exact origins, `https://app.example`, or `*` where no source is a cookie. Default: `ABLY_AUTH_ALLOWED_ORIGINS`. */
  readonly allowedOrigins?: readonly string[];
  /** Default: `ABLY_AUTH_CORS`, else `function`. */
  readonly cors?: 'function' | 'platform';
  /** Request headers of your own that a cross-origin page may send, beside the ones we need. */
  readonly allowedHeaders?: readonly string[];
  /** Whether a client may ask for a shorter life, from 60 s up to what is granted. Default false. */
  readonly honourRequestedTtl?: boolean;
  /** How long a session that names no end is taken to last, in seconds, at least 180. Default 3,600. */
  readonly assumedSessionSeconds?: number;
  /**
   * Whether the API key has revocable tokens on: Ably then accepts an hour at most, and the default format is `jwt`.
   * Default false.
   */
  readonly revocable?: boolean;
  /**
   * Allows token requests beside `revocable`: one that was signed before a revocation can be redeemed for two minutes
   * after it, for a token that the revocation does not hit. Without this they are a config error.
   */
  readonly acceptTwoMinuteWindow?: true;
  /**
   * Where what is to be remembered between requests is kept: who was cut off, what was granted on asking. Default:
   * `ABLY_AUTH_STORE`, else nothing is kept.
   */
  readonly store?: RecordStore;
  /**
   * What happens when the store cannot be asked whether somebody has been cut off. `closed`: 503, nobody is served.
   * `open`: everybody is, also those who have been cut off; the event of the request says so. Default `closed`.
   */
  readonly onStoreOutage?: OnStoreOutage;
  /**
   * How often one caller may ask: `{ requests: 60, per: '1m' }`. Beyond it: 401 with code 42910 and Retry-After, which every
   * client survives. Counted in the store, or without one by each instance for itself. `false`: not at all, whatever the
   * environment says. Default: `ABLY_AUTH_RATE_LIMIT`, else not at all.
   */
  readonly rateLimit?: RateLimitOptions | false;
  /**
   * Whether an answer with a credential says how long each stage took, in the header `Server-Timing`. Whoever is refused is
   * never told: how long a check took is part of what it found out. Default: `ABLY_AUTH_SERVER_TIMING`, else false.
   */
  readonly serverTiming?: boolean;
  /** False only on the local server, which speaks plain HTTP. Default true. */
  readonly secureCookies?: boolean;
  /** Page with a paragraph per error; answers then carry an `href`. Default: none. */
  readonly docsBaseUrl?: string;
}

export interface AuthDefinition {
  /** Called once per process. The environment reaches a config only through its argument. */
  readonly build: (env: Environment) => AuthConfig;
  /** What problems with it as a whole call it. Default `auth.config.ts`. */
  readonly file?: string;
  /** Of rules that were read from elsewhere: what problems call the list of them, and the form that a fix is written in. */
  readonly rulesFrom?: { readonly setting: string; readonly form: PolicyForm };
}

/**
 * Wraps a config so that no secret is needed to import the file that holds it (S11).
 *
 * `const`, because without it two rules with different channels make one type whose every channel is optional, which is no
 * grant in a project that compiles without `exactOptionalPropertyTypes`.
 */
export function defineAuth<const C extends AuthConfig>(build: (env: Environment) => C): AuthDefinition {
  return Object.freeze({ build });
}
