/**
 * Turns the rules of a config into a policy that answers quickly, and finds every mistake in them at once.
 * What a policy answers for an identity is decided in evaluate.ts.
 *
 * Rules may come from JSON or JavaScript, which no compiler has seen: what has not the shape of a rule is a problem for
 * the list as well, and never throws, because a deployed function must not fail at import (S11).
 */
import type { Capability } from '../capability/capability.ts';
import type { ConfigProblem } from '../config-problem.ts';
import type { TokenFormat } from '../token/settled-params.ts';
import { readTokenFormat, readTtlMs } from '../token/token-options.ts';
import { checkRule, type PolicyForm, type RulePart } from './check-rule.ts';
import { type CompiledGrants, compileGrants, NO_GRANTS } from './compile-grant.ts';
import type { JwtExtras } from './jwt-extras.ts';
import { type CompiledMatch, compileMatch, coversAnonymous, kindsOf, matchOf, unreadableClaimPaths } from './match.ts';
import type { Condition, Lookup, Match, MayRevoke, Rule } from './rule.ts';
import { createShapeCheck, excerpt } from './shape-check.ts';
import { parseTemplate, type Template } from './template.ts';

export interface CompiledRule {
  readonly name: string;
  /** What data can say. With a `test` it is only the first half of the answer. */
  readonly covers: CompiledMatch;
  readonly test: Condition | undefined;
  readonly lookup: Lookup | undefined;
  /** Whether it has a function to be asked, of either kind. */
  readonly asks: boolean;
  readonly grants: CompiledGrants;
  /** `false`: no clientId. `undefined`: this rule leaves it to others. */
  readonly clientId: Template | false | undefined;
  readonly wildcardClientId: boolean;
  readonly ttlMs: number | undefined;
  readonly format: TokenFormat | undefined;
  readonly mayRevoke: MayRevoke | undefined;
  /** As written: read by those who issue other credentials than TokenRequests and plain JWTs. */
  readonly jwt: JwtExtras | undefined;
  readonly confidential: boolean;
}

/** What happens to a client that asks for more than it is granted. */
export type OnExcessRequest = 'narrow' | 'refuse';

/** What holds for all rules of a policy. */
export interface PolicyTerms {
  /** What the API key itself may do, as far as that was told: nothing beyond it is granted. Default: no bound. */
  readonly ceiling?: Capability;
  /** Default `narrow`. */
  readonly onExcessRequest?: OnExcessRequest;
  /** How long the functions of all rules together may take, in milliseconds. Default 2,000. */
  readonly deadlineMs?: number;
}

export interface Policy extends Required<Omit<PolicyTerms, 'ceiling'>> {
  readonly rules: readonly CompiledRule[];
  /** Those of them that ask a function; none in a policy of plain data. */
  readonly asking: readonly CompiledRule[];
  readonly ceiling: Capability | undefined;
  /** What problems call the list of rules. */
  readonly setting: string;
}

export const DEFAULT_POLICY_DEADLINE_MS = 2_000;

export interface CompileOptions extends PolicyTerms {
  /** What the problems call the list of rules. Default `rules`. */
  readonly setting?: string;
  /** In which a fix is written. Default `typescript`. */
  readonly form?: PolicyForm;
}

/** @param problems receives what is wrong; with any, the returned policy must not be used */
export function compilePolicy(
  rules: readonly Rule[],
  problems: ConfigProblem[],
  {
    setting = 'rules',
    form = 'typescript',
    ceiling,
    onExcessRequest = 'narrow',
    deadlineMs = DEFAULT_POLICY_DEADLINE_MS,
  }: CompileOptions = {},
): Policy {
  if (rules.length === 0) {
    problems.push({ setting, problem: 'there are none, so nobody is granted anything', fix: 'Write one' });
  }
  const names = new Set<string>();
  const compiled = rules.map((rule, index) => {
    const at = `${setting}[${index}]`;
    const fit = checkRule(rule, at, createShapeCheck(problems), form);
    if (fit.has('name') && names.has(rule.name)) {
      const problem = `another rule is named ${excerpt(rule.name)} too`;
      problems.push({ setting: `${at}.name`, problem, fix: 'Give each its own name' });
    }
    if (fit.has('name')) names.add(rule.name);
    return compileRule(rule, fit, at, form, problems);
  });
  const asking = compiled.filter(({ asks }) => asks);
  return { rules: compiled, asking, ceiling, onExcessRequest, deadlineMs, setting };
}

/** @param fit what may be read of the rule; the rest was reported, and the rule covers nobody if it is about whom */
function compileRule(
  rule: Rule,
  fit: ReadonlySet<RulePart>,
  setting: string,
  form: PolicyForm,
  problems: ConfigProblem[],
): CompiledRule {
  const match = fit.has('when') ? matchOf(rule.when) : {};
  const readable = rule?.when === undefined || (fit.has('when') && areReadable(match, setting, problems));
  const { ttl, format } = rule ?? {};
  const lookup = fit.has('lookup') ? rule.lookup : undefined;
  if (fit.has('wildcardClientId') && coversAnonymous(rule.when)) {
    const fix = 'Let strangers stay nameless, or keep the wildcard for callers who have signed in';
    problems.push({ setting: `${setting}.wildcardClientId`, problem: 'the rule covers anonymous callers', fix });
  }
  return {
    name: fit.has('name') ? rule.name : setting,
    covers: readable && rule ? compileMatch(match) : () => false,
    test: match.test,
    lookup,
    asks: match.test !== undefined || lookup !== undefined,
    grants: fit.has('grant') ? compileGrants(rule.grant, `${setting}.grant`, problems, form) : NO_GRANTS,
    clientId: fit.has('clientId') ? compileClientId(rule, setting, problems) : undefined,
    wildcardClientId: fit.has('wildcardClientId'),
    ttlMs: fit.has('ttl') && ttl !== undefined ? readTtlMs(ttl, `${setting}.ttl`, problems) : undefined,
    format: fit.has('format') && format ? readTokenFormat(format, `${setting}.format`, problems) : undefined,
    mayRevoke: fit.has('mayRevoke') ? compileMayRevoke(rule, setting, problems) : undefined,
    jwt: fit.has('jwt') ? rule.jwt : undefined,
    confidential: fit.has('confidential'),
  };
}

function compileMayRevoke(rule: Rule, setting: string, problems: ConfigProblem[]): MayRevoke | undefined {
  const kinds = kindsOf(matchOf(rule.when));
  if (kinds.includes('anonymous') || (rule.mayRevoke === 'anyone' && kinds.includes('guest'))) {
    const problem = 'the rule covers callers whom anybody can be';
    problems.push({ setting: `${setting}.mayRevoke`, problem, fix: 'Let it cover signed-in users only' });
  }
  return rule.mayRevoke;
}

function areReadable(match: Match, setting: string, problems: ConfigProblem[]): boolean {
  const unreadable = unreadableClaimPaths(match);
  for (const path of unreadable) {
    const fix = 'Dots descend; quote a name that has dots or spaces in it: "https://app.example/roles"';
    problems.push({ setting: `${setting}.when.claims`, problem: `${excerpt(path)} is not a claim`, fix });
  }
  return unreadable.length === 0;
}

function compileClientId(rule: Rule, setting: string, problems: ConfigProblem[]): Template | false | undefined {
  const { clientId, wildcardClientId } = rule;
  if (clientId === undefined || clientId === false) return clientId;
  if (wildcardClientId) {
    const fix = 'Keep one of the two: with wildcardClientId the client chooses';
    problems.push({ setting: `${setting}.clientId`, problem: 'it stands beside wildcardClientId', fix });
  }
  if (coversAnonymous(rule.when)) {
    const fix =
      'Leave it out: an anonymous caller has none, and one that is given a name could be taken for its bearer';
    problems.push({ setting: `${setting}.clientId`, problem: 'the rule covers anonymous callers', fix });
  }
  const parsed = parseTemplate(clientId);
  if (parsed.ok) return parsed.template;
  const fix = 'Write a template such as "{sub}", or false for none';
  problems.push({ setting: `${setting}.clientId`, problem: `it ${parsed.problem}`, fix });
  return undefined;
}
