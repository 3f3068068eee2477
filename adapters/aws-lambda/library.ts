/**
 * `ably-auth-functions/aws-lambda`: for a project that installs the package and bundles its own function. Decides only
 * what is public here.
 */
import type { AuthDefinition } from '../../core/config.ts';
import type { Revocations } from '../../core/revocation/create-revocations.ts';
import { createRevokeEndpoint } from '../../core/revocation/revoke-endpoint.ts';
import { createAblyApi } from '../ably/ably-api.ts';
import { chooseAwsStore } from '../compose/aws-store.ts';
import { composeHandler, composeRevocations, type HandlerOptions } from '../compose/compose-handler.ts';
import { chooseKeySource } from '../compose/key-sources.ts';
import { openMetrics } from '../telemetry/emf-line.ts';
import { createLambdaHandler, type LambdaHandler } from './handler.ts';
import { printLine } from './print-line.ts';

export * from '../compose/key-sources.ts';
export type { Person, Revocations, RevokeTarget, TargetResult } from '../compose/revocations.ts';
export { createLambdaHandler, type LambdaHandler, type LambdaHandlerOptions } from './handler.ts';
export { printLine } from './print-line.ts';
export type { HandlerOptions };

const HOST = {
  env: process.env,
  chooseKey: chooseKeySource,
  chooseStore: chooseAwsStore,
  createAblyApi,
  openMetrics,
  print: printLine,
};

/** `export const handler = createHandler(auth)`. Never throws: a wrong config is logged and answered 503. */
export function createHandler(definition: AuthDefinition, options: HandlerOptions = {}): LambdaHandler {
  const { endpoint, notice } = composeHandler(definition, options, HOST);
  return createLambdaHandler(endpoint, { onUnknownEvent: (line) => notice('info', line) });
}

/** The function that revokes, at an address of its own: `/api/ably-auth-revoke`. Never throws, as above. */
export function createRevokeHandler(definition: AuthDefinition, options: HandlerOptions = {}): LambdaHandler {
  const { endpoint, notice } = composeHandler(definition, options, { ...HOST, createEndpoint: createRevokeEndpoint });
  return createLambdaHandler(endpoint, { onUnknownEvent: (line) => notice('info', line) });
}

/** What an app calls by itself to cut somebody off, with the same key, store and config as its functions. */
export function createRevocations(definition: AuthDefinition, options: HandlerOptions = {}): Revocations {
  return composeRevocations(definition, options, HOST);
}
