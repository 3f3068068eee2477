/**
 * How ABLY_ENDPOINT, ABLY_PORT and ABLY_TLS point an `ably` client elsewhere than Ably. Decides nothing about how long a
 * client waits or how often it tries.
 */
import type { ClientOptions } from 'ably';
import { AblyApiError } from '../../core/ably.ts';
import { ablySettingsProblems } from '../../core/ably-settings.ts';
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
  const unusable = ablySettingsProblems(env).map(({ setting, problem }) => `${setting}: ${problem}`);
  if (unusable.length > 0) throw new AblyApiError('unreachable', `Ably cannot be called. ${unusable.join('; ')}.`);
}
