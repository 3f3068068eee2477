/** The package's entry for clients, `ably-auth-functions/client`: browsers, Node and React Native. */
export type { Granted } from './asking.ts';
export { type AblyAuth, type AblyAuthOptions, type AuthorizedClient, createAblyAuth } from './auth.ts';
export { AblyAuthError } from './auth-error.ts';
export type { AuthStorage, Holds } from './held.ts';
