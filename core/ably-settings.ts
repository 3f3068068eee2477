/**
 * Whether the settings that name another Ably-compatible service can be used. How a client is pointed there is decided in
 * adapters/ably/client-options.ts.
 */
import type { ConfigProblem } from './config-problem.ts';
import { isPort, MAX_PORT } from './port.ts';
import type { Environment } from './settings.ts';

/** Every problem with the three. */
export function ablySettingsProblems(env: Environment): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const { ABLY_ENDPOINT: endpoint, ABLY_PORT: port, ABLY_TLS: tls } = env;
  if (endpoint && !/^[\w.:-]+$/.test(endpoint)) {
    problems.push({ setting: 'ABLY_ENDPOINT', problem: 'it is not a host name', fix: 'Write it without https://' });
  }
  if (port && !isPort(port, 1)) {
    problems.push({ setting: 'ABLY_PORT', problem: 'it is not a port', fix: `Write a number from 1 to ${MAX_PORT}` });
  }
  if (tls && tls !== 'true' && tls !== 'false') {
    problems.push({ setting: 'ABLY_TLS', problem: 'it is neither true nor false', fix: 'Leave it out for true' });
  }
  return problems;
}
