/**
 * What one source demands of a token: pinned in the config, never taken from the token (S17). Made by oidc.ts,
 * shared-secret-jwt.ts and the presets, which check what a deployer wrote; obeyed by check-claims.ts and
 * verify-token.ts.
 */
import type { JsonObject } from './json-names.ts';

/** RFC 7518, 3.1 and RFC 8037: signatures that a public key verifies. `none` and HS* cannot even be written. */
export const ASYMMETRIC_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;

export type AsymmetricAlgorithm = (typeof ASYMMETRIC_ALGORITHMS)[number];

/** What a claim must be: equal to this, or to one of these. */
export type ClaimValue = string | number | boolean;
export type DemandedClaims = Readonly<Record<string, ClaimValue | readonly ClaimValue[]>>;

export interface TokenRules {
  readonly algorithms: readonly (AsymmetricAlgorithm | 'HS256')[];
  /** `iss` must be exactly one of these. Empty only where a shared secret already says who signed. */
  readonly issuers: readonly string[];
  /** The claim that plays the audience must be one of these, or a list that has one. Empty: not looked at. */
  readonly audiences: readonly string[];
  readonly audienceClaim: (claims: JsonObject) => string;
  readonly subjectClaim: string;
  /** Names the caller's session, where it is a string. */
  readonly sessionClaim: string;
  readonly present: readonly string[];
  readonly demanded: DemandedClaims;
  /** For times that lie ahead, `iat` and `nbf`. */
  readonly toleranceSeconds: number;
  /** Whether the caller's session ends with the token (S8), or lives on as `assumedSessionSeconds` says. */
  readonly sessionEndsWithToken: boolean;
  /** A provider's own way of saying that this is no signed-in user. The text is for the log, without values. */
  readonly refuse?: (claims: JsonObject, header: JsonObject) => string | undefined;
  /** Signed in anonymously at the provider: a guest for rules, not a user. */
  readonly isGuest?: (claims: JsonObject) => boolean;
  /** In place of `subjectClaim`, where one claim is not unique. */
  readonly subjectOf?: (claims: JsonObject) => unknown;
  /** Where the token keeps its times. Default: in the claims. */
  readonly timesOf?: (claims: JsonObject, header: JsonObject) => JsonObject;
  /** See `decodeToken`. Default false. */
  readonly padded?: boolean;
}
