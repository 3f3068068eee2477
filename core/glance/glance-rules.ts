/**
 * The rules of a config that are plainly in order, compiled; what else there may be is left to compile-policy.ts, as
 * glance-config.ts says.
 */
import { isOperation, type Operation, type OperationSet } from '../capability/operations.ts';
import type { CompiledGrants, TemplateGrant } from '../policy/compile-grant.ts';
import type { CompiledRule, Policy } from '../policy/compile-policy.ts';
import { sampleOf, templateResourceProblem, whyBroad } from '../policy/grant-shape.ts';
import { compileMatch, coversAnonymous, matchOf, unreadableClaimPaths } from '../policy/match.ts';
import type { Rule } from '../policy/rule.ts';
import { parseTemplate } from '../policy/template.ts';

const KINDS: readonly unknown[] = ['user', 'guest', 'anonymous'];

/** What a preset stands for, where there is one of this name: `presetOperations`, which few configs need. */
export type ReadPreset = (name: unknown) => readonly Operation[] | undefined;

export function glanceRules(rules: readonly Rule[], readPreset: ReadPreset): Policy | undefined {
  const compiled: CompiledRule[] = [];
  if (!Array.isArray(rules) || rules.length === 0) return undefined;
  for (const rule of rules) {
    const next = glanceRule(rule, readPreset);
    if (!next || compiled.some(({ name }) => name === next.name)) return undefined;
    compiled.push(next);
  }
  return {
    rules: compiled,
    asking: [],
    ceiling: undefined,
    onExcessRequest: 'narrow',
    deadlineMs: 2_000,
    setting: 'rules',
  };
}

function glanceRule(rule: Rule, readPreset: ReadPreset): CompiledRule | undefined {
  if (!isPlain(rule, ['name', 'when', 'grant', 'clientId']) || !isText(rule.name)) return undefined;
  const { name, when, grant, clientId } = rule;
  const match = matchOf(when);
  const grants =
    when !== null && isMatch(match) && unreadableClaimPaths(match).length === 0
      ? glanceGrants(grant, readPreset)
      : undefined;
  const parsed = isText(clientId) && !coversAnonymous(match) ? parseTemplate(clientId) : undefined;
  if (!grants || (clientId !== undefined && clientId !== false && !parsed?.ok)) return undefined;
  return {
    name,
    covers: compileMatch(match),
    test: undefined,
    lookup: undefined,
    asks: false,
    grants,
    clientId: parsed?.ok ? parsed.template : (clientId as false | undefined),
    wildcardClientId: false,
    ttlMs: undefined,
    format: undefined,
    mayRevoke: undefined,
    jwt: undefined,
    confidential: false,
  };
}

function isMatch(match: unknown): boolean {
  if (!isPlain(match, ['kind', 'source', 'claims'])) return false;
  const { kind, source, claims } = match;
  return (
    (kind === undefined || areAll(kind, (item) => KINDS.includes(item))) &&
    (source === undefined || areAll(source, isText)) &&
    (claims === undefined || (isPlain(claims) && Object.values(claims).every(isClaimTest)))
  );
}

function isClaimTest(test: unknown): boolean {
  if (isScalar(test)) return true;
  if (!isPlain(test, ['oneOf', 'contains', 'present']) || Reflect.ownKeys(test).length !== 1) return false;
  const { oneOf, contains, present } = test;
  return typeof present === 'boolean' || isScalar(contains) || (Array.isArray(oneOf) && areAll(oneOf, isScalar));
}

function glanceGrants(grant: unknown, readPreset: ReadPreset): CompiledGrants | undefined {
  if (!isPlain(grant)) return undefined;
  const fixed = new Map<string, OperationSet>();
  const templates: TemplateGrant[] = [];
  for (const [text, value] of Object.entries(grant)) {
    const { operations: list, broad }: Readonly<Record<string, unknown>> = isPlain(value, ['operations', 'broad'])
      ? value
      : { operations: value };
    const operations = readOperations(list, readPreset);
    const parsed = parseTemplate(text);
    if (!operations || !parsed.ok || (isPlain(value) && !(isText(broad) && broad.trim()))) return undefined;
    const { template } = parsed;
    const sample = sampleOf(template);
    if (templateResourceProblem(template, sample) || (whyBroad(sample, operations) && !broad)) return undefined;
    if (template.placeholders.length > 0) templates.push({ template, operations });
    else fixed.set(text, operations);
  }
  return { fixed, templates };
}

function readOperations(list: unknown, readPreset: ReadPreset): OperationSet | undefined {
  const operations = new Set<Operation>();
  for (const name of Array.isArray(list) ? list : []) {
    const named = isOperation(name) ? [name] : readPreset(name);
    if (!named) return undefined;
    for (const operation of named) operations.add(operation);
  }
  return operations.size === 0 || (operations.has('*') && operations.size > 1) ? undefined : operations;
}

/** An object as it is written in a config, with no properties but these. */
export function isPlain(value: unknown, names?: readonly string[]): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false;
  return !names || Reflect.ownKeys(value).every((name) => names.includes(name as string));
}

function areAll(oneOrMany: unknown, fits: (item: unknown) => boolean): boolean {
  return Array.isArray(oneOrMany) ? oneOrMany.length > 0 && [...oneOrMany].every(fits) : fits(oneOrMany);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isScalar(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
