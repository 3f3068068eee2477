/**
 * `ably-auth-functions/netlify`: for a site that installs the package and writes its own function. Decides only what is
 * public here. The function's `config` stays in the site's file: Netlify reads it there without running anything.
 */
import type { AuthDefinition } from '../../core/config.ts';
import { createAblyApi } from '../ably/ably-api.ts';
import { composeHandler, type HandlerOptions } from '../compose/compose-handler.ts';
import { chooseEnvironmentKey } from '../compose/environment-key.ts';
import { chooseStore } from '../stores/choose-store.ts';
import { createNetlifyHandler, type NetlifyHandler } from './handler.ts';
import { readNetlifyEnvironment } from './read-environment.ts';

export * from '../compose/key-sources.ts';
export { createNetlifyHandler, type NetlifyContext, type NetlifyHandler } from './handler.ts';
export type { HandlerOptions };

/** `export default createHandler(auth)`. Never throws: a wrong config is logged and answered 503. */
export function createHandler(definition: AuthDefinition, options: HandlerOptions = {}): NetlifyHandler {
  return createNetlifyHandler(
    composeHandler(definition, options, {
      env: readNetlifyEnvironment(),
      chooseKey: chooseEnvironmentKey,
      chooseStore,
      createAblyApi,
    }).endpoint,
  );
}
