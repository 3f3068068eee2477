import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findJsonFault } from '../../../core/policy/json-fault.ts';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('findJsonFault', () => {
  it.each<[string, string, string, RegExp]>([
    ['a comma too many in an object', '{"rules": [],}', ' at line 1, column 14', /Remove the comma/],
    ['a comma too many in a list', '[1,\n]', ' at line 2, column 1', /Remove the comma/],
    ['a word without quotation marks', '{"name":\n  oops}', ' at line 2, column 3', /double quotes/],
    ['a name without them', '{name: 1}', ' at line 1, column 2', /double quotes/],
    ['another kind of them', "{'name': 1}", ' at line 1, column 2', /double quotes/],
    ['a comma too few', '{"a": 1 "b": 2}', ' at line 1, column 9', /Write a comma/],
    ['a colon too few', '{"a" 1}', ' at line 1, column 6', /Write a colon/],
    ['a colon too many', '["a": 1]', ' at line 1, column 5', /Mend it there/],
    ['a bracket that closes another', '{"a": [1}', ' at line 1, column 9', /Mend it there/],
    ['a comment', '{ // why\n}', ' at line 1, column 3', /Mend it there/],
    ['a number of another language', '[01]', ' at line 1, column 3', /Write a comma/],
    ['a text over two lines', '{"a": "b\nc"}', ' at line 1, column 9', /Escape it/],
    ['an escape that is none', '["\\x"]', ' at line 1, column 3', /Escape it/],
    ['something behind the end', '{}\n}', ' at line 2, column 1', /Remove what follows/],
    ['an end too early', '{"rules": [', ': it ends too early', /Write all of it/],
    ['an end within a text', '{"rules', ': it ends too early', /Write all of it/],
    ['nothing at all', ' ', ': it ends too early', /Write all of it/],
  ])('finds %s', (_, text, where, fix) => {
    expect(isJson(text)).toBe(false);
    expect(findJsonFault(text)).toEqual({ where, fix: expect.stringMatching(fix) });
  });

  it('finds a fault wherever JSON.parse does, and what is before it can be completed', () => {
    const spoilt = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.nat(3),
        fc.constantFrom('', ',', '}', ']', ':', '"', '\\', 'a', '0', ' ', '\n', '\t', '-'),
      )
      .map(([text, at, gone, put]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + put + text.slice(place + gone);
      });
    fc.assert(
      fc.property(spoilt, (text) => {
        fc.pre(!isJson(text));
        const { where } = findJsonFault(text);
        const [line, column] = (/line (\d+), column (\d+)$/.exec(where) ?? []).slice(1).map(Number);
        if (line === undefined || column === undefined) {
          expect(where).toBe(': it ends too early');
          return;
        }
        const lines = text.split('\n');
        expect(line).toBeLessThanOrEqual(lines.length);
        expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
        // Up to there nothing is wrong but that it ends.
        const before = [...lines.slice(0, line - 1), lines[line - 1]?.slice(0, column - 1) ?? ''].join('\n');
        if (!isJson(before)) expect(findJsonFault(before).where).toBe(': it ends too early');
      }),
      { numRuns: 3_000 },
    );
  });

  it('shows nothing of the text', () => {
    for (const text of ['hunter2', '{hunter2', '{"a": "hunter2', '{"a" hunter2}', '{} hunter2']) {
      expect(JSON.stringify(findJsonFault(text))).not.toContain('hunter2');
    }
  });
});
