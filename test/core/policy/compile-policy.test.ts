import { describe, expect, it } from 'vitest';
import type { ConfigProblem } from '../../../core/config-problem.ts';
import { compilePolicy } from '../../../core/policy/compile-policy.ts';
import type { Rule } from '../../../core/policy/rule.ts';

const GRANT = { a: ['publish'] } as const;

function problemsOf(rules: readonly Partial<Rule>[]): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  compilePolicy(rules as Rule[], problems);
  return problems;
}

const settingsOf = (rules: readonly Partial<Rule>[]) => problemsOf(rules).map(({ setting }) => setting);

describe('compilePolicy', () => {
  it('keeps the order of the rules and what they decide', () => {
    const problems: ConfigProblem[] = [];
    const policy = compilePolicy(
      [
        { name: 'one', grant: GRANT, clientId: '{sub}', ttl: '15m', format: 'jwt' },
        { name: 'two', grant: GRANT, clientId: false, wildcardClientId: true },
        { name: 'three', grant: {} },
      ],
      problems,
    );
    expect(problems).toEqual([]);
    expect(policy.rules).toMatchObject([
      { name: 'one', clientId: { text: '{sub}' }, wildcardClientId: false, ttlMs: 900_000, format: 'jwt' },
      { name: 'two', clientId: false, wildcardClientId: true, ttlMs: undefined, format: undefined },
      { name: 'three', clientId: undefined, wildcardClientId: false, ttlMs: undefined, format: undefined },
    ]);
  });

  it('wants at least one rule', () => {
    expect(problemsOf([])).toEqual([
      { setting: 'rules', problem: 'there are none, so nobody is granted anything', fix: 'Write one' },
    ]);
  });

  it.each<[string, readonly Partial<Rule>[], string, RegExp]>([
    ['no name', [{ grant: GRANT }], 'rules[0].name', /missing/],
    ['an empty name', [{ name: '', grant: GRANT }], 'rules[0].name', /it is an empty text/],
    [
      'a name twice',
      [
        { name: 'x', grant: GRANT },
        { name: 'x', grant: GRANT },
      ],
      'rules[1].name',
      /another rule is named "x" too/,
    ],
    [
      'a claim path that is none',
      [{ name: 'x', grant: GRANT, when: { claims: { 'a..b': 1 } } }],
      'rules[0].when.claims',
      /"a\.\.b" is not a claim/,
    ],
    ['an empty clientId', [{ name: 'x', grant: GRANT, clientId: '' }], 'rules[0].clientId', /it is an empty text/],
    ['a clientId that is no template', [{ name: 'x', grant: GRANT, clientId: '{' }], 'rules[0].clientId', /brace/],
    [
      'two claims in a row in a clientId',
      [{ name: 'x', grant: GRANT, clientId: '{first}{last}' }],
      'rules[0].clientId',
      /two placeholders/,
    ],
    [
      'a clientId beside wildcardClientId',
      [{ name: 'x', grant: GRANT, clientId: '{sub}', wildcardClientId: true }],
      'rules[0].clientId',
      /beside wildcardClientId/,
    ],
    ['a ttl of 30 s', [{ name: 'x', grant: GRANT, ttl: '30s' }], 'rules[0].ttl', /less than a minute/],
    ['a ttl of 25 h', [{ name: 'x', grant: GRANT, ttl: '25h' }], 'rules[0].ttl', /more than 24 hours/],
    [
      'an unknown format',
      [{ name: 'x', grant: GRANT, format: 'token' as 'jwt' }],
      'rules[0].format',
      /"token" is not known/,
    ],
    ['a grant that is wrong', [{ name: 'x', grant: { '*': ['publish'] } }], 'rules[0].grant["*"]', /broad/],
  ])('refuses %s, and names where', (_, rules, setting, problem) => {
    const problems = problemsOf(rules);
    expect(problems.map((found) => found.setting)).toEqual([setting]);
    expect(problems[0]?.problem).toMatch(problem);
    expect(problems[0]?.fix).not.toBe('');
  });

  it('reports every problem of every rule at once', () => {
    const rules = [
      { grant: { '': ['publish'] }, ttl: '1' as '1h' },
      { name: 'x', grant: { '*': ['publish'] }, clientId: '{', when: { claims: { '"': 1, 'a..b': 1 } } },
    ] satisfies Partial<Rule>[];
    expect(settingsOf(rules)).toEqual([
      ...['rules[0].name', 'rules[0].ttl', 'rules[0].grant[""]'],
      ...['rules[1].when.claims', 'rules[1].when.claims', 'rules[1].grant["*"]', 'rules[1].clientId'],
    ]);
  });

  it('gives a rule whose match cannot be read to nobody', () => {
    const [rule] = compilePolicy([{ name: 'x', grant: GRANT, when: { claims: { '"': 1 } } }], []).rules;
    expect(rule?.covers({ source: 's', subject: 'x', kind: 'user', claims: {} })).toBe(false);
  });

  // A policy may come from JSON or JavaScript, which no compiler has seen.
  describe('of rules that TypeScript would not let pass', () => {
    const base = { name: 'x', grant: GRANT };
    it.each<[string, unknown]>([
      ['no grant', { name: 'x' }],
      ['a grant of null', { name: 'x', grant: null }],
      ['a rule of null', null],
      ['a ttl that is a number', { ...base, ttl: 3_600 }],
      ['a clientId that is a number', { ...base, clientId: 7 }],
    ])('S11: reports %s and does not throw', (_, rule) => {
      expect(problemsOf([rule as Rule]).length).toBeGreaterThan(0);
    });

    it.each<[string, unknown]>([
      ['a claim test of null', { ...base, when: { claims: { role: null } } }],
      ['oneOf that is no list', { ...base, when: { claims: { role: { oneOf: 'admin' } } } }],
      ['a claim test that is misspelt', { ...base, when: { claims: { role: { oneof: ['admin'] } } } }],
      ['an empty claim test', { ...base, when: { claims: { role: {} } } }],
      ['a kind that there is not', { ...base, when: { kind: 'users' } }],
      ['wildcardClientId that is text', { ...base, wildcardClientId: 'true' }],
    ])('reports %s', (_, rule) => {
      expect(problemsOf([rule as Rule]).length).toBeGreaterThan(0);
    });
  });
});
