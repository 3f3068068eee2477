/**
 * Rules written as JSON: the same objects that `auth.config.ts` holds, for functions that nobody can edit.
 *
 * Decides the shape, as `policy.schema.json` publishes it: a property that is not known is refused, because a misspelt
 * `when` would otherwise cover everybody. Whether the rules make sense is decided in compile-policy.ts. No value is
 * repeated beyond a short, escaped excerpt.
 */
import { OPERATIONS } from '../capability/operations.ts';
import type { ConfigProblem } from '../config-problem.ts';
import { TOKEN_FORMATS } from '../token/settled-params.ts';
import { compilePolicy } from './compile-policy.ts';
import { parsePolicyText } from './json-text.ts';
import type { Rule } from './rule.ts';
import { createShapeCheck, excerpt, isObject, type ShapeCheck } from './shape-check.ts';

const KINDS = ['user', 'guest', 'anonymous'];

/**
 * @param setting what the problems call the text as a whole; those inside it are called by their path, `rules[2].ttl`
 * @returns `undefined` beside new problems
 */
export function readJsonPolicy(text: string, setting: string, problems: ConfigProblem[]): readonly Rule[] | undefined {
  const problemsBefore = problems.length;
  const parsed = parsePolicyText(text, setting, problems);
  if (!parsed) return undefined;
  const { value } = parsed;
  const check = createShapeCheck(problems);
  if (Array.isArray(value)) {
    check.report(setting, 'it is a list', 'Write {"rules": [...]} around it');
    return undefined;
  }
  if (!check.object(value, setting, ['rules'], ['$schema'], '')) return undefined;
  if ('$schema' in value) check.text(value.$schema, '$schema');
  if (!check.list(value.rules, 'rules')) return undefined;

  const fits = value.rules.map((rule, index) => check.adding(() => checkRule(rule, `rules[${index}]`, check)));
  if (problems.length === problemsBefore) return value.rules as readonly Rule[];
  // The others are looked at all the same, each in its own place, so that everything is mended in one go.
  const others = value.rules.map((rule, index) => (fits[index] ? (rule as Rule) : standIn(index)));
  compilePolicy(others, problems);
  return undefined;
}

function standIn(index: number): Rule {
  return { name: `\u0000${index}`, grant: {} };
}

function checkRule(rule: unknown, path: string, check: ShapeCheck): void {
  const optional = ['when', 'clientId', 'wildcardClientId', 'ttl', 'format'];
  if (!check.object(rule, path, ['name', 'grant'], optional)) return;
  const { name, when, grant, clientId, wildcardClientId, ttl, format } = rule;
  if (name !== undefined) check.text(name, `${path}.name`);
  if (when !== undefined) checkMatch(when, `${path}.when`, check);
  if (grant !== undefined) checkGrant(grant, `${path}.grant`, check);
  if (clientId !== undefined && clientId !== false) check.text(clientId, `${path}.clientId`, 'a text or false');
  if (wildcardClientId !== undefined && wildcardClientId !== true) {
    check.report(`${path}.wildcardClientId`, `it is ${excerpt(wildcardClientId)}`, 'Write true, or leave it out');
  }
  if (ttl !== undefined && !(typeof ttl === 'string' && /^[0-9]{1,9}[smhd]$/.test(ttl))) {
    check.report(`${path}.ttl`, `${excerpt(ttl)} is not a duration`, 'Write "900s", "15m" or "1h"');
  }
  if (format !== undefined) check.oneOf(format, `${path}.format`, TOKEN_FORMATS);
}

function checkMatch(match: unknown, path: string, check: ShapeCheck): void {
  if (!check.object(match, path, [], ['kind', 'source', 'claims'])) return;
  const { kind, source, claims } = match;
  if (kind !== undefined) check.oneOrMany(kind, `${path}.kind`, (item, at) => check.oneOf(item, at, KINDS));
  if (source !== undefined) check.oneOrMany(source, `${path}.source`, (item, at) => check.text(item, at));
  if (claims === undefined) return;
  for (const [claim, test] of check.entries(claims, `${path}.claims`)) {
    checkClaim(test, `${path}.claims[${excerpt(claim)}]`, check);
  }
}

function checkClaim(test: unknown, path: string, check: ShapeCheck): void {
  if (isScalar(test)) return;
  const names = isObject(test) ? Object.keys(test) : [];
  const [name] = names;
  const { oneOf, contains, present } = isObject(test) ? test : {};
  if (names.length !== 1 || !['oneOf', 'contains', 'present'].includes(name ?? '')) {
    const fix = 'Write a text, a number, true or false, or an object with one of oneOf, contains, present';
    check.report(path, 'it is not a test of a claim', fix);
  } else if (name === 'oneOf') {
    if (!check.list(oneOf, `${path}.oneOf`)) return;
    for (const [index, item] of oneOf.entries()) checkScalar(item, `${path}.oneOf[${index}]`, check);
  } else if (name === 'contains') {
    checkScalar(contains, `${path}.contains`, check);
  } else if (typeof present !== 'boolean') {
    check.report(`${path}.present`, `it is ${excerpt(present)}`, 'Write true or false');
  }
}

function checkScalar(value: unknown, path: string, check: ShapeCheck): void {
  if (!isScalar(value)) check.report(path, `it is ${excerpt(value)}`, 'Write a text, a number, true or false');
}

function checkGrant(grant: unknown, path: string, check: ShapeCheck): void {
  for (const [resource, given] of check.entries(grant, path)) {
    const at = `${path}[${excerpt(resource)}]`;
    if (Array.isArray(given)) {
      checkOperations(given, at, check);
    } else if (!isObject(given)) {
      const fix = 'Write a list of operations, or {"operations": [...], "broad": "the reason"}';
      check.report(at, `it is ${excerpt(given)}`, fix);
    } else if (check.object(given, at, ['operations', 'broad'], [])) {
      const { operations, broad } = given;
      if (operations !== undefined) checkOperations(operations, `${at}.operations`, check);
      if (broad !== undefined && !(typeof broad === 'string' && /\S/.test(broad))) {
        check.report(`${at}.broad`, 'it gives no reason', 'Say in a few words why it is meant');
      }
    }
  }
}

function checkOperations(operations: unknown, path: string, check: ShapeCheck): void {
  if (!check.list(operations, path)) return;
  for (const [index, operation] of operations.entries()) {
    check.oneOf(operation, `${path}[${index}]`, [...OPERATIONS, '*']);
  }
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
