/** Which requested resources an entry is about: exactly the channels that its template could become, and nothing else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchResource } from '../../core/grants/match-resource.ts';
import { expandTemplate, parseTemplate, type Template } from '../../core/policy/template.ts';

function template(text: string): Template {
  const parsed = parseTemplate(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.template;
}

const ROOM = template('room:{id}');

describe('matchResource', () => {
  it.each([
    ['room:{id}', 'room:7', { id: '7' }],
    ['room:{id}', 'room:é 😀', { id: 'é 😀' }],
    ['room:{id}', 'room:__proto__', { id: '__proto__' }],
    ['room:{id}', 'room:room', { id: 'room' }],
    ['{org}:room:{id}', 'acme:room:7', { org: 'acme', id: '7' }],
    ['a-{x}-z:{y}', 'a--z-z:b', { x: '-z', y: 'b' }],
    ['lobby', 'lobby', {}],
  ])('%s is about %s', (text, resource, values) => {
    expect(matchResource(template(text), resource)).toEqual(values);
  });

  it.each([
    ...['room:*', 'room:7:*', 'room:**', '*', '*:7', '[meta]room:7', '[*]room:7', '[queue]room:7', '[]room:7'],
    ...[
      '[?rewind=1]room:7',
      'room:[7]',
      'room:7,room:8',
      'room:{id}',
      'room:{7',
      'room:7}',
      'room:{"sub"}',
      'room:a?b',
    ],
    ...['room:', 'room', 'room:7:', 'room::7', ':room:7', 'room:7:8', 'ROOM:7', ' room:7', 'xroom:7', ''],
    ...[
      'room:7\n',
      'room:\u0000',
      'room:a\u2028b',
      'room:\u009f',
      'room:\ud800',
      'room:7\r\nX: y',
      `room:${'x'.repeat(508)}`,
    ],
  ])('room:{id} is not about %j', (resource) => {
    expect(matchResource(ROOM, resource)).toBeUndefined();
  });

  it.each([
    ['a-{x}-z', 'a--z'],
    ['a-{x}-z', 'a-z'],
    ['{x}-z:{y}', '-z:b'],
    ['lobby', 'lobby2'],
    ['lobby', 'lob'],
  ])('%s is not about %s', (text, resource) => {
    expect(matchResource(template(text), resource)).toBeUndefined();
  });

  it('is the reverse of a template: what comes out, put in again, is the resource that was asked for', () => {
    const literal = fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 2 });
    const segment = fc.oneof(
      literal.filter((text) => text !== ''),
      fc
        .tuple(literal, fc.constantFrom('x', 'y', 'z'), literal)
        .map(([before, name, after]) => `${before}{${name}}${after}`),
    );
    const templates = fc
      .array(segment, { minLength: 1, maxLength: 3 })
      .map((segments) => segments.join(':'))
      .filter((text) => new Set(text.match(/\{.\}/g)).size === (text.match(/\{.\}/g)?.length ?? 0));
    const values = fc.string({ unit: fc.constantFrom('a', 'b', '-', ':', '*', '{', 'é', '['), maxLength: 4 });
    let matched = 0;
    fc.assert(
      fc.property(
        templates,
        fc.record({ x: values, y: values, z: values }),
        fc.boolean(),
        values,
        (text, claims, own, other) => {
          const [made] = expandTemplate(template(text), claims).values;
          const resource = own && made !== undefined ? made : other;
          const found = matchResource(template(text), resource);
          if (found) {
            matched += 1;
            expect(expandTemplate(template(text), found).values).toEqual([resource]);
          } else if (own && made !== undefined) {
            expect(made).toMatch(/[{}]/);
          }
        },
      ),
      { numRuns: 3_000 },
    );
    expect(matched).toBeGreaterThan(300);
  });
});
