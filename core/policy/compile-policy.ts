/**
 * Turns the rules of a config into a policy that answers quickly, and finds every mistake in them at once.
 * What a policy answers for an identity is decided in evaluate.ts.
 */
import type { ConfigProblem } from '../config-problem.ts';
import type { TokenFormat } from '../token/settled-params.ts';
import { readTokenFormat, readTtlMs } from '../token/token-options.ts';
import { type CompiledGrants, compileGrants } from './compile-grant.ts';
import { type CompiledMatch, compileMatch, unreadableClaimPaths } from './match.ts';
import type { Rule } from './rule.ts';
import { parseTemplate, type Template } from './template.ts';

export interface CompiledRule {
  readonly name: string;
  readonly covers: CompiledMatch;
  readonly grants: CompiledGrants;
  /** `false`: no clientId. `undefined`: this rule leaves it to others. */
  readonly clientId: Template | false | undefined;
  readonly wildcardClientId: boolean;
  readonly ttlMs: number | undefined;
  readonly format: TokenFormat | undefined;
}

export type Policy = readonly CompiledRule[];

/** @param problems receives what is wrong; with any, the returned policy must not be used */
export function compilePolicy(rules: readonly Rule[], problems: ConfigProblem[]): Policy {
  if (rules.length === 0) {
    problems.push({ setting: 'rules', problem: 'there are none, so nobody is granted anything', fix: 'Write one' });
  }
  const names = new Set<string>();
  return rules.map((rule, index) => {
    const setting = `rules[${index}]`;
    if (typeof rule.name !== 'string' || rule.name === '') {
      problems.push({ setting: `${setting}.name`, problem: 'it is missing', fix: 'Name the rule; the log shows it' });
    } else if (names.has(rule.name)) {
      const problem = `another rule is named ${JSON.stringify(rule.name)} too`;
      problems.push({ setting: `${setting}.name`, problem, fix: 'Give each its own name' });
    }
    names.add(rule.name);
    return compileRule(rule, setting, problems);
  });
}

function compileRule(rule: Rule, setting: string, problems: ConfigProblem[]): CompiledRule {
  const unreadable = unreadableClaimPaths(rule.when ?? {});
  for (const path of unreadable) {
    const fix = 'Dots descend; quote a name that has dots or spaces in it: "https://app.example/roles"';
    problems.push({ setting: `${setting}.when.claims`, problem: `${JSON.stringify(path)} is not a claim`, fix });
  }
  return {
    name: rule.name,
    covers: unreadable.length > 0 ? () => false : compileMatch(rule.when ?? {}),
    grants: compileGrants(rule.grant, `${setting}.grant`, problems),
    clientId: compileClientId(rule, setting, problems),
    wildcardClientId: rule.wildcardClientId === true,
    ttlMs: rule.ttl === undefined ? undefined : readTtlMs(rule.ttl, `${setting}.ttl`, problems),
    format: rule.format === undefined ? undefined : readTokenFormat(rule.format, `${setting}.format`, problems),
  };
}

function compileClientId(rule: Rule, setting: string, problems: ConfigProblem[]): Template | false | undefined {
  const { clientId, wildcardClientId } = rule;
  if (clientId === undefined || clientId === false) return clientId;
  if (wildcardClientId) {
    const fix = 'Keep one of the two: with wildcardClientId the client chooses';
    problems.push({ setting: `${setting}.clientId`, problem: 'it stands beside wildcardClientId', fix });
  }
  const parsed = parseTemplate(clientId);
  if (parsed.ok && clientId !== '') return parsed.template;
  const problem = parsed.ok ? 'it is empty' : parsed.problem;
  problems.push({
    setting: `${setting}.clientId`,
    problem,
    fix: 'Write a template such as "{sub}", or false for none',
  });
  return undefined;
}
