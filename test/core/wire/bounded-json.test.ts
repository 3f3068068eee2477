import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBoundedJson } from '../../../core/wire/bounded-json.ts';

const KIB_64 = 64 * 1024;

describe('parseBoundedJson', () => {
  it.each(['null', '1', '"a"', '[]', '{}', ' { "a" : [ { "b" : { } } ] } ', '[[[[]]]]', '"[[[[[["', '{"a":"{{{{{"}'])(
    'reads %s',
    (text) => {
      expect(parseBoundedJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
    },
  );

  it.each(['[[[[[]]]]]', '{"a":{"b":{"c":{"d":{}}}}}', '[{"a":[{"b":[]}]}]', '[[[[['])(
    'S15: refuses the depth of %s',
    (text) => {
      expect(parseBoundedJson(text)).toEqual({ ok: false, problem: 'nested too deeply' });
    },
  );

  it.each([
    ['plainly', '{"a":1,"a":1}'],
    ['far apart', '{"a":{"b":[1,{"c":2}]},"d":3,"a":1}'],
    ['in an inner object', '[{"x":{"a":1,"a":2}}]'],
    ['spelled with an escape', '{"a":1,"\\u0061":2}'],
    ['spelled with two escapes', '{"\\u00e9":1,"\\u00E9":2}'],
    ['with an escaped slash', '{"a/b":1,"a\\/b":2}'],
    ['with white space before the colon', '{"a":1,"a" \n\t:2}'],
    ['and is __proto__', '{"__proto__":1,"__proto__":2}'],
    ['and is empty', '{"":1,"":2}'],
  ])('S15: refuses a name that comes twice, %s', (_, text) => {
    expect(parseBoundedJson(text)).toEqual({ ok: false, problem: 'a name comes twice' });
  });

  it.each([
    ['in two objects', '[{"a":1},{"a":1}]'],
    ['in an object and in what it holds', '{"a":{"a":{"a":1}}}'],
    ['after an inner object has closed', '{"b":{"a":1},"a":1}'],
    ['as a name and as a value', '{"a":"a","b":"a"}'],
    ['in a value that looks like a name', '{"b":"\\"a\\":1,","a":1}'],
  ])('allows a name to come again %s', (_, text) => {
    expect(parseBoundedJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
  });

  it.each([
    '',
    ' ',
    '{',
    '}',
    ']]]]"a":',
    '"',
    '"\\',
    '"a\\"',
    "{'a':1}",
    '{"a"}',
    '{"a":1,}',
    '{"\\u00zz":1}',
    'NaN',
    '\ufeff{}',
  ])('refuses %j as not JSON', (text) => {
    expect(parseBoundedJson(text)).toEqual({ ok: false, problem: 'not JSON' });
  });

  it('agrees with JSON.parse on every JSON text that is shallow', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 3, stringUnit: 'binary' }), (text) => {
        expect(parseBoundedJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
      }),
      { numRuns: 500 },
    );
  });

  it('never throws, and never accepts what JSON.parse refuses', () => {
    const characters = fc.constantFrom(...'{}[]",:\\ua0 \n1e.-');
    fc.assert(
      fc.property(fc.string({ unit: characters, maxLength: 40 }), (text) => {
        const parsed = parseBoundedJson(text);
        if (parsed.ok) expect(parsed.value).toEqual(JSON.parse(text));
      }),
      { numRuns: 3_000 },
    );
  });

  // No clock in these: something quadratic would take far longer than the runner allows.
  it.each([
    ['quotation marks', '"'],
    ['empty strings', '"" '],
    ['names without an object', '"":'],
    ['open brackets', '['],
    ['closed brackets', ']'],
    ['pairs of brackets', '[]'],
    ['backslashes', '\\'],
    ['escaped quotation marks', '\\"'],
    ['white space', ' '],
    ['strings before white space', `""${' '.repeat(200)}`],
  ])('S15: answers at once on 64 KiB of %s, inside an open string too', (_, piece) => {
    const text = piece.repeat(Math.ceil(KIB_64 / piece.length)).slice(0, KIB_64);
    for (let run = 0; run < 20; run += 1) {
      expect(parseBoundedJson(text).ok).toBe(false);
      expect(parseBoundedJson(`"${text}`).ok).toBe(false);
      expect(parseBoundedJson(`{"a":"${text}`).ok).toBe(false);
    }
  });

  it('answers at once on thousands of names', () => {
    const text = `{${Array.from({ length: 5_000 }, (_, index) => `"\\u0061${index}":0`).join(',')}}`;
    expect(parseBoundedJson(text).ok).toBe(true);
  });
});
