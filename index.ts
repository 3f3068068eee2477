/**
 * The package's public entry: what an `auth.config.ts` and an app of one's own import. Hosts have entries of their own
 * under adapters/.
 */
export { createAblyApi } from './adapters/ably/ably-api.ts';
export { type AlbOptions, alb } from './adapters/identity/alb.ts';
export {
  type CustomAnswer,
  type CustomCall,
  type CustomIdentity,
  type CustomOptions,
  custom,
  type OwnPlace,
} from './adapters/identity/custom.ts';
export { environmentSources } from './adapters/identity/environment-sources.ts';
export {
  type IntrospectOptions,
  introspect,
  type SessionEndpointOptions,
  type TokenIntrospectionOptions,
} from './adapters/identity/introspect.ts';
export { type OidcOptions, oidc } from './adapters/identity/oidc.ts';
export {
  auth0,
  type ClerkOptions,
  type CognitoOptions,
  clerk,
  cloudflareAccess,
  cognito,
  cognitoIdentityPool,
  type EntraOptions,
  entra,
  firebase,
  google,
  type KeycloakOptions,
  keycloak,
  kinde,
  logto,
  type OktaOptions,
  okta,
  supabase,
  workos,
} from './adapters/identity/presets.ts';
export { netlifyIdentity, supabaseSecret } from './adapters/identity/secret-presets.ts';
export { type SharedSecretOptions, sharedSecretJwt } from './adapters/identity/shared-secret-jwt.ts';
export type { TokenPlace } from './adapters/identity/token-place.ts';
export { openLimit } from './adapters/rate-limit/open-limit.ts';
export { type MemoryStoreOptions, memoryStore } from './adapters/stores/memory.ts';
export { type AblyApi, AblyApiError, type AblyApiFailure } from './core/ably.ts';
export type { AuthEndpoint } from './core/auth-endpoint.ts';
export type { AuthEvent, OnAuthEvent, RequestEvent } from './core/auth-event.ts';
export type { ClockEvent, ClockHealth } from './core/clock/clock-event.ts';
export type { ClockMode } from './core/clock/clock-mode.ts';
export { type AuthConfig, type AuthDefinition, defineAuth } from './core/config.ts';
export { type ConfigProblem, describeProblem } from './core/config-problem.ts';
export {
  type ChosenStore,
  type ConfiguredEndpoint,
  configureEndpoint,
  type EndpointParts,
} from './core/configure-endpoint.ts';
export { askToReauthorize } from './core/grants/ask-to-reauthorize.ts';
export { forgetGrants, type GrantsOf } from './core/grants/forget-grants.ts';
export type { GrantsChoice, Remembering } from './core/grants/grants-choice.ts';
export { type RememberingOptions, remembering } from './core/grants/remembering.ts';
export type { GrantsReport } from './core/grants/report.ts';
export {
  type CheckAnswer,
  type CheckCall,
  type Requestable,
  requestable,
} from './core/grants/requestable.ts';
export type { HealthReport } from './core/health/health-report.ts';
export type { AuthRequest, AuthResponse } from './core/http.ts';
export { anonymous } from './core/identity/anonymous.ts';
export { clearGuestCookie, type GuestSourceOptions, guest } from './core/identity/guest.ts';
export type { Identified, Identity, IdentitySource, Remember, Verdict } from './core/identity/identity.ts';
export { type PlatformIdentityOptions, platformIdentity } from './core/identity/platform-identity.ts';
export { createSessionCookies, type SessionCookies, type SessionToWrite, session } from './core/identity/session.ts';
export type { EmbeddedJwtOptions } from './core/policy/embedded-options.ts';
export {
  type ExplainedCaller,
  type ExplainOptions,
  type Explanation,
  explainPolicy,
} from './core/policy/explain.ts';
export { describeExplanation } from './core/policy/explain-text.ts';
export type { JwtExtras, UserClaim } from './core/policy/jwt-extras.ts';
export { lintPolicy } from './core/policy/lint.ts';
export { describeFinding, type LintFinding } from './core/policy/lint-finding.ts';
export { PRESET_PAGES } from './core/policy/preset-pages.ts';
export { PRESETS, type PresetName } from './core/policy/presets.ts';
export { broad, type Condition, type Lookup, type Match, type PolicyCall, type Rule } from './core/policy/rule.ts';
export type { LimitCaller, OpenLimit, RateLimitOptions } from './core/rate-limit/rate-limit.ts';
export type { Revocations } from './core/revocation/create-revocations.ts';
export type { Person } from './core/revocation/people.ts';
export type { RevokeTarget, TokenTarget } from './core/revocation/plan-target.ts';
export type { TargetResult } from './core/revocation/revocations.ts';
export { createRevokeEndpoint } from './core/revocation/revoke-endpoint.ts';
export { type Environment, sessionSecrets } from './core/settings.ts';
export { type RecordStore, type StoredRecord, StoreError, type VersionedRecord } from './core/stores.ts';
