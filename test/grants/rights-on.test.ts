/** What a capability gives on named resources: the same as comparing each pair, and no work for each pair. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Capability } from '../../core/capability/capability.ts';
import { covers } from '../../core/capability/coverage.ts';
import { eitherOperations, type Operation, type OperationSet } from '../../core/capability/operations.ts';
import { parseResource } from '../../core/capability/resource.ts';
import { rightsOn } from '../../core/grants/rights-on.ts';

const cell = fc.constantFrom('*', 'a', 'b', 'a*', '__proto__', '10');
const resource = fc
  .tuple(fc.constantFrom('', '', '[meta]', '[*]', '[]', '['), fc.array(cell, { minLength: 1, maxLength: 3 }))
  .map(([qualifier, cells]) => qualifier + cells.join(':'));
const operations = fc.constantFrom<readonly Operation[]>(['*'], ['publish'], ['subscribe', 'history']);
const granted = fc
  .constantFrom('', '[meta]', '[*]')
  .chain((qualifier) =>
    fc
      .array(fc.tuple(fc.array(cell, { minLength: 1, maxLength: 3 }), operations), { maxLength: 6 })
      .map((list): Capability => new Map(list.map(([cells, names]) => [qualifier + cells.join(':'), new Set(names)]))),
  );

function byPairs(capability: Capability, name: string): OperationSet | undefined {
  let given: OperationSet | undefined;
  for (const [pattern, set] of capability) {
    if (covers(parseResource(pattern), parseResource(name))) given = given ? eitherOperations(given, set) : set;
  }
  return given;
}

describe('rightsOn', () => {
  it('is what each pair comes to, for channels, wildcards and nonsense alike', () => {
    fc.assert(
      fc.property(granted, fc.array(resource, { maxLength: 6 }), (capability, names) => {
        const rights = rightsOn(capability, names);
        for (const name of names) expect(rights.get(name), name).toEqual(byPairs(capability, name));
      }),
      { numRuns: 2_000 },
    );
  });

  it('does not multiply wildcards of both sides', () => {
    const names = (shape: (index: number) => string): string[] => Array.from({ length: 1_000 }, (_, i) => shape(i));
    const capability = new Map(names((i) => `*:a${i}:*`).map((name) => [name, new Set<Operation>(['publish'])]));
    expect(
      rightsOn(
        capability,
        names((i) => `b${i}:*`),
      ).size,
    ).toBe(0);
  });
});
