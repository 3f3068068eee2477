/**
 * What a capability gives on resources that a client named, in one pass over both: whoever asks for a hundred where a
 * thousand are granted must not cost a hundred thousand comparisons (S15).
 */
import { intersect } from '../capability/algebra.ts';
import type { Capability } from '../capability/capability.ts';
import type { OperationSet } from '../capability/operations.ts';
import { formatResource, type Path, parseResource } from '../capability/resource.ts';

export type Rights = ReadonlyMap<string, OperationSet>;

const EVERYTHING: OperationSet = new Set(['*'] as const);

/** By the name as it was asked for; a resource on which it gives nothing at all is not in it. */
export function rightsOn(capability: Capability, resources: readonly string[]): Rights {
  if (resources.length === 0) return new Map();
  const channels = new Map(resources.map((resource) => [resource, asChannel(resource)]));
  const given = intersect(capability, new Map([...channels.values()].map((channel) => [channel, EVERYTHING])));
  return new Map(
    [...channels].flatMap(([resource, channel]) => {
      const operations = given.get(channel);
      return operations ? [[resource, operations]] : [];
    }),
  );
}

/** A wildcard that a client names is one more name, which only a wildcard covers: so no pair of them multiplies. */
function asChannel(resource: string): string {
  const [qualifier, ...segments] = parseResource(resource);
  const named = (cell: string): string => (cell === '*' ? '\u0000' : cell);
  return formatResource([named(qualifier), ...segments.map(named)] satisfies Path);
}
