/**
 * `ably-auth-functions/fetch`: for Next.js, Hono, Bun, Deno, Workers and whatever else turns a `Request` into a
 * `Response`. Decides only what is public here.
 *
 * Nothing of AWS can be reached from this file, or the bundlers of these hosts would pack it: the key is read from the
 * environment unless a `keySource` is given.
 */
import type { AblyApi } from '../../core/ably.ts';
import type { AuthDefinition } from '../../core/config.ts';
import type { Revocations } from '../../core/revocation/create-revocations.ts';
import { createRevokeEndpoint } from '../../core/revocation/revoke-endpoint.ts';
import {
  composeHandler,
  composeRevocations,
  type HandlerHost,
  type HandlerOptions,
} from '../compose/compose-handler.ts';
import { chooseEnvironmentKey } from '../compose/environment-key.ts';
import { chooseStore } from '../stores/choose-store.ts';
import { createFetchHandler, type FetchHandlerOptions } from './handler.ts';

export type { Person, Revocations, RevokeTarget, TargetResult } from '../compose/revocations.ts';
export { createFetchHandler, type FetchHandlerOptions } from './handler.ts';
export type { HandlerOptions };

/**
 * `export const GET = createHandler(auth)`, and the same as POST and OPTIONS. Never throws: a wrong config is logged and
 * answered 503. Where the environment comes with the request, as on Workers, hand it in as `env`.
 */
export function createHandler<Args extends unknown[] = []>(
  definition: AuthDefinition,
  options: HandlerOptions & FetchHandlerOptions<Args> = {},
): (request: Request, ...args: Args) => Promise<Response> {
  return createFetchHandler(composeHandler(definition, options, host()).endpoint, options);
}

/** Ably is called by what is given: `createAblyApi(env)`, whose SDK a bundler would otherwise pack for everybody. */
export interface RevokingOptions extends HandlerOptions {
  readonly ably: AblyApi;
}

/** The route that revokes, as POST and OPTIONS of `/api/ably-auth-revoke`. Never throws, as above. */
export function createRevokeHandler<Args extends unknown[] = []>(
  definition: AuthDefinition,
  options: RevokingOptions & FetchHandlerOptions<Args>,
): (request: Request, ...args: Args) => Promise<Response> {
  const { endpoint } = composeHandler(definition, options, { ...host(), createEndpoint: createRevokeEndpoint });
  return createFetchHandler(endpoint, options);
}

/** What an app calls by itself to cut somebody off, with the same key, store and config as its functions. */
export function createRevocations(definition: AuthDefinition, options: RevokingOptions): Revocations {
  return composeRevocations(definition, options, host());
}

function host(): HandlerHost {
  return { env: globalThis.process?.env ?? {}, chooseKey: chooseEnvironmentKey, chooseStore };
}
