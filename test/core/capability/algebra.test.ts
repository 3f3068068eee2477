import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contains, intersect, union, unionAll } from '../../../core/capability/algebra.ts';
import { canonicalCapability } from '../../../core/capability/canonical.ts';
import type { Capability } from '../../../core/capability/capability.ts';
import { EMPTY_CAPABILITY, isEmpty } from '../../../core/capability/capability.ts';
import { permits } from '../../../core/capability/match.ts';
import { OPERATIONS, type Operation } from '../../../core/capability/operations.ts';
import { parseCapability } from '../../../core/capability/parse.ts';
import { capabilities, capabilityOf, channelNames } from './samples.ts';

type Literal = Record<string, readonly string[]>;

const anyOperation = fc.constantFrom<Operation>('*', ...OPERATIONS);

/** Keys of the test app in ably-common, against which ably-js runs `test/rest/capability.test.js`. */
const KEYS = {
  K1: {
    'cansubscribe:*': ['subscribe'],
    'canpublish:*': ['publish'],
    'canpublish:andpresence': ['presence', 'publish'],
    'pushenabled:*': ['publish', 'subscribe', 'push-subscribe'],
    'pushenabled:admin:*': ['publish', 'subscribe', 'push-admin'],
  },
  K2: {
    channel0: ['publish'],
    channel1: ['publish'],
    channel2: ['publish', 'subscribe'],
    channel3: ['subscribe'],
    channel4: ['presence', 'publish', 'subscribe'],
    channel5: ['presence'],
    channel6: ['*'],
  },
  K3: { '*': ['subscribe'] },
} as const;

function expectIntersection(a: Literal, b: Literal, expected: Literal): void {
  const text = canonicalCapability(capabilityOf(expected));
  expect(canonicalCapability(intersect(capabilityOf(a), capabilityOf(b)))).toBe(text);
  expect(canonicalCapability(intersect(capabilityOf(b), capabilityOf(a)))).toBe(text);
}

describe('intersect', () => {
  it.each<[Literal, Literal, Literal]>([
    [{ '*': ['*'] }, { 'chat:*': ['publish'] }, { 'chat:*': ['publish'] }],
    [{ 'a:*': ['publish'] }, { '*': ['publish'] }, { 'a:*': ['publish'] }],
    [{ 'a:*': ['publish'] }, { '*:b': ['publish'] }, { 'a:b': ['publish'] }],
    [{ 'a:*:c': ['publish'] }, { 'a:b:*': ['publish'] }, { 'a:b:c': ['publish'] }],
    [{ 'a:*:c': ['publish'] }, { 'a:*': ['publish'] }, { 'a:*:c': ['publish'] }],
    [
      { '*': ['subscribe'], 'a:*': ['publish'] },
      { 'a:b': ['publish', 'subscribe'] },
      { 'a:b': ['publish', 'subscribe'] },
    ],
    [{ 'a:*': ['publish'] }, { a: ['publish'] }, {}],
    [{ '*:c': ['publish'] }, { 'a:b:c': ['publish'] }, {}],
    [{ '*': ['*'] }, { '[*]*': ['*'] }, { '*': ['*'] }],
    [{ '*': ['*'] }, { '[meta]*': ['subscribe'] }, {}],
    [{ '[*]*': ['*'] }, { '[filter]x': ['subscribe'] }, { '[filter]x': ['subscribe'] }],
    [
      { 'ns:*': ['publish', 'subscribe', 'presence'], notifications: ['subscribe', 'history'], alerts: ['subscribe'] },
      { 'ns:u1': ['subscribe'], notifications: ['*'], private: ['publish'] },
      { notifications: ['history', 'subscribe'], 'ns:u1': ['subscribe'] },
    ],
    [{ '[*]a:*': ['publish'] }, { '[meta]*:b': ['publish'] }, { '[meta]a:b': ['publish'] }],
    [{ '[*]a': ['publish'] }, { '[*]*': ['publish'] }, { '[*]a': ['publish'] }],
    [{ '[*]a': ['publish'] }, { '*': ['publish'] }, { a: ['publish'] }],
    [{ 'a:*': ['*'] }, { '*:b': ['*'] }, { 'a:b': ['*'] }],
    [JSON.parse('{"__proto__":["publish"]}'), { '*': ['publish'] }, JSON.parse('{"__proto__":["publish"]}')],
  ])('of %j and %j is %j, whichever comes first', (a, b, expected) => {
    expectIntersection(a, b, expected);
  });

  it.each<[string, Literal, Literal, Literal]>([
    ['equal', KEYS.K1, KEYS.K1, KEYS.K1],
    ['no operation in common', KEYS.K1, { 'canpublish:test': ['subscribe'] }, {}],
    ['no resource in common', KEYS.K2, { channelx: ['publish'] }, {}],
    ['some operations', KEYS.K2, { channel2: ['presence', 'subscribe'] }, { channel2: ['subscribe'] }],
    [
      'some resources',
      KEYS.K2,
      { channel2: ['presence', 'subscribe'], channelx: ['presence', 'subscribe'] },
      { channel2: ['subscribe'] },
    ],
    ['* requested', KEYS.K2, { channel2: ['*'] }, { channel2: ['publish', 'subscribe'] }],
    ['* in the key', KEYS.K2, { channel6: ['publish', 'subscribe'] }, { channel6: ['publish', 'subscribe'] }],
    ['wildcard 1', KEYS.K3, { cansubscribe: ['subscribe'] }, { cansubscribe: ['subscribe'] }],
    ['wildcard 2', KEYS.K1, { 'canpublish:check': ['publish'] }, { 'canpublish:check': ['publish'] }],
    ['wildcard 3', KEYS.K3, { 'cansubscribe:*': ['subscribe'] }, { 'cansubscribe:*': ['subscribe'] }],
  ])('gives what the cloud gives to the test of ably-js: %s', (_, key, requested, expected) => {
    expectIntersection(key, requested, expected);
  });

  it('grants a right exactly when both sides do', () => {
    fc.assert(
      fc.property(capabilities, capabilities, anyOperation, channelNames, (a, b, operation, channelName) => {
        const expected = permits(a, operation, channelName) && permits(b, operation, channelName);
        expect(permits(intersect(a, b), operation, channelName)).toBe(expected);
      }),
      { numRuns: 10_000 },
    );
  });

  it('is contained in both sides, does not depend on their order, and is the smaller one when one contains the other', () => {
    fc.assert(
      fc.property(capabilities, capabilities, (a, b) => {
        const both = intersect(a, b);
        expect(contains(a, both)).toBe(true);
        expect(contains(b, both)).toBe(true);
        expect(canonicalCapability(both)).toBe(canonicalCapability(intersect(b, a)));
        expect(contains(both, b)).toBe(contains(a, b));
      }),
      { numRuns: 3_000 },
    );
  });

  it('gives a capability again: parsed from its own text it is the same', () => {
    fc.assert(
      fc.property(capabilities, capabilities, (a, b) => {
        const text = canonicalCapability(intersect(a, b));
        const parsed = parseCapability(text);
        expect(parsed.ok && canonicalCapability(parsed.capability)).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('contains', () => {
  it.each<[Literal, Literal, boolean]>([
    [{ '*': ['*'] }, { 'a:b': ['publish'] }, true],
    [{ '*': ['*'] }, { '[meta]a': ['publish'] }, false],
    [{ '*': ['*'] }, { '[*]a': ['publish'] }, false],
    [{ 'a:*': ['publish'] }, { 'a:*:*': ['publish'] }, true],
    [{ 'a:*:*': ['publish'] }, { 'a:*': ['publish'] }, false],
    [{ 'a:*': ['publish'], '*:b': ['subscribe'] }, { 'a:b': ['publish', 'subscribe'] }, true],
    [{ 'a:*': ['publish'], '*:b': ['subscribe'] }, { 'a:c': ['publish', 'subscribe'] }, false],
    [{ a: [...OPERATIONS] }, { a: ['*'] }, false],
    [{ a: ['*'] }, { a: [...OPERATIONS] }, true],
    [{}, {}, true],
    [{}, { a: ['publish'] }, false],
  ])('%j contains %j: %s', (outer, inner, expected) => {
    expect(contains(capabilityOf(outer), capabilityOf(inner))).toBe(expected);
  });

  it('is reflexive, and every capability contains the empty one', () => {
    fc.assert(
      fc.property(capabilities, (capability) => {
        expect(contains(capability, capability)).toBe(true);
        expect(contains(capability, EMPTY_CAPABILITY)).toBe(true);
        expect(contains(EMPTY_CAPABILITY, capability)).toBe(isEmpty(capability));
      }),
    );
  });

  it('is transitive', () => {
    fc.assert(
      fc.property(capabilities, capabilities, capabilities, (a, b, c) => {
        // Chains made to hold, since random ones rarely do, and each then checked as found.
        const [small, middle, large] = [intersect(a, b), b, union(b, c)];
        expect(contains(middle, small) && contains(large, middle) && contains(large, small)).toBe(true);
        if (contains(a, b) && contains(b, c)) expect(contains(a, c)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  it('means that no right of the inner one is missing', () => {
    fc.assert(
      fc.property(capabilities, capabilities, anyOperation, channelNames, (a, b, operation, channelName) => {
        if (contains(a, b) && permits(b, operation, channelName)) {
          expect(permits(a, operation, channelName)).toBe(true);
        }
        expect(permits(union(a, b), operation, channelName)).toBe(
          permits(a, operation, channelName) || permits(b, operation, channelName),
        );
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('union', () => {
  it('grants a right exactly when one side does, and does not depend on their order', () => {
    fc.assert(
      fc.property(capabilities, capabilities, anyOperation, channelNames, (a, b, operation, channelName) => {
        const expected = permits(a, operation, channelName) || permits(b, operation, channelName);
        expect(permits(union(a, b), operation, channelName)).toBe(expected);
        expect(canonicalCapability(union(a, b))).toBe(canonicalCapability(union(b, a)));
        expect(contains(union(a, b), a)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  it('keeps both resources when one covers the other, so that what was granted can be read', () => {
    const both = union(capabilityOf({ '*': ['publish'] }), capabilityOf({ a: ['publish'] }));
    expect(canonicalCapability(both)).toBe('{"*":["publish"],"a":["publish"]}');
  });

  it('lets * swallow the other operations of its resource, from either side', () => {
    const [all, some] = [capabilityOf({ a: ['*'] }), capabilityOf({ a: ['publish', 'history'] })];
    expect(canonicalCapability(union(all, some))).toBe('{"a":["*"]}');
    expect(canonicalCapability(union(some, all))).toBe('{"a":["*"]}');
  });
});

describe('unionAll', () => {
  it('of nothing is the empty capability', () => {
    expect(isEmpty(unionAll([]))).toBe(true);
    expect(isEmpty(unionAll([EMPTY_CAPABILITY, EMPTY_CAPABILITY]))).toBe(true);
  });

  it('is the union of one after the other', () => {
    fc.assert(
      fc.property(fc.array(capabilities, { maxLength: 5 }), (list) => {
        const oneByOne = list.reduce(union, EMPTY_CAPABILITY);
        expect(canonicalCapability(unionAll(Object.freeze(list)))).toBe(canonicalCapability(oneByOne));
      }),
    );
  });
});

describe('growth', () => {
  const publish: ReadonlySet<Operation> = new Set<Operation>(['publish']);
  const many = (count: number, resource: (i: number) => string): Capability =>
    new Map(Array.from({ length: count }, (_, i) => [resource(i), publish]));

  // Comparing each with each would be 400 million comparisons: half a minute at the very least, and
  // the test would not end within its time.
  it.each<[string, (i: number) => string, (i: number) => string]>([
    ['literal names', (i) => `room:${i}`, (i) => `room:${i}`],
    ['wildcards over literal names', (i) => `room:${i}:*`, (i) => `room:${i}:chat`],
    ['wildcards over wildcards', (i) => `room:${i}:*`, (i) => `room:${i}:*:x`],
  ])('20,000 resources against 20,000 are no effort: %s', { timeout: 20_000 }, (_, resourceA, resourceB) => {
    const [a, b] = [many(20_000, resourceA), many(20_000, resourceB)];
    expect(intersect(a, b).size).toBe(20_000);
    expect(contains(a, b)).toBe(true);
    expect(union(a, b).size).toBeGreaterThanOrEqual(20_000);
  });
});
