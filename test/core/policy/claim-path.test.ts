import { describe, expect, it } from 'vitest';
import { parseClaimPath, readClaim } from '../../../core/policy/claim-path.ts';

describe('parseClaimPath', () => {
  it.each<[string, readonly string[]]>([
    ['sub', ['sub']],
    ['org.id', ['org', 'id']],
    ['"https://app.example/roles"', ['https://app.example/roles']],
    ['"a.b".c."d e"', ['a.b', 'c', 'd e']],
    ['"{|}"', ['{|}']],
    ['cognito:groups', ['cognito:groups']],
    ['__proto__', ['__proto__']],
    ['é', ['é']],
  ])('reads %s', (text, path) => {
    expect(parseClaimPath(text)).toEqual(path);
  });

  it.each([
    '',
    '.',
    'a.',
    '.a',
    'a..b',
    '"',
    '""',
    '"a',
    'a"',
    'a"b"',
    '"a"b',
    '"a""b"',
    'a b',
    ' a',
    'a\n',
    '{a}',
    'a|b',
  ])('does not guess at %j', (text) => {
    expect(parseClaimPath(text)).toBeUndefined();
  });

  it('answers at once on long texts that almost are paths', () => {
    const texts = ['a.'.repeat(50_000), '"'.repeat(100_000), `"${'a'.repeat(100_000)}`, `${'"a".'.repeat(25_000)}`];
    for (const text of texts) expect(parseClaimPath(text)).toBeUndefined();
    expect(parseClaimPath(`${'a.'.repeat(50_000)}a`)).toHaveLength(50_001);
  });
});

describe('readClaim', () => {
  const claims = Object.freeze({
    sub: 'bob',
    org: { id: 7, plan: null, teams: ['a'] },
    'https://app.example/roles': ['admin'],
    'org.id': 'not this one',
    none: undefined,
  });

  it('descends by dots, and by quoted names through anything', () => {
    expect(readClaim(claims, ['org', 'id'])).toBe(7);
    expect(readClaim(claims, ['org.id'])).toBe('not this one');
    expect(readClaim(claims, ['https://app.example/roles'])).toEqual(['admin']);
  });

  it('tells null, which is there, from what is missing', () => {
    expect(readClaim(claims, ['org', 'plan'])).toBeNull();
    expect(readClaim(claims, ['org', 'nothing'])).toBeUndefined();
  });

  it.each([
    [['constructor']],
    [['__proto__']],
    [['toString']],
    [['hasOwnProperty', 'name']],
    [['org', 'constructor']],
    [['org', '__proto__', 'constructor']],
    [['sub', 'length']],
    [['sub', '0']],
    [['org', 'teams', '0']],
    [['org', 'teams', 'length']],
    [['org', 'plan', 'x']],
    [['org', 'id', 'toFixed']],
  ])('S6: finds nothing that is not in the token, by %j', (path) => {
    expect(readClaim(claims, path)).toBeUndefined();
  });

  it('S6: reads a claim that is named __proto__ as the data that it is', () => {
    const parsed = JSON.parse('{"__proto__":{"admin":true}}') as Record<string, unknown>;
    expect(readClaim(parsed, ['__proto__', 'admin'])).toBe(true);
    expect(readClaim(parsed, ['admin'])).toBeUndefined();
  });

  it('S6: does not read what a prototype has', () => {
    const inherited = Object.create({ role: 'admin' }) as Record<string, unknown>;
    expect(readClaim(inherited, ['role'])).toBeUndefined();
  });
});
