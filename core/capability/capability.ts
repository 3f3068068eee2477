/**
 * What a capability is: which operations on which resources.
 *
 * A Map, because clients and claims choose the names of resources, and `__proto__`, `constructor`, `10` and `9` are
 * among them. Never changed once made: sets and maps are shared between capabilities, and derived forms remembered.
 * Those from outside are made by parse.ts, which holds what is promised here.
 */
import type { OperationSet } from './operations.ts';

/** Every resource is well formed, every set has an operation, and a set with `*` has nothing else. */
export type Capability = ReadonlyMap<string, OperationSet>;

/** No right at all. Never to be signed: Ably refuses it, and leaving it out would mean all the key can do (S4). */
export const EMPTY_CAPABILITY: Capability = new Map();

export function isEmpty(capability: Capability): boolean {
  return capability.size === 0;
}
