/**
 * How ABLY_ENDPOINT, ABLY_PORT and ABLY_TLS point an `ably` client elsewhere than Ably. Decides nothing about how long a
 * client waits or how often it tries.
 */
import type { ClientOptions } from 'ably';
import { AblyApiError } from '../../core/ably.ts';
import type { ConfigProblem } from '../../core/config-problem.ts';
import type { Environment } from '../../core/settings.ts';

/** Options for an SDK; empty for Ably itself. */
export function clientOptions(env: Environment): ClientOptions {
  const tls = env.ABLY_TLS !== 'false';
  const port = env.ABLY_PORT ? Number(env.ABLY_PORT) : undefined;
  return {
    ...(env.ABLY_ENDPOINT && { endpoint: env.ABLY_ENDPOINT, disableConnectivityCheck: true }),
    ...(port !== undefined && (tls ? { tlsPort: port } : { port })),
    ...(tls ? {} : { tls }),
  };
}

/** @throws AblyApiError naming the settings that cannot be used */
export function usableSettings(env: Environment): void {
  const unusable = clientOptionsProblems(env).map(({ setting, problem }) => `${setting}: ${problem}`);
  if (unusable.length > 0) throw new AblyApiError('unreachable', `Ably cannot be called. ${unusable.join('; ')}.`);
}

/** Every problem with the three. */
export function clientOptionsProblems(env: Environment): readonly ConfigProblem[] {
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
