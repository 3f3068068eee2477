import { describe, expect, it } from 'vitest';
import type { Identity } from '../../../core/identity/identity.ts';
import { compileMatch, unreadableClaimPaths } from '../../../core/policy/match.ts';
import type { ClaimTest, Match } from '../../../core/policy/rule.ts';

const BOB: Identity = Object.freeze({
  ...{ source: 'session', subject: 'bob', kind: 'user' as const },
  claims: Object.freeze({
    ...{ sub: 'bob', role: 'admin', age: 7, yes: true, none: null, nothing: undefined },
    ...{ groups: ['a', 7, ['b']], empty: [], org: { plan: 'pro' }, 'https://app.example/roles': ['editor'] },
  }),
});
const GUEST: Identity = { ...BOB, kind: 'guest', source: 'guest' };
const NOBODY: Identity = { source: 'anonymous', subject: '', kind: 'anonymous', claims: {} };

const covered = (match: Match) => [BOB, GUEST, NOBODY].filter(compileMatch(match)).map(({ kind }) => kind);

describe('compileMatch', () => {
  it.each<[Match, readonly string[]]>([
    [{}, ['user']],
    [{ kind: 'user' }, ['user']],
    [{ kind: 'guest' }, ['guest']],
    [{ kind: 'anonymous' }, ['anonymous']],
    [{ kind: ['user', 'guest'] }, ['user', 'guest']],
    [{ kind: [] }, []],
    [{ source: 'session' }, ['user']],
    [{ source: 'guest' }, []],
    [{ source: ['guest', 'anonymous'], kind: ['user', 'guest', 'anonymous'] }, ['guest', 'anonymous']],
    [{ source: [] }, []],
    [{ kind: ['user', 'guest', 'anonymous'], claims: { role: 'admin' } }, ['user', 'guest']],
    [{ kind: ['user', 'anonymous'], claims: { role: { present: false } } }, ['anonymous']],
  ])('S1: %j covers %j', (match, kinds) => {
    expect(covered(match)).toEqual(kinds);
  });

  it.each<[string, ClaimTest]>([
    ['role', 'admin'],
    ['age', 7],
    ['yes', true],
    ['org.plan', 'pro'],
    ['role', { oneOf: ['editor', 'admin'] }],
    ['age', { oneOf: ['7', 7] }],
    ['groups', { contains: 'a' }],
    ['groups', { contains: 7 }],
    ['"https://app.example/roles"', { contains: 'editor' }],
    ['role', { present: true }],
    ['none', { present: true }],
    ['empty', { present: true }],
    ['nothing', { present: false }],
    ['missing', { present: false }],
    ['org.missing', { present: false }],
    ['constructor', { present: false }],
    ['__proto__', { present: false }],
  ])('a claim passes: %s %j', (path, test) => {
    expect(compileMatch({ claims: { [path]: test } })(BOB)).toBe(true);
  });

  it.each<[string, ClaimTest]>([
    ['role', 'Admin'],
    ['role', 'adm'],
    ['age', '7'],
    ['yes', 'true'],
    ['yes', 1],
    ['none', false],
    ['none', 'null'],
    ['missing', ''],
    ['missing', 'undefined'],
    ['groups', 'a'],
    ['groups', 'a,7,b'],
    ['org', '[object Object]'],
    ['role', { oneOf: [] }],
    ['role', { oneOf: ['Admin'] }],
    ['age', { oneOf: ['7'] }],
    ['groups', { oneOf: ['a'] }],
    ['missing', { oneOf: ['undefined'] }],
    ['groups', { contains: '7' }],
    ['groups', { contains: 'b' }],
    ['empty', { contains: 'a' }],
    ['role', { contains: 'admin' }],
    ['role', { contains: 'a' }],
    ['missing', { contains: 'a' }],
    ['role', { present: false }],
    ['none', { present: false }],
    ['missing', { present: true }],
    ['constructor', { present: true }],
    ['__proto__', { present: true }],
  ])('a claim does not pass, and nothing is coerced: %s %j', (path, test) => {
    expect(compileMatch({ claims: { [path]: test } })(BOB)).toBe(false);
  });

  it('needs every claim of a match to pass', () => {
    expect(compileMatch({ claims: { role: 'admin', age: 7 } })(BOB)).toBe(true);
    expect(compileMatch({ claims: { role: 'admin', age: 8 } })(BOB)).toBe(false);
  });

  it('throws on a path that cannot be read, which is reported before', () => {
    const match = { claims: { 'a..b': 1, ok: 1, '"': 1 } };
    expect(unreadableClaimPaths(match)).toEqual(['a..b', '"']);
    expect(() => compileMatch(match)).toThrow('"a..b" is not a claim path');
  });
});
