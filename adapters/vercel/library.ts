/**
 * `ably-auth-functions/vercel`: for a project that installs the package and writes its own `api/ably-auth.ts`. Decides
 * only what is public here.
 */
import type { AuthDefinition } from '../../core/config.ts';
import { createAblyApi } from '../ably/ably-api.ts';
import { composeHandler, type HandlerOptions } from '../compose/compose-handler.ts';
import { chooseEnvironmentKey } from '../compose/environment-key.ts';
import { chooseStore } from '../stores/choose-store.ts';
import { createVercelClassicHandler, type VercelClassicHandler } from './classic-handler.ts';
import { createVercelHandler, type VercelHandler } from './handler.ts';

export * from '../compose/key-sources.ts';
export {
  createVercelClassicHandler,
  type VercelClassicHandler,
  type VercelRequest,
  type VercelResponse,
} from './classic-handler.ts';
export { createVercelHandler, type VercelHandler } from './handler.ts';
export type { HandlerOptions };

/** `export default createHandler(auth)`. Never throws: a wrong config is logged and answered 503. */
export function createHandler(definition: AuthDefinition, options: HandlerOptions = {}): VercelHandler {
  return createVercelHandler(
    composeHandler(definition, options, {
      env: process.env,
      chooseKey: chooseEnvironmentKey,
      chooseStore,
      createAblyApi,
    }).endpoint,
  );
}

/** The same in the signature `(request, response)`, for projects whose other functions have it. */
export function createClassicHandler(definition: AuthDefinition, options: HandlerOptions = {}): VercelClassicHandler {
  return createVercelClassicHandler(
    composeHandler(definition, options, {
      env: process.env,
      chooseKey: chooseEnvironmentKey,
      chooseStore,
      createAblyApi,
    }).endpoint,
  );
}
