/** Whether a rule covers an identity. Reads the identity only, compares without coercion, and has no side effects. */
import type { Identity, IdentityKind } from '../identity/identity.ts';
import { type ClaimPath, parseClaimPath, readClaim } from './claim-path.ts';
import type { ClaimTest, Match } from './rule.ts';

export type CompiledMatch = (identity: Identity) => boolean;

/** Every claim path of a match that cannot be read, for the list of configuration problems. */
export function unreadableClaimPaths(match: Match): readonly string[] {
  return Object.keys(match.claims ?? {}).filter((path) => parseClaimPath(path) === undefined);
}

export function compileMatch(match: Match): CompiledMatch {
  const kinds: ReadonlySet<IdentityKind> = new Set(listOf(match.kind ?? 'user'));
  const sources = match.source === undefined ? undefined : new Set(listOf(match.source));
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
