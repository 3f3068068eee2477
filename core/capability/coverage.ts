/**
 * How two resources relate: whether one covers the other, and what both cover.
 *
 * An interior `*` is exactly one segment, a trailing one is one or more, `[*]` any qualifier or none. Ably's own
 * reading of a trailing `*` may include zero segments (`foo:*` and the channel `foo`); its documentation does not say.
 * Ours never grants too much, and it makes every answer here exact: no union of resources covers a resource that none
 * of them covers alone, and what two resources both cover is always one resource or nothing.
 *
 * Source: https://ably.com/docs/auth/capabilities#wildcards
 */
import type { Path } from './resource.ts';

/**
 * Whether `outer` covers all that `inner` covers. `inner` may be a channel: a wildcard inside it is one more name
 * that only a wildcard covers, which is right for both.
 */
export function covers(outer: Path, inner: Path): boolean {
  if (!lengthsMeet(outer, inner) || outer.length > inner.length) return false;
  for (let i = 0; i < outer.length; i++) {
    if (outer[i] !== '*' && outer[i] !== inner[i]) return false;
  }
  return true;
}

/** What `a` and `b` both cover, for two paths whose lengths meet and which agree wherever neither has a wildcard. */
export function meet(a: Path, b: Path): Path {
  const [longer, shorter] = a.length < b.length ? [b, a] : [a, b];
  const [qualifier, ...segments] = longer;
  const narrower = (cell: string, i: number): string => (cell === '*' ? (shorter[i] ?? cell) : cell);
  return [narrower(qualifier, 0), ...segments.map((segment, i) => narrower(segment, i + 1))];
}

/** Whether paths of these lengths can have anything in common: equal ones, or the shorter ends in a wildcard. */
export function lengthsMeet(a: ArrayLike<string>, b: ArrayLike<string>): boolean {
  if (a.length === b.length) return true;
  const shorter = a.length < b.length ? a : b;
  return shorter[shorter.length - 1] === '*';
}
