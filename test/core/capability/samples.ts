/**
 * Capabilities for tests: made from literals, generated at random, and locked so that changing one throws.
 */
import fc from 'fast-check';
import type { Capability } from '../../../core/capability/capability.ts';
import { OPERATIONS, type Operation } from '../../../core/capability/operations.ts';
import { parseCapability } from '../../../core/capability/parse.ts';

/** Parses and locks; throws on what is not a capability. */
export function capabilityOf(literal: Record<string, readonly string[]>): Capability {
  const parsed = parseCapability(literal);
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  return locked(parsed.capability);
}

/** The same rights, in a map and sets that throw when anybody tries to change them. */
export function locked(capability: Capability): Capability {
  const sets = [...capability].map(([resource, operations]) => [resource, lock(new Set(operations))] as const);
  return lock(new Map(sets));
}

function lock<T extends Map<unknown, unknown> | Set<unknown>>(collection: T): T {
  const refuse = () => {
    throw new Error('an argument was changed');
  };
  for (const method of ['set', 'add', 'delete', 'clear']) {
    if (method in collection) Object.defineProperty(collection, method, { value: refuse });
  }
  return Object.freeze(collection);
}

/** Operation sets from few operations, so that they often overlap. */
export const operationSets = fc.oneof(
  { weight: 1, arbitrary: fc.constant<Operation[]>(['*']) },
  {
    weight: 6,
    arbitrary: fc.subarray<Operation>(['publish', 'subscribe', 'presence', 'history'], { minLength: 1 }),
  },
  { weight: 1, arbitrary: fc.subarray<Operation>([...OPERATIONS], { minLength: 1 }) },
);

const qualifiers = fc.constantFrom('', '', '', '[meta]', '[queue]', '[filter]', '[*]');
const segments = fc.constantFrom('*', '*', 'a', 'b', 'c', 'a*', '**', '10', '__proto__', 'é😀', '');

/** Resources from few segments, so that they often overlap. */
export const resources = fc
  .tuple(
    qualifiers,
    segments.filter((segment) => segment !== ''),
    fc.array(segments, { maxLength: 3 }),
  )
  .map(([qualifier, first, others]) => `${qualifier}${[first, ...others].join(':')}`);

export const capabilities: fc.Arbitrary<Capability> = fc
  .uniqueArray(fc.tuple(resources, operationSets), { selector: ([resource]) => resource, maxLength: 6 })
  .map((entries) => locked(new Map(entries.map(([resource, operations]) => [resource, new Set(operations)]))));

/** Channel names near those resources: the same segments, a fresh one, qualifiers with and without parameters. */
export const channelNames = fc
  .tuple(
    fc.constantFrom('', '', '', '[meta]', '[filter=eA==]', '[queue]', '[?rewind=1]', '[meta?x=y]', '[unheard-of]'),
    fc.constantFrom('a', 'b', 'c', 'fresh', '__proto__', '10'),
    fc.array(fc.constantFrom('a', 'b', 'c', 'fresh', 'é😀', ''), { maxLength: 4 }),
  )
  .map(([qualifier, first, others]) => `${qualifier}${[first, ...others].join(':')}`);
