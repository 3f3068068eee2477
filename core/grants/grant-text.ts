/**
 * Writes grants as the short text that is sealed, and reads it back. What makes it short: a client holds many grants of
 * few entries, so that what resources of one entry share, and what may be done with them, is written once; and a UUID is
 * written as 23 characters instead of 36.
 *
 * Read only after its seal has been opened: only `writeGrants` can have made it.
 */
import type { Operation } from '../capability/operations.ts';
import { MAX_SIGNED_GRANT_BYTES } from '../limits.ts';
import type { RememberedGrant } from './grant-memory.ts';

export interface SealedGrants {
  /** Of the holder and the key (grant-holder.ts). */
  readonly bound: string;
  readonly policyVersion: string;
  /** When the oldest of them was approved, in seconds since the epoch. */
  readonly sinceSeconds: number;
  /** Oldest first. */
  readonly grants: readonly RememberedGrant[];
}

/** What resources of one entry with the same operations share: its name, their beginning and end, the operations. */
type Kind = readonly [entry: string, prefix: string, suffix: string, operations: string];
/** Kinds by their index, each with resources in the order of their approval. Resources have no comma in them. */
type Written = readonly [bound: string, policyVersion: string, since: number, kinds: readonly Kind[], ...runs: Run[]];
type Run = number | string;

/** `v1.`, the key's id, two dots and the MAC; base64url writes three bytes as four characters. */
const MAX_TEXT_BYTES = Math.floor((MAX_SIGNED_GRANT_BYTES - 56) * 0.75);

/**
 * @param prefixOf what every resource of an entry begins with and ends in
 * @returns the text, and how many of the oldest it has no room for
 */
export function writeGrants(
  sealed: SealedGrants,
  prefixOf: (entry: string) => readonly [prefix: string, suffix: string],
): { readonly text: string; readonly dropped: number } {
  const { grants } = sealed;
  const whole = writeAll(sealed, grants, prefixOf);
  if (Buffer.byteLength(whole) <= MAX_TEXT_BYTES) return { text: whole, dropped: 0 };
  // A shorter list never makes a longer text, so the longest that fits is found by halving.
  let [fits, tooMany] = [0, grants.length];
  let text = writeAll(sealed, [], prefixOf);
  while (tooMany - fits > 1) {
    const count = Math.floor((fits + tooMany) / 2);
    const attempt = writeAll(sealed, grants.slice(grants.length - count), prefixOf);
    if (Buffer.byteLength(attempt) <= MAX_TEXT_BYTES) [fits, text] = [count, attempt];
    else tooMany = count;
  }
  return { text, dropped: grants.length - fits };
}

function writeAll(
  { bound, policyVersion, sinceSeconds }: SealedGrants,
  grants: readonly RememberedGrant[],
  prefixOf: (entry: string) => readonly [prefix: string, suffix: string],
): string {
  const kinds = new Map<string, number>();
  const listed: Kind[] = [];
  const runs: Run[] = [];
  let current = -1;
  for (const { entry, resource, operations } of grants) {
    const [prefix, suffix] = prefixOf(entry);
    const kind: Kind = [entry, prefix, suffix, [...operations].join()];
    const name = JSON.stringify(kind);
    const index = kinds.get(name) ?? listed.push(kind) - 1;
    kinds.set(name, index);
    const inside = shortened(resource.slice(prefix.length, resource.length - suffix.length));
    if (index === current) runs.push(`${runs.pop()},${inside}`);
    else runs.push(index, inside);
    current = index;
  }
  return JSON.stringify([bound, policyVersion, sinceSeconds, listed, ...runs] satisfies Written);
}

export function readGrants(text: string): SealedGrants {
  const [bound, policyVersion, sinceSeconds, kinds, ...runs] = JSON.parse(text) as Written;
  const grants: RememberedGrant[] = [];
  let kind: Kind | undefined;
  for (const run of runs) {
    if (typeof run === 'number') {
      kind = kinds[run];
      continue;
    }
    const [entry, prefix, suffix, names] = kind ?? ['', '', '', ''];
    const operations = new Set(names.split(',') as Operation[]);
    for (const inside of run.split(',')) {
      grants.push({ entry, resource: `${prefix}${lengthened(inside)}${suffix}`, operations });
    }
  }
  return { bound, policyVersion, sinceSeconds, grants };
}

const UUID = /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/;

/** `!` and the bytes of a UUID; what begins with `!` otherwise has another. */
function shortened(inside: string): string {
  if (inside.startsWith('!')) return `!${inside}`;
  const groups = UUID.exec(inside);
  return groups ? `!${Buffer.from(groups.slice(1).join(''), 'hex').toString('base64url')}` : inside;
}

function lengthened(inside: string): string {
  if (!inside.startsWith('!')) return inside;
  if (inside.startsWith('!!')) return inside.slice(1);
  const hex = Buffer.from(inside.slice(1), 'base64url').toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
