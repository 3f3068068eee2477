/**
 * `ably-auth-functions/node`: the endpoint inside Express, Fastify or a server of one's own. Decides only what is public
 * here.
 */
import type { AuthDefinition } from '../../core/config.ts';
import { createAblyApi } from '../ably/ably-api.ts';
import { chooseAwsStore } from '../compose/aws-store.ts';
import { composeHandler, type HandlerOptions } from '../compose/compose-handler.ts';
import { chooseKeySource } from '../compose/key-sources.ts';
import { createNodeHandler, type NodeHandler } from './handler.ts';

export * from '../compose/key-sources.ts';
export { createNodeHandler, type NodeHandler } from './handler.ts';
export { type NodeServerOptions, type RunningNodeServer, startNodeServer } from './serve.ts';
export type { HandlerOptions };

/** `app.use('/api/ably-auth', createHandler(auth))`. Never throws: a wrong config is logged and answered 503. */
export function createHandler(definition: AuthDefinition, options: HandlerOptions = {}): NodeHandler {
  return createNodeHandler(
    composeHandler(definition, options, {
      env: process.env,
      chooseKey: chooseKeySource,
      chooseStore: chooseAwsStore,
      createAblyApi,
    }).endpoint,
  );
}
