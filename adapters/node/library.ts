/**
 * `ably-auth-functions/node`: the endpoint inside Express, Fastify or a server of one's own. Decides only what is public
 * here.
 */
import type { AuthDefinition } from '../../core/config.ts';
import type { Revocations } from '../../core/revocation/create-revocations.ts';
import { createRevokeEndpoint } from '../../core/revocation/revoke-endpoint.ts';
import { createAblyApi } from '../ably/ably-api.ts';
import { chooseAwsStore } from '../compose/aws-store.ts';
import { composeHandler, composeRevocations, type HandlerOptions } from '../compose/compose-handler.ts';
import { chooseKeySource } from '../compose/key-sources.ts';
import { openMetrics } from '../telemetry/emf-line.ts';
import { createNodeHandler, type NodeHandler } from './handler.ts';

export * from '../compose/key-sources.ts';
export type { Person, Revocations, RevokeTarget, TargetResult } from '../compose/revocations.ts';
export { createNodeHandler, type NodeHandler } from './handler.ts';
export { type NodeServerOptions, type RunningNodeServer, startNodeServer } from './serve.ts';
export type { HandlerOptions };

const HOST = { env: process.env, chooseKey: chooseKeySource, chooseStore: chooseAwsStore, createAblyApi, openMetrics };

/** `app.use('/api/ably-auth', createHandler(auth))`. Never throws: a wrong config is logged and answered 503. */
export function createHandler(definition: AuthDefinition, options: HandlerOptions = {}): NodeHandler {
  return createNodeHandler(composeHandler(definition, options, HOST).endpoint);
}

/** `app.use('/api/ably-auth-revoke', createRevokeHandler(auth))`. Never throws, as above. */
export function createRevokeHandler(definition: AuthDefinition, options: HandlerOptions = {}): NodeHandler {
  return createNodeHandler(
    composeHandler(definition, options, { ...HOST, createEndpoint: createRevokeEndpoint }).endpoint,
  );
}

/** What an app calls by itself to cut somebody off, with the same key, store and config as its functions. */
export function createRevocations(definition: AuthDefinition, options: HandlerOptions = {}): Revocations {
  return composeRevocations(definition, options, HOST);
}
