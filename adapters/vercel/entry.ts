/**
 * The Vercel function that is dropped into a project as one file: sources, rules and key from the environment. Bundled
 * by `npm run build`; decides nothing else. A project that installs the package writes its own with `createHandler`.
 */
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
  store: chooseStore(env),
});

export default createVercelHandler(endpoint);
