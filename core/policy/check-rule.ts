/**
 * The shape of a rule, as `policy.schema.json` publishes it, property by property: a policy may come from JSON or from
 * JavaScript, which no compiler has seen. A property that is not known is refused, because a misspelt `when` would
 * otherwise cover everybody. What a rule means is decided in compile-policy.ts.
 *
 * Of a value its type is said: it may have come from the environment (S10). Names are repeated, short and escaped.
 */
import { OPERATIONS } from '../capability/operations.ts';
import { TOKEN_FORMATS } from '../token/settled-params.ts';
import { PRESETS } from './presets.ts';
import { excerpt, isObject, type JsonObject, kindOf, type ShapeCheck, unknownOf } from './shape-check.ts';

const KINDS = ['user', 'guest', 'anonymous'];
const GRANTABLE: ReadonlySet<unknown> = new Set([...OPERATIONS, '*', ...PRESETS.keys()]);

/** Which form a policy is written in: JSON has no functions. */
export type PolicyForm = 'json' | 'typescript';

/** Each property of a rule that has a shape of its own. */
const PARTS = {
  name: (value, path, check) => check.text(value, path),
  when: checkWhen,
  lookup: (value, path, check) => {
    if (typeof value !== 'function') check.report(path, `it is ${kindOf(value)}`, 'Write a function');
  },
  grant: checkGrant,
  clientId: (value, path, check) => {
    if (value !== false) check.text(value, path, 'a text or false');
  },
  wildcardClientId: isTrue,
  ttl: (value, path, check) => {
    if (typeof value === 'string' && /^[0-9]{1,9}[smhd]$/.test(value)) return;
    check.report(path, 'it is not a duration', 'Write "900s", "15m" or "1h"');
  },
  format: (value, path, check) => check.oneOf(value, path, TOKEN_FORMATS),
  mayRevoke: (value, path, check) => check.oneOf(value, path, ['self', 'anyone']),
  // What is in it is looked at by compile-extras.ts, which only those who use it load.
  jwt: (value, path, check) => {
    if (!isObject(value)) check.report(path, `it is ${kindOf(value)}`, 'Write an object, {...}');
  },
  confidential: isTrue,
} as const satisfies Record<string, PartCheck>;

type PartCheck = (value: unknown, path: string, check: ShapeCheck, form: PolicyForm) => void;
export type RulePart = keyof typeof PARTS;

/**
 * Reports all that is wrong with the shape of a rule.
 *
 * @returns the parts that are there and fit to be read; none when it is no rule at all
 */
export function checkRule(
  rule: unknown,
  path: string,
  check: ShapeCheck,
  form: PolicyForm = 'typescript',
): ReadonlySet<RulePart> {
  const fit = new Set<RulePart>();
  const optional = Object.keys(PARTS).filter(
    (part) => part !== 'name' && part !== 'grant' && (part !== 'lookup' || form !== 'json'),
  );
  if (!check.object(rule, path, ['name', 'grant'], optional)) return fit;
  for (const part of Object.keys(PARTS) as RulePart[]) {
    const value = rule[part];
    if (value === undefined || (part === 'lookup' && form === 'json')) continue;
    if (check.adding(() => PARTS[part](value, `${path}.${part}`, check, form))) fit.add(part);
  }
  return fit;
}

function isTrue(value: unknown, path: string, check: ShapeCheck): void {
  if (value !== true) check.report(path, `it is ${kindOf(value)}`, 'Write true, or leave it out');
}

function checkWhen(when: unknown, path: string, check: ShapeCheck, form: PolicyForm): void {
  const functions = form === 'typescript';
  if (functions && typeof when === 'function') return;
  if (!check.object(when, path, [], ['kind', 'source', 'claims', ...(functions ? ['test'] : [])])) return;
  const { kind, source, claims, test } = when;
  if (kind !== undefined) check.oneOrMany(kind, `${path}.kind`, (item, at) => check.oneOf(item, at, KINDS));
  if (source !== undefined) check.oneOrMany(source, `${path}.source`, (item, at) => check.text(item, at));
  if (functions && test !== undefined && typeof test !== 'function') {
    check.report(`${path}.test`, `it is ${kindOf(test)}`, 'Write a function');
  }
  if (claims === undefined) return;
  for (const [claim, wanted] of check.entries(claims, `${path}.claims`)) {
    checkClaim(wanted, `${path}.claims[${excerpt(claim)}]`, check);
  }
}

function checkClaim(test: unknown, path: string, check: ShapeCheck): void {
  if (isScalar(test)) return;
  const names = isObject(test) ? Object.keys(test) : [];
  const [name] = names;
  const { oneOf, contains, present }: JsonObject = isObject(test) ? test : {};
  if (names.length !== 1 || !['oneOf', 'contains', 'present'].includes(name ?? '')) {
    const fix = 'Write a text, a number, true or false, or an object with one of oneOf, contains, present';
    check.report(path, 'it is not a test of a claim', fix);
  } else if (name === 'oneOf') {
    if (!check.list(oneOf, `${path}.oneOf`)) return;
    for (const [index, item] of oneOf.entries()) checkScalar(item, `${path}.oneOf[${index}]`, check);
  } else if (name === 'contains') {
    checkScalar(contains, `${path}.contains`, check);
  } else if (typeof present !== 'boolean') {
    check.report(`${path}.present`, `it is ${kindOf(present)}`, 'Write true or false');
  }
}

function checkScalar(value: unknown, path: string, check: ShapeCheck): void {
  if (!isScalar(value)) check.report(path, `it is ${kindOf(value)}`, 'Write a text, a number, true or false');
}

function checkGrant(grant: unknown, path: string, check: ShapeCheck): void {
  for (const [resource, given] of check.entries(grant, path)) {
    const at = `${path}[${excerpt(resource)}]`;
    if (Array.isArray(given)) {
      checkOperations(given, at, check);
    } else if (!isObject(given)) {
      const fix = 'Write a list of operations, or {"operations": [...], "broad": "the reason"}';
      check.report(at, `it is ${kindOf(given)}`, fix);
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
    if (GRANTABLE.has(operation)) continue;
    const fix = 'Write an operation as Ably names it, such as publish, or a preset, such as preset:chat-room';
    check.report(`${path}[${index}]`, unknownOf(operation), fix);
  }
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
