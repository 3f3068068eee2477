/**
 * The package's public entry: what an `auth.config.ts` and an app of one's own import. Hosts have entries of their own
 * under adapters/.
 */
export type { AuthEndpoint } from './core/auth-endpoint.ts';
export type { AuthEvent, OnAuthEvent } from './core/auth-event.ts';
export { type AuthConfig, type AuthDefinition, defineAuth } from './core/config.ts';
export { type ConfigProblem, describeProblem } from './core/config-problem.ts';
export { type ConfiguredEndpoint, configureEndpoint, type EndpointParts } from './core/configure-endpoint.ts';
export type { AuthRequest, AuthResponse } from './core/http.ts';
export { anonymous } from './core/identity/anonymous.ts';
export type { Identity, IdentitySource, Verdict } from './core/identity/identity.ts';
export { createSessionCookies, type SessionCookies, type SessionToWrite, session } from './core/identity/session.ts';
export { broad, type Match, type Rule } from './core/policy/rule.ts';
export { type Environment, sessionSecrets } from './core/settings.ts';
