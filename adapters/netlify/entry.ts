/**
 * The Netlify function that is dropped into a site as one file: sources, rules and key from the environment. Bundled by
 * `npm run build`; decides nothing else. A site that installs the package writes its own with `createHandler`.
 */
import type { Config } from '@netlify/functions';
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
  store: chooseStore(env, {
    'netlify-blobs': async (name) => (await import('../stores/netlify-blobs.ts')).netlifyBlobsStore({ name }),
  }),
});

export default createNetlifyHandler(endpoint);

/** A literal, because Netlify reads it without running the file; without `method`, or preflights never arrive. */
export const config = { path: '/api/ably-auth' } satisfies Config;
