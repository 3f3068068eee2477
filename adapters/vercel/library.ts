/**
 * `ably-auth-functions/vercel`: for a project that installs the package and writes its own `api/ably-auth.ts`. Decides
 * only what is public here.
 */
import type { AuthDefinition } from '../../core/config.ts';
import type { Revocations } from '../../core/revocation/create-revocations.ts';
import { createRevokeEndpoint } from '../../core/revocation/revoke-endpoint.ts';
import { createAblyApi } from '../ably/ably-api.ts';
import { composeHandler, composeRevocations, type HandlerOptions } from '../compose/compose-handler.ts';
import { chooseEnvironmentKey } from '../compose/environment-key.ts';
import { chooseStore } from '../stores/choose-store.ts';
import { createVercelClassicHandler, type VercelClassicHandler } from './classic-handler.ts';
import { createVercelHandler, type VercelHandler } from './handler.ts';

export * from '../compose/key-sources.ts';
export type { Person, Revocations, RevokeTarget, TargetResult } from '../compose/revocations.ts';
export {
  createVercelClassicHandler,
  type VercelClassicHandler,
  type VercelRequest,
  type VercelResponse,
} from './classic-handler.ts';
export { createVercelHandler, type VercelHandler } from './handler.ts';
export type { HandlerOptions };

const HOST = { env: process.env, chooseKey: chooseEnvironmentKey, chooseStore, createAblyApi };

/** `export default createHandler(auth)`. Never throws: a wrong config is logged and answered 503. */
export function createHandler(definition: AuthDefinition, options: HandlerOptions = {}): VercelHandler {
  return createVercelHandler(composeHandler(definition, options, HOST).endpoint);
}

/** The same in the signature `(request, response)`, for projects whose other functions have it. */
export function createClassicHandler(definition: AuthDefinition, options: HandlerOptions = {}): VercelClassicHandler {
  return createVercelClassicHandler(composeHandler(definition, options, HOST).endpoint);
}

/** The function that revokes, `api/ably-auth-revoke.ts`. Never throws, as above. */
export function createRevokeHandler(definition: AuthDefinition, options: HandlerOptions = {}): VercelHandler {
  return createVercelHandler(
    composeHandler(definition, options, { ...HOST, createEndpoint: createRevokeEndpoint }).endpoint,
  );
}

/** What an app calls by itself to cut somebody off, with the same key, store and config as its functions. */
export function createRevocations(definition: AuthDefinition, options: HandlerOptions = {}): Revocations {
  return composeRevocations(definition, options, HOST);
}
