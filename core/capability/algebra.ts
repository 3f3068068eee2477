/**
 * Compares and combines capabilities as sets of rights, exactly: a right is an operation on a channel.
 *
 * Resources are grouped by their outline, the places of their wildcards, and two groups are joined by a hash of what
 * both spell out. So the cost is linear in each side and in the result; outlines are few in practice. A result can have
 * a resource for each pair (`a1:*`, `a2:*` … with `*:b1`, `*:b2` …): whoever takes one side from a client bounds it.
 * Pure: arguments are never changed, and may be shared by results.
 *
 * Source: https://ably.com/docs/auth/capabilities#capability-determination
 */
import { type Capability, EMPTY_CAPABILITY } from './capability.ts';
import { lengthsMeet, meet } from './coverage.ts';
import { bothOperations, eitherOperations, givesOperation, type OperationSet } from './operations.ts';
import { formatResource, type Path, parseResource } from './resource.ts';

interface Entry {
  readonly path: Path;
  readonly operations: OperationSet;
}

/** The rights of either. */
export function union(a: Capability, b: Capability): Capability {
  return unionAll([a, b]);
}

/** The rights of any of them; the empty capability when there is none. */
export function unionAll(capabilities: readonly Capability[]): Capability {
  const [first = EMPTY_CAPABILITY, ...others] = capabilities.filter((capability) => capability.size > 0);
  if (others.length === 0) return first;
  const all = new Map(first);
  for (const capability of others) {
    for (const [resource, operations] of capability) grant(all, resource, operations);
  }
  return all;
}

/** The rights of both, each resource as narrow as the two sides make it. What Ably does with a key and a request. */
export function intersect(a: Capability, b: Capability): Capability {
  return intersectWithin(a, b, Number.POSITIVE_INFINITY) ?? EMPTY_CAPABILITY;
}

/**
 * The same, given up when it would have more than `maxResources`: where wildcards cross (`a:*` and `*:b`) every pair is
 * a resource of its own, and one side may be a client's.
 *
 * @returns `undefined` when it was given up
 */
export function intersectWithin(a: Capability, b: Capability, maxResources: number): Capability | undefined {
  const common = new Map<string, OperationSet>();
  const outlinesOfB = byOutline(b);
  for (const [outlineA, entriesA] of byOutline(a)) {
    for (const [outlineB, entriesB] of outlinesOfB) {
      if (!lengthsMeet(outlineA, outlineB)) continue;
      // Two paths have channels in common exactly when they agree wherever neither has a wildcard.
      const literals = literalPlaces(outlineA, outlineB);
      const index = indexBy(literals, entriesB);
      for (const entryA of entriesA) {
        for (const entryB of index.get(cellsAt(literals, entryA.path)) ?? []) {
          const operations = bothOperations(entryA.operations, entryB.operations);
          if (operations.size === 0) continue;
          grant(common, formatResource(meet(entryA.path, entryB.path)), operations);
          if (common.size > maxResources) return undefined;
        }
      }
    }
  }
  return common;
}

/** Whether every right of `inner` is one of `outer`. */
export function contains(outer: Capability, inner: Capability): boolean {
  const indexes = [...byOutline(outer)].map(([outline, entries]) => {
    const literals = literalPlaces(outline, outline);
    return { outline, literals, index: indexBy(literals, entries) };
  });
  for (const [resource, operations] of inner) {
    const path = parseResource(resource);
    const missing = new Set(operations);
    for (const { outline, literals, index } of indexes) {
      if (outline.length > path.length || !lengthsMeet(outline, path)) continue;
      for (const entry of index.get(cellsAt(literals, path)) ?? []) {
        for (const operation of missing) {
          if (givesOperation(entry.operations, operation)) missing.delete(operation);
        }
      }
    }
    if (missing.size > 0) return false;
  }
  return true;
}

function grant(capability: Map<string, OperationSet>, resource: string, operations: OperationSet): void {
  const already = capability.get(resource);
  capability.set(resource, already === undefined ? operations : eitherOperations(already, operations));
}

/** One character for the qualifier and each segment: `*` for a wildcard, `-` for a literal. */
function byOutline(capability: Capability): Map<string, Entry[]> {
  const groups = new Map<string, Entry[]>();
  for (const [resource, operations] of capability) {
    const path = parseResource(resource);
    let outline = '';
    for (const cell of path) outline += cell === '*' ? '*' : '-';
    append(groups, outline, { path, operations });
  }
  return groups;
}

/** The places where both outlines have a literal. */
function literalPlaces(a: string, b: string): number[] {
  const places: number[] = [];
  for (let i = 0; i < a.length && i < b.length; i++) {
    if (a[i] === '-' && b[i] === '-') places.push(i);
  }
  return places;
}

function indexBy(places: readonly number[], entries: readonly Entry[]): Map<string, Entry[]> {
  const index = new Map<string, Entry[]>();
  for (const entry of entries) append(index, cellsAt(places, entry.path), entry);
  return index;
}

/** What a path has at these places, joined by what no segment contains. */
function cellsAt(places: readonly number[], path: Path): string {
  let cells = '';
  for (const place of places) cells += `${path[place]}:`;
  return cells;
}

function append<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
