/**
 * Whether a rule covers an identity, as far as data can say: kind, source and claims. Reads the identity only, compares
 * without coercion, and has no side effects. A function beside them is asked in look-up.ts.
 */
import type { Identity, IdentityKind } from '../identity/identity.ts';
import { type ClaimPath, parseClaimPath, readClaim } from './claim-path.ts';
import type { ClaimTest, Condition, Match } from './rule.ts';

export type CompiledMatch = (identity: Identity) => boolean;

/** The two spellings of `when` as one: a function alone is the test of a match on signed-in users. */
export function matchOf(when: Match | Condition | undefined): Match {
  return typeof when === 'function' ? { test: when } : (when ?? {});
}

/** Kinds that a match names, or what it means when it names none (S1). */
export function kindsOf(match: Match): readonly IdentityKind[] {
  return listOf(match.kind ?? 'user');
}

/** Whether a rule is about strangers too: only one that names them is (S1). */
export function coversAnonymous(when: Match | Condition | undefined): boolean {
  return kindsOf(matchOf(when)).includes('anonymous');
}

/** Sources that a match names; `undefined` when any will do. */
export function sourcesOf(match: Match): readonly string[] | undefined {
  return match.source === undefined ? undefined : listOf(match.source);
}

/** Every claim path of a match that cannot be read, for the list of configuration problems. */
export function unreadableClaimPaths(match: Match): readonly string[] {
  return Object.keys(match.claims ?? {}).filter((path) => parseClaimPath(path) === undefined);
}

export function compileMatch(match: Match): CompiledMatch {
  const kinds: ReadonlySet<IdentityKind> = new Set(kindsOf(match));
  const named = sourcesOf(match);
  const sources = named && new Set(named);
  const tests: { readonly path: ClaimPath; readonly test: ClaimTest }[] = [];
  for (const [text, test] of Object.entries(match.claims ?? {})) {
    const path = parseClaimPath(text);
    if (!path) throw new TypeError(`"${text}" is not a claim path`);
    tests.push({ path, test });
  }
  return (identity) =>
    kinds.has(identity.kind) &&
    (sources === undefined || sources.has(identity.source)) &&
    tests.every(({ path, test }) => passes(test, readClaim(identity.claims, path)));
}

function passes(test: ClaimTest, value: unknown): boolean {
  if (typeof test !== 'object') return value === test;
  if ('oneOf' in test) return test.oneOf.some((allowed) => allowed === value);
  if ('contains' in test) return Array.isArray(value) && value.includes(test.contains);
  return (value !== undefined) === test.present;
}

function listOf<T>(oneOrMany: T | readonly T[]): readonly T[] {
  return Array.isArray(oneOrMany) ? oneOrMany : [oneOrMany as T];
}
