/**
 * Keeps what was asked for from making a credential too large to be used: the newest that fit are in it, the others are
 * left out of this one. Without it, one room too many would be 503 at every renewal. What the policy itself grants is not
 * looked at here: when that alone is too large, it is the operator's to mend.
 */
import { intersect, union, unionAll } from '../capability/algebra.ts';
import { canonicalCapability } from '../capability/canonical.ts';
import type { Capability } from '../capability/capability.ts';
import type { RememberedGrant } from './grant-memory.ts';

export interface CredentialNeeds {
  /** Bytes of capability that there is room for (credential-room.ts). */
  readonly room: number;
  /** What the policy grants. */
  readonly base: Capability;
  /** What the client narrows the credential to; it makes room for others. */
  readonly requested: Capability | undefined;
}

/**
 * @param grants oldest first
 * @returns those that fit, in the same order
 */
export function fitCredential(
  grants: readonly RememberedGrant[],
  { room, base, requested }: CredentialNeeds,
): readonly RememberedGrant[] {
  const narrowed = (capability: Capability): Capability =>
    requested === undefined ? capability : intersect(capability, requested);
  const wanted = narrowed(capabilityOf(grants));
  const granted = narrowed(base);
  if (bytesOf(union(granted, wanted)) <= room) return grants;
  let left = room - bytesOf(granted);
  const fitting: RememberedGrant[] = [];
  for (const grant of [...grants].reverse()) {
    // One channel by its plain name: of that a narrowing leaves all or nothing of the name, and fewer operations.
    const operations = wanted.get(grant.resource);
    if (operations) left -= bytesOf(new Map([[grant.resource, operations]]));
    if (left < 0) break;
    fitting.unshift(grant);
  }
  return fitting;
}

export function capabilityOf(grants: readonly RememberedGrant[]): Capability {
  return unionAll(grants.map(({ resource, operations }) => new Map([[resource, operations]])));
}

/** As it stands in the credential: JSON within JSON, so that every quotation mark has a backslash. */
function bytesOf(capability: Capability): number {
  return capability.size === 0 ? 0 : Buffer.byteLength(JSON.stringify(canonicalCapability(capability)));
}
