/**
 * What the line `grants` of a config is to the endpoint: what was chosen, what is known of a request when more rights are
 * looked for, and what comes of it. Types alone; choosing is in remembering.ts, looking in extend-rights.ts, so that a
 * config can hold the choice and nothing of either.
 */
import type { Capability } from '../capability/capability.ts';
import type { OperationSet } from '../capability/operations.ts';
import type { ConfigProblem } from '../config-problem.ts';
import type { AuthRequest } from '../http.ts';
import type { Identity, Remember } from '../identity/identity.ts';
import type { ApiKey } from '../keys/api-key.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Policy } from '../policy/compile-policy.ts';
import type { EmbeddedJwtOptions } from '../policy/embedded-options.ts';
import type { JwtExtras } from '../policy/jwt-extras.ts';
import type { Answers } from '../policy/look-up.ts';
import type { CompiledMatch } from '../policy/match.ts';
import type { Rule } from '../policy/rule.ts';
import type { SettleDefaults } from '../policy/settle.ts';
import type { Template } from '../policy/template.ts';
import type { Wishes } from '../policy/wishes.ts';
import type { Records } from '../records.ts';
import type { Environment } from '../settings.ts';
import type { GrantsReport } from './report.ts';
import type { Requestable } from './requestable.ts';

/**
 * - `nothing`: the policy alone answers; `requestable` is not asked.
 * - `client`: nowhere. The client sends all that it wants each time, and each is checked each time.
 * - `signed`: in a signed grant that the client holds, in a cookie or the header `X-Ably-Auth-Grant`.
 * - `store`: in the `store` of the config. The only place from which a single grant can be taken back.
 */
export type Remembering = 'nothing' | 'client' | 'signed' | 'store';

/** What of a config decides how much room a credential has. */
export interface CredentialOptions {
  readonly jwt?: JwtExtras;
  readonly embeddedJwt?: EmbeddedJwtOptions;
  readonly acceptTwoMinuteWindow?: boolean;
}

/** What of a config is about asking. */
export interface AskingConfig extends CredentialOptions {
  readonly rules: readonly Rule[];
  readonly requestable?: readonly Requestable[];
}

/** What `remembering` gives to a config. */
export interface GrantsChoice {
  readonly resolve: (config: AskingConfig, env: Environment, problems: ConfigProblem[]) => ResolvedGrants;
}

export interface CompiledRequestable {
  readonly name: string;
  readonly template: Template;
  readonly operations: OperationSet;
  readonly covers: CompiledMatch;
  readonly check: Requestable['check'];
}

export interface ResolvedGrants {
  readonly entries: readonly CompiledRequestable[];
  readonly remember: Remembering;
  readonly maxAgeMs: number;
  readonly allOrNothing: boolean;
  /** Of the signed grant. None: the API key. */
  readonly secrets: readonly string[];
  /** Its name, or what it is a hash of. */
  readonly policyVersion: string | readonly unknown[];
  /** What else there is to be in a credential, beside what is granted. */
  readonly credential: CredentialOptions;
  /** What is wrong where there is no store. */
  readonly withoutStore: readonly ConfigProblem[];
  /** What a caller has beyond the policy (extend-rights.ts). */
  extend(rights: RightsRequest): Promise<Extension>;
}

/** Everything that is known of a request when more rights are looked for. */
export interface RightsRequest {
  readonly request: AuthRequest;
  readonly identity: Identity;
  readonly clientIdPrefix: string;
  readonly wishes: Wishes;
  readonly policy: Policy;
  readonly answers: Answers;
  readonly defaults: SettleDefaults;
  readonly apiKey: ApiKey;
  readonly keys: KeyRing;
  readonly records: Records | undefined;
  readonly secureCookies: boolean;
  readonly allowedOrigins: ReadonlySet<string>;
  readonly nowMs: number;
}

/** What a caller has beyond the policy. */
export interface Extension {
  /** To be added to what the policy grants. */
  readonly capability: Capability;
  /**
   * @param decided what the credential carries
   * @param remember what the answer is to carry anyway
   */
  conclude(
    decided: Capability,
    remember: Remember | undefined,
  ): { readonly remember: Remember; readonly report: GrantsReport };
}
