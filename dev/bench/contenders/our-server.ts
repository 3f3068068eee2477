/** Ours as a server: what the container's entry puts together, without its signals and its own choice of address. */
import { composeEndpoint } from '../../../adapters/compose/compose-endpoint.ts';
import { chooseKeySource } from '../../../adapters/key-sources/choose-key-source.ts';
import { startNodeServer } from '../../../adapters/node/serve.ts';
import definition from '../../../auth.config.ts';

/** @returns the port that the system chose */
export async function start(): Promise<number> {
  const { env } = process;
  const { endpoint } = composeEndpoint({ definition, env, keySource: chooseKeySource(env) });
  const { port } = await startNodeServer({ endpoint, host: '127.0.0.1', port: 0, routes: ['/auth'] });
  return port;
}
