import { describe, expect, it } from 'vitest';
import { expandTemplate, parseTemplate, type Template } from '../../../core/policy/template.ts';

function template(text: string): Template {
  const parsed = parseTemplate(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.template;
}

const expand = (text: string, claims: Record<string, unknown>) => expandTemplate(template(text), Object.freeze(claims));
const missing = (placeholder: string) => ({ values: [], shortfalls: [{ why: 'missing', placeholder }] });
const unfit = (placeholder: string) => ({ values: [], shortfalls: [{ why: 'unfit', placeholder }] });

describe('parseTemplate', () => {
  it.each([
    '',
    'a:b',
    '{sub}',
    'room:{org.id}:x',
    '{a}:{b}',
    'user-{sub}-x',
    '{"{}"}',
    '{"a|b"|segment}',
    '{sub|segment}',
  ])('reads %j', (text) => {
    expect(parseTemplate(text)).toMatchObject({ ok: true, template: { text } });
  });

  it.each([
    ['{sub', 'has a brace that does not match'],
    ['sub}', 'has a brace that does not match'],
    ['{{sub}}', 'has a brace that does not match'],
    ['{"a}', 'has a brace that does not match'],
    ['{}', 'is not a claim'],
    ['{ sub }', 'is not a claim'],
    ['{a..b}', 'is not a claim'],
    ['{sub|upper}', 'is not a claim'],
    ['{sub|segment|segment}', 'is not a claim'],
    ['{|segment}', 'is not a claim'],
    ['{a}{b}', 'has two placeholders in one segment'],
    ['x:{a}-{b}:y', 'has two placeholders in one segment'],
    ['{a|segment}.{b|segment}', 'has two placeholders in one segment'],
  ])('refuses %s: it %s', (text, problem) => {
    const parsed = parseTemplate(text);
    expect(parsed.ok ? '' : parsed.problem).toContain(problem);
  });

  it('does not take a colon inside a quoted name for the end of a segment', () => {
    expect(parseTemplate('{"a:b"}{c}').ok).toBe(false);
  });

  it('answers at once on long texts that almost are templates', () => {
    const pieces = ['{', '}', '{"', '"', '{a', '{"a"', '{a}:', ':', '|segment'];
    for (const piece of pieces) {
      const text = piece.repeat(Math.ceil(100_000 / piece.length));
      expect(typeof parseTemplate(text).ok).toBe('boolean');
      expect(parseTemplate(`{${text}`).ok).toBe(false);
    }
  });
});

describe('expandTemplate', () => {
  it.each<[string, Record<string, unknown>, readonly string[]]>([
    ['a:b', {}, ['a:b']],
    ['user:{sub}', { sub: 'bob' }, ['user:bob']],
    ['user:{sub}:x', { sub: 'a b.c-d_é😀|/\\"{}' }, ['user:a b.c-d_é😀|/\\"{}:x']],
    ['{org.id}:{sub}', { org: { id: 7 }, sub: 'bob' }, ['7:bob']],
    ['n:{n}', { n: 0 }, ['n:0']],
    ['n:{n}', { n: -7 }, ['n:-7']],
    ['n:{n}', { n: Number.MAX_SAFE_INTEGER }, ['n:9007199254740991']],
    ['room:{rooms}:chat', { rooms: ['a', 7] }, ['room:a:chat', 'room:7:chat']],
    ['{org}:{rooms}', { org: 'o', rooms: ['a', 'b'] }, ['o:a', 'o:b']],
    ['{"https://app.example/org"}', { 'https://app.example/org': 'o' }, ['o']],
    ['x:{"a.b"."c d"}', { 'a.b': { 'c d': 'e' } }, ['x:e']],
  ])('S6: %s of %j is %j', (text, claims, values) => {
    expect(expand(text, claims)).toEqual({ values, shortfalls: [] });
  });

  it.each<[string, Record<string, unknown>]>([
    ['{sub}', {}],
    ['{sub}', { sub: undefined }],
    ['{sub}', { sub: [] }],
    ['a:{org.id}', { org: {} }],
    ['a:{org.id}', { org: 'x' }],
    ['{constructor}', {}],
    ['{__proto__}', {}],
    ['{sub.length}', { sub: 'bob' }],
  ])('S6: %s of %j is left out as missing', (text, claims) => {
    expect(expand(text, claims)).toEqual(missing(text.slice(text.indexOf('{') + 1, -1)));
  });

  it.each([
    ['nothing', ''],
    ['a colon', 'a:b'],
    ['a star', '*'],
    ['a star inside', 'a*'],
    ['an opening bracket', '[meta]'],
    ['a closing bracket', 'a]'],
    ['a question mark', 'a?b'],
    ['a comma', 'a,b'],
    ['a line break', 'a\nb'],
    ['a NUL', '\u0000'],
    ['U+0085', 'a\u0085'],
    ['U+2028', 'a\u2028'],
    ['half a surrogate pair', '\ud800'],
    ['null', null],
    ['true', true],
    ['a fraction', 1.5],
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['an unsafe integer', 2 ** 53],
    ['an object', { id: 'x' }],
    ['a bigint', 7n],
  ])('S6: leaves out a value with %s as unfit, without repeating it', (_, sub) => {
    expect(expand('room:{sub}', { sub })).toEqual(unfit('sub'));
  });

  it('S6: of a list leaves out what is unfit and keeps the rest', () => {
    expect(expand('room:{rooms}', { rooms: ['a', '*', 'b', null, ['c'], 'd:e', ''] })).toEqual({
      values: ['room:a', 'room:b'],
      shortfalls: Array.from({ length: 5 }, () => ({ why: 'unfit', placeholder: 'rooms' })),
    });
  });

  it('S6: takes a list of 100 and leaves out one of 101, whole', () => {
    const rooms = (length: number) => Array.from({ length }, (_, index) => `r${index}`);
    expect(expand('{rooms}', { rooms: rooms(100) }).values).toHaveLength(100);
    expect(expand('{rooms}', { rooms: rooms(101) })).toEqual(unfit('rooms'));
  });

  it('S6: leaves out what two lists would multiply', () => {
    expect(expand('{a}:{b}', { a: ['1', '2'], b: ['3', '4'] })).toEqual(unfit('b'));
    expect(expand('{a}:{b}', { a: ['1'], b: ['3'] })).toEqual(unfit('b'));
    expect(expand('{a}:x:{a}', { a: ['1', '2'] })).toEqual(unfit('a'));
  });

  it('S6: needs every placeholder', () => {
    expect(expand('{a}:{b}', { a: 'x' })).toEqual(missing('b'));
    expect(expand('{a}:{b}', { a: '*', b: 'x' })).toEqual(unfit('a'));
  });

  it('S6: makes one pass: what comes out is not a template again', () => {
    expect(expand('{a}:{b}', { a: '{b}', b: '{a}' }).values).toEqual(['{b}:{a}']);
    expect(expand('{a}', { a: '{a|segment}' }).values).toEqual(['{a|segment}']);
  });

  describe('with |segment', () => {
    it.each([
      ['*', 'Kg'],
      ['a:b', 'YTpi'],
      ['[*]*', 'WypdKg'],
      ['a\nb', 'YQpi'],
      ['😀', '8J-YgA'],
      ['???', 'Pz8_'],
    ])('S6: writes %j as one segment of base64url', (sub, segment) => {
      expect(expand('user:{sub|segment}:x', { sub })).toEqual({ values: [`user:${segment}:x`], shortfalls: [] });
    });

    it('writes integers and lists likewise', () => {
      expect(expand('{n|segment}', { n: [7, '7', 'x'] }).values).toEqual(['Nw', 'Nw', 'eA']);
    });

    it.each(['', '\ud800', null, 1.5])('S6: leaves out %j, which is no text', (sub) => {
      expect(expand('{sub|segment}', { sub })).toEqual(unfit('sub|segment'));
    });
  });
});
