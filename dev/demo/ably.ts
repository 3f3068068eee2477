/**
 * Which Ably the demo talks to: with an API key of yours Ably itself, or what ABLY_ENDPOINT names; without one a local
 * Ably-compatible service and a key that only it knows.
 */
import type { ClientOptions } from 'ably';
import type { ConfigProblem, Environment } from '../../index.ts';
import { startAblyService } from '../ably-service/ably-service.ts';

const DEMO_KEY = { name: 'demoapp.demokey', secret: 'only-for-this-machine' };

export interface DemoAbly {
  readonly mode: 'local' | 'ably';
  readonly apiKey: string;
  /** Where it is, in words. */
  readonly description: string;
  /** @param hostName under which the page reached this machine */
  readonly clientOptions: (hostName: string) => ClientOptions;
  readonly close: () => Promise<void>;
}

export async function reachAbly(env: Environment, host: string): Promise<DemoAbly> {
  if (env.ABLY_API_KEY) {
    const options = serviceOptions(env);
    return {
      mode: 'ably',
      apiKey: env.ABLY_API_KEY,
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
    description: `a local Ably-compatible service at ${service.url}, because ABLY_API_KEY is not set`,
    clientOptions: (hostName) => ({
      ...service.clientOptions,
      endpoint: hostName,
      wsConnectivityCheckUrl: wsConnectivityCheckUrl.replace(`${endpoint}:${port}`, `${hostName}:${port}`),
    }),
    close: service.close,
  };
}

/** Every problem with ABLY_ENDPOINT, ABLY_PORT and ABLY_TLS. */
export function serviceProblems(env: Environment): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const { ABLY_ENDPOINT: endpoint, ABLY_PORT: port, ABLY_TLS: tls } = env;
  if (endpoint && !/^[a-z0-9.:-]+$/i.test(endpoint)) {
    problems.push({ setting: 'ABLY_ENDPOINT', problem: 'it is not a host name', fix: 'Write it without https://' });
  }
  if (port && !/^\d{1,5}$/.test(port)) {
    problems.push({ setting: 'ABLY_PORT', problem: 'it is not a port', fix: 'Write a number' });
  }
  if (tls && tls !== 'true' && tls !== 'false') {
    problems.push({ setting: 'ABLY_TLS', problem: 'it is neither true nor false', fix: 'Leave it out for true' });
  }
  return problems;
}

function serviceOptions(env: Environment): ClientOptions {
  const tls = env.ABLY_TLS !== 'false';
  const port = env.ABLY_PORT ? Number(env.ABLY_PORT) : undefined;
  return {
    ...(env.ABLY_ENDPOINT && { endpoint: env.ABLY_ENDPOINT, disableConnectivityCheck: true }),
    ...(port !== undefined && (tls ? { tlsPort: port } : { port })),
    ...(tls ? {} : { tls }),
  };
}
