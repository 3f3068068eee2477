/**
 * What `revocable` asks of the rest of a config. A TokenRequest that was signed before a revocation can be redeemed for
 * two minutes after it, and its token is then younger than the revocation: so revocable tokens are not asked for in that
 * way unless the config says by name that the hole is accepted.
 */
import type { AuthConfig } from '../config.ts';
import type { ConfigProblem } from '../config-problem.ts';
import type { Policy } from '../policy/compile-policy.ts';
import type { TokenFormat } from '../token/settled-params.ts';

/** @param chosen the format that the config, or else the environment, names */
export function checkRevocable(
  config: AuthConfig,
  policy: Policy,
  chosen: { readonly format: TokenFormat | undefined; readonly setting: string },
  problems: ConfigProblem[],
): void {
  const { revocable, acceptTwoMinuteWindow, onStoreOutage = 'closed' } = config;
  if (onStoreOutage !== 'closed' && onStoreOutage !== 'open') {
    problems.push({ setting: 'onStoreOutage', problem: 'it is unknown', fix: 'Write closed or open' });
  }
  if (!revocable || acceptTwoMinuteWindow) return;
  const named = [
    chosen,
    ...policy.rules.map(({ format }, at) => ({ format, setting: `${policy.setting}[${at}].format` })),
  ];
  for (const { format, setting } of named) {
    if (format !== 'token-request') continue;
    const problem = 'beside revocable: one signed before a revocation is redeemed for two minutes after it';
    const fix = 'Write jwt, or acceptTwoMinuteWindow: true';
    problems.push({ setting, problem, fix });
  }
}
