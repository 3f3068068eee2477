/**
 * `ably-auth-functions/netlify`: for a site that installs the package and writes its own function. Decides only what is
 * public here. The function's `config` stays in the site's file: Netlify reads it there without running anything.
 */
import type { AuthDefinition } from '../../core/config.ts';
import type { Revocations } from '../../core/revocation/create-revocations.ts';
import { createRevokeEndpoint } from '../../core/revocation/revoke-endpoint.ts';
import { createAblyApi } from '../ably/ably-api.ts';
import {
  composeHandler,
  composeRevocations,
  type HandlerHost,
  type HandlerOptions,
} from '../compose/compose-handler.ts';
import { chooseEnvironmentKey } from '../compose/environment-key.ts';
import { chooseStore } from '../stores/choose-store.ts';
import { createNetlifyHandler, type NetlifyHandler } from './handler.ts';
import { readNetlifyEnvironment } from './read-environment.ts';

export * from '../compose/key-sources.ts';
export type { Person, Revocations, RevokeTarget, TargetResult } from '../compose/revocations.ts';
export { createNetlifyHandler, type NetlifyContext, type NetlifyHandler } from './handler.ts';
export type { HandlerOptions };

/** `export default createHandler(auth)`. Never throws: a wrong config is logged and answered 503. */
export function createHandler(definition: AuthDefinition, options: HandlerOptions = {}): NetlifyHandler {
  return createNetlifyHandler(composeHandler(definition, options, host()).endpoint);
}

/** The function that revokes; its `config` says `path: '/api/ably-auth-revoke'`. Never throws, as above. */
export function createRevokeHandler(definition: AuthDefinition, options: HandlerOptions = {}): NetlifyHandler {
  return createNetlifyHandler(
    composeHandler(definition, options, { ...host(), createEndpoint: createRevokeEndpoint }).endpoint,
  );
}

/** What an app calls by itself to cut somebody off, with the same key, store and config as its functions. */
export function createRevocations(definition: AuthDefinition, options: HandlerOptions = {}): Revocations {
  return composeRevocations(definition, options, host());
}

function host(): HandlerHost {
  return { env: readNetlifyEnvironment(), chooseKey: chooseEnvironmentKey, chooseStore, createAblyApi };
}
