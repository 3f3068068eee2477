/**
 * What the policy says of one identity: the rights that the matching rules add up to, and the clientId, ttl and format
 * that the first of them to name one decides. Pure: what functions have to say was asked before (look-up.ts), and what
 * the client asked for is not known here (see decide.ts).
 */

import { unionAll } from '../capability/algebra.ts';
import type { Capability } from '../capability/capability.ts';
import type { OperationSet } from '../capability/operations.ts';
import type { Identity } from '../identity/identity.ts';
import type { TokenFormat } from '../token/settled-params.ts';
import type { TemplateGrant } from './compile-grant.ts';
import type { CompiledRule, Policy } from './compile-policy.ts';
import { type Answers, NO_ANSWERS, type RuleAnswer } from './look-up.ts';
import { expandTemplate, type Shortfall, type Template } from './template.ts';

/** A grant, or one element of a list in it, that a caller did not get although the rule matched. */
export interface LeftOut extends Shortfall {
  readonly rule: string;
  readonly grant: string;
}

export interface Evaluation {
  /** In the order of the policy. */
  readonly matched: readonly CompiledRule[];
  readonly matchedRules: readonly string[];
  readonly capability: Capability;
  /** `undefined`: no rule named one. */
  readonly clientId: Template | false | undefined;
  readonly wildcardClientId: boolean;
  readonly ttlMs: number | undefined;
  readonly format: TokenFormat | undefined;
  readonly leftOut: readonly LeftOut[];
}

/** @param answers of the functions; a rule that asks one and has no answer covers nobody */
export function evaluate(policy: Policy, identity: Identity, answers: Answers = NO_ANSWERS): Evaluation {
  const leftOut: LeftOut[] = [];
  const matched = policy.rules.filter(
    (rule) => rule.covers(identity) && (!rule.asks || isCovered(rule, answers.get(rule), leftOut)),
  );
  const capabilities = matched.map((rule) => grantedBy(rule, identity, answers.get(rule), leftOut));
  return {
    matched,
    matchedRules: matched.map(({ name }) => name),
    capability: unionAll(capabilities),
    clientId: matched.find(({ clientId }) => clientId !== undefined)?.clientId,
    wildcardClientId: matched.some(({ wildcardClientId }) => wildcardClientId),
    ttlMs: matched.find(({ ttlMs }) => ttlMs !== undefined)?.ttlMs,
    format: matched.find(({ format }) => format !== undefined)?.format,
    leftOut,
  };
}

/** What one grant came to for one caller. */
export interface ExpandedGrant {
  readonly resources: readonly string[];
  readonly shortfalls: readonly Shortfall[];
}

/**
 * Once over the claims, or, when it reads what the rule looked up, once for each row. Where there is a look-up, the name
 * `lookup` is its own: a claim that is called so, or like a value that was not found, never takes its place.
 */
export function expandGrant({ template }: TemplateGrant, identity: Identity, answer?: RuleAnswer): ExpandedGrant {
  const { claims } = identity;
  const rows = answer?.rows;
  if (rows === undefined || !template.placeholders.some(({ path }) => path[0] === 'lookup')) {
    return expansionOver(template, claims);
  }
  if (rows.length === 0) return expansionOver(template, { ...claims, lookup: undefined });
  const resources = new Set<string>();
  // What is wrong with a thousand rows is one remark, not a thousand.
  const shortfalls = new Map<string, Shortfall>();
  for (const row of rows) {
    const expansion = expandTemplate(template, { ...claims, lookup: row });
    for (const value of expansion.values) resources.add(value);
    for (const shortfall of expansion.shortfalls)
      shortfalls.set(`${shortfall.why} ${shortfall.placeholder}`, shortfall);
  }
  return { resources: [...resources], shortfalls: [...shortfalls.values()] };
}

function expansionOver(template: Template, claims: Identity['claims']): ExpandedGrant {
  const { values: resources, shortfalls } = expandTemplate(template, claims);
  return { resources, shortfalls };
}

function isCovered(rule: CompiledRule, answer: RuleAnswer | undefined, leftOut: LeftOut[]): boolean {
  if (answer?.unfit === 'when')
    reportUnfit(rule, 'when', [...rule.grants.fixed.keys(), ...templateTexts(rule)], leftOut);
  return answer?.covers === true;
}

function grantedBy(
  rule: CompiledRule,
  identity: Identity,
  answer: RuleAnswer | undefined,
  leftOut: LeftOut[],
): Capability {
  const { fixed, templates } = rule.grants;
  if (templates.length === 0) return fixed;
  if (answer?.unfit === 'lookup') reportUnfit(rule, 'lookup', templateTexts(rule), leftOut);
  const capabilities: Capability[] = [fixed];
  for (const grant of templates) {
    const { resources, shortfalls } = expandGrant(grant, identity, answer);
    for (const shortfall of shortfalls) leftOut.push({ ...shortfall, rule: rule.name, grant: grant.template.text });
    if (resources.length > 0) capabilities.push(sameOperations(resources, grant.operations));
  }
  return unionAll(capabilities);
}

function reportUnfit(rule: CompiledRule, placeholder: string, grants: readonly string[], leftOut: LeftOut[]): void {
  for (const grant of grants) leftOut.push({ why: 'unfit', placeholder, rule: rule.name, grant });
}

function templateTexts(rule: CompiledRule): readonly string[] {
  return rule.grants.templates.map(({ template }) => template.text);
}

function sameOperations(resources: readonly string[], operations: OperationSet): Capability {
  return new Map(resources.map((resource) => [resource, operations]));
}
