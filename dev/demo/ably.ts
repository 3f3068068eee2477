/**
 * Which Ably the demo talks to: with an API key of yours Ably itself, or what ABLY_ENDPOINT names; without one a local
 * Ably-compatible service and a key that only it knows.
 */
import type { ClientOptions } from 'ably';
import { clientOptions } from '../../adapters/ably/client-options.ts';
import type { Environment } from '../../index.ts';
import { startAblyService } from '../ably-service/ably-service.ts';

const DEMO_KEY = { name: 'demoapp.demokey', secret: 'only-for-this-machine' };

export interface DemoAbly {
  readonly mode: 'local' | 'ably';
  readonly apiKey: string;
  /** ABLY_ENDPOINT and its like, for the endpoint itself. */
  readonly settings: Environment;
  /** Where it is, in words. */
  readonly description: string;
  /** @param hostName under which the page reached this machine */
  readonly clientOptions: (hostName: string) => ClientOptions;
  readonly close: () => Promise<void>;
}

export async function reachAbly(env: Environment, host: string): Promise<DemoAbly> {
  if (env.ABLY_API_KEY) {
    const options = clientOptions(env);
    return {
      mode: 'ably',
      apiKey: env.ABLY_API_KEY,
      settings: env,
      description: options.endpoint
        ? `${options.endpoint}, as ABLY_ENDPOINT says`
        : 'Ably itself, with your ABLY_API_KEY',
      clientOptions: () => options,
      close: async () => {},
    };
  }
  const service = await startAblyService({ keys: [DEMO_KEY], host });
  const { endpoint, port, wsConnectivityCheckUrl } = service.clientOptions;
  return {
    mode: 'local',
    apiKey: `${DEMO_KEY.name}:${DEMO_KEY.secret}`,
    settings: { ABLY_ENDPOINT: endpoint, ABLY_PORT: String(port), ABLY_TLS: 'false' },
    description: `a local Ably-compatible service at ${service.url}, because ABLY_API_KEY is not set`,
    clientOptions: (hostName) => ({
      ...service.clientOptions,
      endpoint: hostName,
      wsConnectivityCheckUrl: wsConnectivityCheckUrl.replace(`${endpoint}:${port}`, `${hostName}:${port}`),
    }),
    close: service.close,
  };
}
