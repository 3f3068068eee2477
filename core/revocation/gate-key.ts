/**
 * Under which key a person is kept: by the source that knows them and their subject there, never by a clientId, which a
 * rule may make of anything. Sources that share their subjects are one: who is banned with one is banned with the other.
 */
import type { IdentitySource } from '../identity/identity.ts';
import { recordKey } from '../stores.ts';

export type SharingSource = Pick<IdentitySource, 'name' | 'sharesSubjectsWith'>;

export function gateKey(sources: readonly SharingSource[], source: string, subject: string): string {
  return recordKey('gate', rootOf(sources, source), subject);
}

/** The source that it shares with in the end, so that adding one that shares changes no key. */
function rootOf(sources: readonly SharingSource[], source: string): string {
  const followed = new Set([source]);
  let root = source;
  for (;;) {
    const next = sources.find(({ name }) => name === root)?.sharesSubjectsWith;
    if (next === undefined) return root;
    // Each says that it shares with the other. Whoever shares with one of them, and is none of them, names neither.
    if (followed.has(next)) {
      const ring = [...followed];
      return ring.slice(ring.indexOf(next)).sort()[0] ?? root;
    }
    followed.add(next);
    root = next;
  }
}
