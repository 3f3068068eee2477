/**
 * What is allowed in a policy and still hardly meant: rules that nobody can reach, patterns that match nothing, rights
 * that have no effect or reach further than one thinks. Pure; asks no function of the policy, and stops nothing.
 *
 * What must not be deployed at all is a ConfigProblem, found by resolve-config.ts; here it comes first, as an error.
 */
import type { AuthConfig } from '../config.ts';
import type { ConfigProblem } from '../config-problem.ts';
import { parseDurationMs } from '../duration.ts';
import type { LintFinding, Report } from './lint-finding.ts';
import { lintGrants } from './lint-grants.ts';
import { lintRateLimit } from './lint-rate-limit.ts';
import { lintReach } from './lint-reach.ts';
import { lintRequestable } from './lint-requestable.ts';
import { lintRevocable } from './lint-revocable.ts';
import { lintSize } from './lint-size.ts';
import { resolvePolicies } from './resolve-policies.ts';
import type { Rule } from './rule.ts';

/** Below it Ably advises against (https://ably.com/docs/auth/token#dynamic-access). */
const ADVISED_MIN_TTL_MS = 10 * 60 * 1000;

/** Errors first, then in the order of the rules. Those of `shadow` are looked at alike, as `shadow.rules[0]`. */
export function lintPolicy(config: AuthConfig): readonly LintFinding[] {
  if (!Array.isArray(config?.sources) || !Array.isArray(config.rules)) {
    const finding = 'it has no list of sources or no list of rules';
    return [{ severity: 'error', setting: 'auth.config.ts', finding, fix: 'See the example in the README' }];
  }
  const problems: ConfigProblem[] = [];
  const { policy, shadow } = resolvePolicies(config, problems);
  const asking: LintFinding[] = [];
  if (problems.length === 0) lintRequestable(config, policy, problems, reportTo(asking));
  if (problems.length > 0) {
    return problems.map(({ setting, problem, fix }) => ({ severity: 'error', setting, finding: problem, fix }));
  }
  const findings: LintFinding[] = [];
  const report = reportTo(findings);
  lintTtl(config, config.rules, 'rules', report);
  lintRevocable(config, report);
  lintRateLimit(config, report);
  const policies = [
    { compiled: policy, rules: config.rules, setting: 'rules' },
    ...(shadow && config.shadow ? [{ compiled: shadow, rules: config.shadow.rules, setting: 'shadow.rules' }] : []),
  ];
  for (const { compiled, rules, setting } of policies) {
    lintReach(config.sources, rules, setting, report);
    lintGrants(compiled, rules, setting, report);
    lintSize(config, compiled, setting, report);
    if (setting !== 'rules') lintTtl({}, rules, setting, report);
  }
  return [...findings, ...asking];
}

function reportTo(findings: LintFinding[]): Report {
  return (severity, setting, finding, fix) => void findings.push({ severity, setting, finding, fix });
}

function lintTtl(config: Pick<AuthConfig, 'ttl'>, rules: readonly Rule[], setting: string, report: Report): void {
  const named = [
    { ttl: config.ttl, at: 'ttl' },
    ...rules.map(({ ttl }, index) => ({ ttl, at: `${setting}[${index}].ttl` })),
  ];
  for (const { ttl, at } of named) {
    const ttlMs = ttl === undefined ? undefined : parseDurationMs(ttl);
    if (ttlMs === undefined || ttlMs >= ADVISED_MIN_TTL_MS) continue;
    report(
      'warning',
      at,
      'it is less than 10 minutes, which Ably advises against',
      'Write 10m or more; revoke to cut off sooner',
    );
  }
}
