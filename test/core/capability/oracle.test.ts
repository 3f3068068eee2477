/**
 * Core against the definition, over everything up to a bound.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contains, intersect, union } from '../../../core/capability/algebra.ts';
import type { Capability } from '../../../core/capability/capability.ts';
import { permits } from '../../../core/capability/match.ts';
import type { Operation } from '../../../core/capability/operations.ts';
import { common, definition, everyResource, isPartOf, rightsOf, sameRights, together, WORLD } from './oracle.ts';
import { locked } from './samples.ts';

const OPERATION_SETS: readonly (readonly Operation[])[] = [['publish'], ['subscribe'], ['publish', 'subscribe'], ['*']];

function capability(...entries: readonly (readonly [string, readonly Operation[]])[]): Capability {
  return locked(new Map(entries.map(([resource, operations]) => [resource, new Set(operations)])));
}

const show = (...capabilities: readonly Capability[]) =>
  capabilities.map((each) => JSON.stringify([...each].map(([resource, set]) => [resource, ...set]))).join(' and ');

describe('the oracle itself', () => {
  it('has a world worth the name', () => {
    expect(WORLD).toHaveLength(3 * (3 + 3 * 4 + 3 * 16 + 3 * 64));
    expect(new Set(WORLD).size).toBe(WORLD.length);
    expect(everyResource(3)).toHaveLength(3 * (3 + 9 + 27));
  });

  it.each([
    ['*', 'foo:bar:baz', true],
    ['*', '[meta]foo', false],
    ['foo:*', 'foo:bar:baz', true],
    ['foo:*', 'foo', false],
    ['foo:*:baz', 'foo:bar:baz', true],
    ['foo:*:baz', 'foo:bar:bam:baz', false],
    ['foo*', 'foobar', false],
    ['[*]*', '[meta]foo', true],
    ['[*]foo', 'foo', true],
    ['[meta]*', 'foo', false],
    ['[meta]*', '[meta]foo:bar', true],
  ])('reads %s over %s as %s', (resource, name, expected) => {
    expect(definition(resource).test(name)).toBe(expected);
  });
});

describe('permits', () => {
  it('agrees with the definition for every resource of up to three segments and every name of the world', () => {
    const wrong: string[] = [];
    for (const resource of everyResource(3)) {
      const pattern = definition(resource);
      const granted = capability([resource, ['publish']]);
      for (const name of WORLD) {
        if (permits(granted, 'publish', name) !== pattern.test(name)) wrong.push(`${resource} over ${name}`);
        if (permits(granted, 'subscribe', name)) wrong.push(`${resource} gives another operation on ${name}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('contains, intersect and union', () => {
  it('agree with the definition for every two resources of up to three segments', () => {
    const wrong: string[] = [];
    const every = everyResource(3).map((resource) => {
      const single = capability([resource, ['publish']]);
      return { single, rights: rightsOf(single) };
    });
    let contained = 0;
    for (const a of every) {
      for (const b of every) {
        const expected = isPartOf(b.rights, a.rights);
        if (expected) contained++;
        if (contains(a.single, b.single) !== expected) wrong.push(`contains: ${show(a.single, b.single)}`);
        const both = intersect(a.single, b.single);
        if (both.size > 1) wrong.push(`intersect gives more than one resource: ${show(a.single, b.single)}`);
        if (!sameRights(rightsOf(both), common(a.rights, b.rights))) {
          wrong.push(`intersect: ${show(a.single, b.single)}`);
        }
        if (!sameRights(rightsOf(union(a.single, b.single)), together(a.rights, b.rights))) {
          wrong.push(`union: ${show(a.single, b.single)}`);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(contained).toBeGreaterThan(every.length);
  });

  it('agree with the definition for every two resources of up to two segments with every two operation sets', () => {
    const wrong: string[] = [];
    const every = everyResource(2).flatMap((resource) =>
      OPERATION_SETS.map((operations) => {
        const single = capability([resource, operations]);
        return { single, rights: rightsOf(single) };
      }),
    );
    for (const a of every) {
      for (const b of every) {
        if (contains(a.single, b.single) !== isPartOf(b.rights, a.rights)) {
          wrong.push(`contains: ${show(a.single, b.single)}`);
        }
        if (!sameRights(rightsOf(intersect(a.single, b.single)), common(a.rights, b.rights))) {
          wrong.push(`intersect: ${show(a.single, b.single)}`);
        }
        if (!sameRights(rightsOf(union(a.single, b.single)), together(a.rights, b.rights))) {
          wrong.push(`union: ${show(a.single, b.single)}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('agree with the definition when one side has two resources, for all of up to two segments', () => {
    const wrong: string[] = [];
    const every = everyResource(2);
    for (const [i, first] of every.entries()) {
      for (const second of every.slice(i)) {
        const two = capability([first, ['publish']], [second, ['subscribe', 'publish']]);
        const rights = rightsOf(two);
        for (const third of every) {
          const one = capability([third, ['publish']]);
          const rightsOfOne = rightsOf(one);
          if (contains(two, one) !== isPartOf(rightsOfOne, rights)) wrong.push(`contains: ${show(two, one)}`);
          if (contains(one, two) !== isPartOf(rights, rightsOfOne)) wrong.push(`contains: ${show(one, two)}`);
          if (!sameRights(rightsOf(intersect(two, one)), common(rights, rightsOfOne))) {
            wrong.push(`intersect: ${show(two, one)}`);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('agree with the definition for random capabilities of up to six resources', () => {
    const several = fc
      .uniqueArray(fc.tuple(fc.constantFrom(...everyResource(3)), fc.constantFrom(...OPERATION_SETS)), {
        selector: ([resource]) => resource,
        maxLength: 6,
      })
      .map((entries) => capability(...entries));
    fc.assert(
      fc.property(several, several, (a, b) => {
        const [rightsOfA, rightsOfB] = [rightsOf(a), rightsOf(b)];
        const both = intersect(a, b);
        expect(sameRights(rightsOf(both), common(rightsOfA, rightsOfB))).toBe(true);
        expect(sameRights(rightsOf(union(a, b)), together(rightsOfA, rightsOfB))).toBe(true);
        expect(contains(a, b)).toBe(isPartOf(rightsOfB, rightsOfA));
        expect(contains(both, b)).toBe(isPartOf(rightsOfB, rightsOfA));
      }),
      { numRuns: 3_000 },
    );
  });
});
