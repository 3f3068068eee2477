/**
 * The policy that counts and the one that is only watched, from what a config says, or every problem with them. What a
 * rule means is decided in compile-policy.ts; here is only what holds for all rules.
 */
import { parseCapability } from '../capability/parse.ts';
import type { AuthConfig, AuthDefinition } from '../config.ts';
import type { ConfigProblem } from '../config-problem.ts';
import { compilePolicy, DEFAULT_POLICY_DEADLINE_MS, type Policy, type PolicyTerms } from './compile-policy.ts';
import type { Rule } from './rule.ts';

export interface Policies {
  readonly policy: Policy;
  /** Tried beside it, and only reported. */
  readonly shadow: Policy | undefined;
}

/** Clients give up on the endpoint after 10 s (ably-js, ably-java and ably-cocoa alike). */
const MAX_POLICY_DEADLINE_MS = 8_000;
const MIN_POLICY_DEADLINE_MS = 10;

export function resolvePolicies(
  config: AuthConfig,
  problems: ConfigProblem[],
  rulesFrom?: AuthDefinition['rulesFrom'],
): Policies {
  const terms = resolveTerms(config, problems);
  const policy = compilePolicy(config.rules, problems, { ...terms, ...rulesFrom });
  if (config.shadow === undefined) return { policy, shadow: undefined };
  const { rules }: { readonly rules?: unknown } = config.shadow ?? {};
  const shadowRules = Array.isArray(rules) ? (rules as readonly Rule[]) : [];
  return { policy, shadow: compilePolicy(shadowRules, problems, { ...terms, setting: 'shadow.rules' }) };
}

function resolveTerms(config: AuthConfig, problems: ConfigProblem[]): PolicyTerms {
  const {
    keyCapability,
    onExcessRequest = 'narrow',
    policyDeadlineMs: deadlineMs = DEFAULT_POLICY_DEADLINE_MS,
  } = config;
  const key = keyCapability === undefined ? undefined : parseCapability(keyCapability);
  for (const problem of key?.ok === false ? key.problems : []) {
    problems.push({ setting: 'keyCapability', problem, fix: 'Write it as the Ably dashboard shows it for the key' });
  }
  if (key?.ok && key.capability.size === 0) {
    const fix = 'Write what the key may do, or leave it out';
    problems.push({ setting: 'keyCapability', problem: 'it is empty, so nobody could be granted anything', fix });
  }
  if (onExcessRequest !== 'narrow' && onExcessRequest !== 'refuse') {
    problems.push({ setting: 'onExcessRequest', problem: 'it is unknown', fix: 'Write narrow or refuse' });
  }
  if (!Number.isSafeInteger(deadlineMs) || deadlineMs < MIN_POLICY_DEADLINE_MS || deadlineMs > MAX_POLICY_DEADLINE_MS) {
    const problem = 'it is not a whole number of milliseconds from 10 to 8,000';
    problems.push({ setting: 'policyDeadlineMs', problem, fix: 'Leave it out for 2,000' });
  }
  return { ...(key?.ok && { ceiling: key.capability }), onExcessRequest, deadlineMs };
}
