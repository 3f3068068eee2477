/**
 * Decides one question: may the holder of this capability do this on that channel?
 *
 * The rights on a channel are those of all resources that cover it, together. For tests, `explain` and revocation; the
 * real decision is Ably's, who may read a trailing `*` more widely (see coverage.ts).
 */
import type { Capability } from './capability.ts';
import { covers } from './coverage.ts';
import { givesOperation, type Operation } from './operations.ts';
import { parseChannelName, parseResource } from './resource.ts';

/**
 * Whether a capability allows an operation on a channel, named as a client names it, parameters included. `*` asks for
 * every operation at once. False for a name that no channel can have.
 */
export function permits(capability: Capability, operation: Operation, channelName: string): boolean {
  const channel = parseChannelName(channelName);
  if (channel === undefined) return false;
  for (const [resource, operations] of capability) {
    if (givesOperation(operations, operation) && covers(parseResource(resource), channel)) return true;
  }
  return false;
}
