import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEmpty } from '../../../core/capability/capability.ts';
import { OPERATIONS } from '../../../core/capability/operations.ts';
import { type ParseCapabilityOptions, parseCapability } from '../../../core/capability/parse.ts';

function problemsOf(input: unknown, options?: ParseCapabilityOptions): readonly string[] {
  const parsed = parseCapability(input, options);
  return parsed.ok ? [] : parsed.problems;
}

function entriesOf(input: unknown): readonly (readonly [string, readonly string[]])[] {
  const parsed = parseCapability(input);
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  return [...parsed.capability].map(([resource, operations]) => [resource, [...operations]]);
}

describe('parseCapability', () => {
  it.each<[string, unknown]>([
    ['JSON text', '{ "a:*": ["publish", "history"] }'],
    ['an object', { 'a:*': ['publish', 'history'] }],
    ['an object without a prototype', Object.assign(Object.create(null), { 'a:*': ['publish', 'history'] })],
    ['an object of another realm', runInNewContext('({ "a:*": ["publish", "history"] })')],
    ['a Map of arrays', new Map([['a:*', ['publish', 'history']]])],
    ['a Map of Sets', new Map([['a:*', new Set(['publish', 'history'])]])],
  ])('reads %s', (_, input) => {
    expect(entriesOf(input)).toEqual([['a:*', ['publish', 'history']]]);
  });

  it('accepts each public operation, and * alone', () => {
    expect(entriesOf({ a: OPERATIONS, b: ['*'] })).toEqual([
      ['a', [...OPERATIONS]],
      ['b', ['*']],
    ]);
  });

  it('reads an empty object as the empty capability', () => {
    const parsed = parseCapability('{}');
    expect(parsed.ok && isEmpty(parsed.capability)).toBe(true);
  });

  it('counts an operation that is listed twice once', () => {
    expect(entriesOf({ a: ['publish', 'publish'], b: ['*', '*'] })).toEqual([
      ['a', ['publish']],
      ['b', ['*']],
    ]);
  });

  it('reads resources that are named like what objects inherit', () => {
    const text = '{"__proto__":["publish"],"constructor":["history"],"10":["*"]}';
    expect(new Map(entriesOf(text))).toEqual(
      new Map([
        ['10', ['*']],
        ['__proto__', ['publish']],
        ['constructor', ['history']],
      ]),
    );
  });

  it('reads own properties only', () => {
    const inherited = Object.create({ a: ['publish'] });
    expect(problemsOf(inherited)).toHaveLength(1);
    expect(entriesOf(JSON.parse('{"b":["publish"]}'))).toEqual([['b', ['publish']]]);
  });

  it('keeps no reference to its input', () => {
    const set = new Set(['publish']);
    const map = new Map([['a', set]]);
    const parsed = parseCapability(map);
    set.add('history');
    map.set('b', set);
    expect(parsed.ok && [...parsed.capability].map(([name, operations]) => [name, ...operations])).toEqual([
      ['a', 'publish'],
    ]);
  });

  it.each<[unknown, RegExp]>([
    ['', /not valid JSON/],
    ['{', /not valid JSON/],
    ['"a"', /not an object/],
    ['[]', /not an object/],
    ['null', /not an object/],
    [undefined, /not an object/],
    [7, /not an object/],
    [['publish'], /not an object/],
    [new Date(), /not an object/],
    [() => ({}), /not an object/],
    // The three that the cloud answers with 400 (ably-js, test/rest/capability.test.js).
    [{ channel0: ['publish_'] }, /^"channel0" has an unknown operation: "publish_"$/],
    [{ channel0: ['*', 'publish'] }, /^"channel0" lists "\*" beside other operations/],
    [{ channel0: [] }, /^"channel0" has an empty list of operations$/],
    // Names that servers know and the documentation does not.
    [{ a: ['message-subscribe'] }, /unknown operation/],
    [{ a: ['Publish'] }, /unknown operation/],
    [{ a: ['publish '] }, /unknown operation/],
    [{ a: ['constructor'] }, /unknown operation/],
    [{ a: [7, null] }, /unknown operation: <number>, <object>$/],
    [{ a: 'publish' }, /^"a" does not have a list/],
    [{ a: { 0: 'publish', length: 1 } }, /^"a" does not have a list/],
    [{ a: null }, /^"a" does not have a list/],
    [new Map([[7, ['publish']]]), /^a resource is not a string$/],
    [{ '': ['publish'] }, /^"" is empty/],
  ])('refuses %j', (input, problem) => {
    const problems = problemsOf(input);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  it('reports every problem at once', () => {
    const problems = problemsOf({ ':a': ['publsh'], b: [], c: ['publish'], '[x]d': ['publish'] });
    expect(problems.map((problem) => problem.slice(0, 12))).toEqual([
      '":a" has a n',
      '":a" has an ',
      '"b" has an e',
      '"[x]d" has a',
    ]);
  });

  it('bounds the number of resources when told', () => {
    const three = { a: ['publish'], b: ['publish'], c: ['wrong'] };
    expect(problemsOf(three, { maxResources: 2 })).toEqual(['the capability names 3 resources; at most 2 may be']);
    expect(problemsOf({ a: ['publish'], b: ['publish'] }, { maxResources: 2 })).toEqual([]);
    expect(problemsOf({}, { maxResources: 0 })).toEqual([]);
  });

  it('names a resource and an operation by a short excerpt in printable ASCII', () => {
    const long = `\u001b[31m${'é'.repeat(5_000)}`;
    const problems = problemsOf({ [long]: Array.from({ length: 5_000 }, (_, i) => `${i}${long}`) });
    expect(problems).toHaveLength(2);
    for (const problem of problems) {
      expect(problem).toMatch(/^[\x20-\x7e]+$/);
      expect(problem.length).toBeLessThan(1_200);
    }
    expect(problems[1]).toMatch(/ and 4997 more$/);
  });

  it('accepts or refuses any JSON without throwing, and what it accepts is a capability', () => {
    const almost = fc.dictionary(
      fc.string({ unit: 'binary', maxLength: 5 }),
      fc.oneof(fc.jsonValue(), fc.subarray(['publish', 'history', '*', 'no'])),
    );
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), almost), (value) => {
        const parsed = parseCapability(JSON.stringify(value));
        if (!parsed.ok) {
          expect(parsed.problems.length).toBeGreaterThan(0);
          expect(parsed.problems.join('')).toMatch(/^[\x20-\x7e]+$/);
          return;
        }
        for (const operations of parsed.capability.values()) {
          expect(operations.size).toBeGreaterThan(0);
          expect(operations.has('*') && operations.size > 1).toBe(false);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});
