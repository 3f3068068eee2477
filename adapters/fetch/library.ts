/**
 * `ably-auth-functions/fetch`: for Next.js, Hono, Bun, Deno, Workers and whatever else turns a `Request` into a
 * `Response`. Decides only what is public here.
 *
 * Nothing of AWS can be reached from this file, or the bundlers of these hosts would pack it: the key is read from the
 * environment unless a `keySource` is given.
 */
import type { AuthDefinition } from '../../core/config.ts';
import { composeHandler, type HandlerOptions } from '../compose/compose-handler.ts';
import { chooseEnvironmentKey } from '../compose/environment-key.ts';
import { chooseStore } from '../stores/choose-store.ts';
import { createFetchHandler, type FetchHandlerOptions } from './handler.ts';

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
  const env = globalThis.process?.env ?? {};
  const { endpoint } = composeHandler(definition, options, { env, chooseKey: chooseEnvironmentKey, chooseStore });
  return createFetchHandler(endpoint, options);
}
