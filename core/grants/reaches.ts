/** Whether a capability gives anything at all on a resource that a client named. */
import type { Capability } from '../capability/capability.ts';
import { covers } from '../capability/coverage.ts';
import { parseResource } from '../capability/resource.ts';

export function reaches(capability: Capability, resource: string): boolean {
  if (capability.has(resource)) return true;
  const path = parseResource(resource);
  return [...capability.keys()].some((granted) => granted.includes('*') && covers(parseResource(granted), path));
}
