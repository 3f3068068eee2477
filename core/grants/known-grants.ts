/**
 * What a remembered grant is still worth, and what of that which is asked for has to be checked. Pure.
 */
import { bothOperations, givesOperation } from '../capability/operations.ts';
import type { Check, CheckResult } from './ask-checks.ts';
import type { RememberedGrant } from './grant-memory.ts';
import type { CompiledRequestable } from './grants-choice.ts';
import { matchResource } from './match-resource.ts';
import type { Rights } from './rights-on.ts';

/** As far as the entry that it came from still is there, for this caller and about this resource; cut to what it gives. */
export function stillCounting(
  grant: RememberedGrant,
  entries: readonly CompiledRequestable[],
): RememberedGrant | undefined {
  const entry = entries.find(({ name }) => name === grant.entry);
  if (!entry || !matchResource(entry.template, grant.resource)) return undefined;
  const both = bothOperations(grant.operations, entry.operations);
  if (both.size === 0) return undefined;
  // The very set of the entry where it is the same: what is written of a set is remembered with it (canonical.ts).
  return { ...grant, operations: both.size === entry.operations.size ? entry.operations : both };
}

/**
 * One for each entry that is about a resource, unless what it could give is known already, or granted by the policy.
 *
 * @param granted what the policy gives on these resources
 */
export function checksOf(
  resources: readonly string[],
  entries: readonly CompiledRequestable[],
  known: readonly RememberedGrant[],
  granted: Rights,
): readonly Check[] {
  const answered = new Set(known.map(identityOf));
  return [...new Set(resources)].flatMap((resource) =>
    entries.flatMap((entry) => {
      const values = matchResource(entry.template, resource);
      if (!values || answered.has(identityOf({ entry: entry.name, resource }))) return [];
      const given = granted.get(resource);
      const isGranted = given && [...entry.operations].every((operation) => givesOperation(given, operation));
      return isGranted ? [] : [{ entry, resource, values }];
    }),
  );
}

export function approvedBy(
  checks: readonly Check[],
  results: ReadonlyMap<Check, CheckResult>,
): readonly RememberedGrant[] {
  return checks.flatMap((check) => {
    const operations = results.get(check);
    if (operations === undefined || typeof operations === 'string') return [];
    return [{ entry: check.entry.name, resource: check.resource, operations }];
  });
}

/** Those that are not among the others, by entry and resource. */
export function without<Grant extends Pick<RememberedGrant, 'entry' | 'resource'>>(
  grants: readonly Grant[],
  others: readonly Pick<RememberedGrant, 'entry' | 'resource'>[],
): readonly Grant[] {
  const left = new Set(others.map(identityOf));
  return grants.filter((grant) => !left.has(identityOf(grant)));
}

/** No resource has a line break in it (match-resource.ts). */
function identityOf({ entry, resource }: Pick<RememberedGrant, 'entry' | 'resource'>): string {
  return `${resource}\n${entry}`;
}
