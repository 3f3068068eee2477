/**
 * `ably-auth-functions/aws-lambda`: for a project that installs the package and bundles its own function. Decides only
 * what is public here.
 */
import type { AuthDefinition } from '../../core/config.ts';
import { createAblyApi } from '../ably/ably-api.ts';
import { chooseAwsStore } from '../compose/aws-store.ts';
import { composeHandler, type HandlerOptions } from '../compose/compose-handler.ts';
import { chooseKeySource } from '../compose/key-sources.ts';
import { createLambdaHandler, type LambdaHandler } from './handler.ts';
import { printLine } from './print-line.ts';

export * from '../compose/key-sources.ts';
export { createLambdaHandler, type LambdaHandler, type LambdaHandlerOptions } from './handler.ts';
export type { HandlerOptions };

/** `export const handler = createHandler(auth)`. Never throws: a wrong config is logged and answered 503. */
export function createHandler(definition: AuthDefinition, options: HandlerOptions = {}): LambdaHandler {
  const { endpoint, notice } = composeHandler(definition, options, {
    env: process.env,
    chooseKey: chooseKeySource,
    createAblyApi,
    chooseStore: chooseAwsStore,
    print: printLine,
  });
  return createLambdaHandler(endpoint, { onUnknownEvent: (line) => notice('info', line) });
}
