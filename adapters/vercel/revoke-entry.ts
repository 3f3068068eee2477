/**
 * The Vercel function that revokes, dropped into a project as one file beside the one that issues. Bundled by
 * `npm run build`; decides nothing else.
 */
import { createRevokeEndpoint } from '../../core/revocation/revoke-endpoint.ts';
import { createAblyApi } from '../ably/ably-api.ts';
import { composeEndpoint } from '../compose/compose-endpoint.ts';
import { readDropInConfig } from '../compose/drop-in-config.ts';
import { chooseEnvironmentKey } from '../compose/environment-key.ts';
import { chooseStore } from '../stores/choose-store.ts';
import { createVercelHandler } from './handler.ts';

const { env } = process;
const { endpoint } = composeEndpoint({
  ...readDropInConfig(env, import.meta.url),
  env,
  keySource: chooseEnvironmentKey(env),
  ably: createAblyApi(env),
  store: chooseStore(env),
  createEndpoint: createRevokeEndpoint,
});

export default createVercelHandler(endpoint);
