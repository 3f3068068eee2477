import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseResource, resourceProblem } from '../../core/capability/resource.ts';
import { expandTemplate, parseTemplate, type Template } from '../../core/policy/template.ts';

/** A segment of a template: text, or a claim between two pieces of text. */
type Segment =
  | string
  | { readonly before: string; readonly claim: string; readonly encoded: boolean; readonly after: string };

const literals = fc.constantFrom('', 'a', 'b-', '-', '*', 'a*', 'é', '😀', '$', '\\', ' ', '"', '|segment', '.');
const claimNames = fc.constantFrom('one', 'two', 'three');
const placeholders = fc.record({
  ...{ before: literals, claim: claimNames, encoded: fc.boolean(), after: literals },
});
const qualifiers = fc.constantFrom('', '', '[meta]', '[queue]', '[filter]', '[*]');

interface Shape {
  readonly qualifier: string;
  readonly segments: readonly Segment[];
}

const shapes: fc.Arbitrary<Shape> = fc.record({
  qualifier: qualifiers,
  segments: fc
    .array(fc.oneof(literals, placeholders), { minLength: 1, maxLength: 4 })
    .filter(([first]) => first !== ''),
});

/** Mostly of the characters that mean something to Ably, to templates, or to whoever reads lines. */
const hostileStrings = fc.oneof(
  fc.string({ unit: fc.constantFrom(...':*[]?,{}|".\\/ \n\r\0\u2028\ud800aé😀'), maxLength: 8 }),
  fc.constantFrom('{one}', '{two|segment}', '*', '[*]*', ':', '**', '__proto__', 'a:b', ''),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);
const scalars = fc.oneof(
  hostileStrings,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.object({ maxDepth: 1 }),
);
const claimSets = fc.record(
  {
    one: fc.oneof(hostileStrings, scalars, fc.array(scalars, { maxLength: 4 })),
    two: hostileStrings,
    three: hostileStrings,
  },
  { requiredKeys: [] },
);

function textOf({ qualifier, segments }: Shape): string {
  const written = segments.map((segment) =>
    typeof segment === 'string'
      ? segment
      : `${segment.before}{${segment.claim}${segment.encoded ? '|segment' : ''}}${segment.after}`,
  );
  return qualifier + written.join(':');
}

function template(text: string): Template {
  const parsed = parseTemplate(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.template;
}

describe('expandTemplate', () => {
  it('S6: never yields a resource outside its own segments, whatever the claims say', () => {
    let expanded = 0;
    fc.assert(
      fc.property(shapes, claimSets, (shape, claims) => {
        const { values } = expandTemplate(template(textOf(shape)), Object.freeze(claims));
        expanded += values.length;
        for (const value of values) {
          const [qualifier, ...segments] = parseResource(value);
          expect(qualifier).toBe(shape.qualifier.slice(1, -1));
          expect(segments).toHaveLength(shape.segments.length);
          for (const [index, segment] of segments.entries())
            expectOwnSegment(segment, shape.segments[index] ?? '', claims);
          expect(resourceProblem(value)).toBeUndefined();
        }
      }),
      { numRuns: 5_000 },
    );
    expect(expanded).toBeGreaterThan(500);
  });

  it('S6: gives a resource for every value that is one segment, and says of every other why not', () => {
    fc.assert(
      fc.property(fc.array(scalars, { minLength: 1, maxLength: 6 }), (one) => {
        const { values, shortfalls } = expandTemplate(template('room:{one}:x'), { one });
        const fit = one.filter((value) => isOneSegment(value));
        expect(values).toEqual(fit.map((value) => `room:${value}:x`));
        expect(shortfalls).toHaveLength(one.length - fit.length);
        expect(shortfalls.every(({ why, placeholder }) => why === 'unfit' && placeholder === 'one')).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('S6: |segment writes two different texts as two different segments', () => {
    const encoded = (one: string) => expandTemplate(template('{one|segment}'), { one }).values;
    fc.assert(
      fc.property(hostileStrings, hostileStrings, (a, b) => {
        fc.pre(a !== b && encoded(a).length > 0);
        expect(encoded(a)).not.toEqual(encoded(b));
        expect(Buffer.from(encoded(a)[0] ?? '', 'base64url').toString()).toBe(a);
      }),
      { numRuns: 1_000 },
    );
  });
});

/** The literal parts stand where they stood; between them is one whole claim, as it is or as base64url, and no `*`. */
function expectOwnSegment(segment: string, shape: Segment, claims: Readonly<Record<string, unknown>>): void {
  if (typeof shape === 'string') {
    expect(segment).toBe(shape);
    return;
  }
  const { before, claim, encoded, after } = shape;
  expect(segment.startsWith(before) && segment.endsWith(after)).toBe(true);
  const middle = segment.slice(before.length, segment.length - after.length);
  expect(middle).not.toMatch(/^$|[:*[\]?,\p{Cc}\u2028\u2029]/u);
  expect(segment).not.toBe('*');
  // One pass: a value that looks like a template comes out as it went in.
  const given = [claims[claim]].flat().map((value) => String(value));
  expect(given).toContain(encoded ? Buffer.from(middle, 'base64url').toString() : middle);
}

function isOneSegment(value: unknown): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  return typeof value === 'string' && /^[^:*[\]?,\p{Cc}\p{Surrogate}\u2028\u2029]+$/u.test(value);
}
