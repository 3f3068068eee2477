/**
 * The Netlify function that revokes, dropped into a site as one file beside the one that issues. Bundled by
 * `npm run build`; decides nothing else.
 */
import type { Config } from '@netlify/functions';
import { createRevokeEndpoint } from '../../core/revocation/revoke-endpoint.ts';
import { createAblyApi } from '../ably/ably-api.ts';
import { composeEndpoint } from '../compose/compose-endpoint.ts';
import { readDropInConfig } from '../compose/drop-in-config.ts';
import { chooseEnvironmentKey } from '../compose/environment-key.ts';
import { chooseStore } from '../stores/choose-store.ts';
import { createNetlifyHandler } from './handler.ts';
import { readNetlifyEnvironment } from './read-environment.ts';

const env = readNetlifyEnvironment();
const { endpoint } = composeEndpoint({
  ...readDropInConfig(env, import.meta.url),
  env,
  keySource: chooseEnvironmentKey(env),
  ably: createAblyApi(env),
  store: chooseStore(env, {
    'netlify-blobs': async (name) => (await import('../stores/netlify-blobs.ts')).netlifyBlobsStore({ name }),
  }),
  createEndpoint: createRevokeEndpoint,
});

export default createNetlifyHandler(endpoint);

/** A literal, because Netlify reads it without running the file; without `method`, or preflights never arrive. */
export const config = { path: '/api/ably-auth-revoke' } satisfies Config;
