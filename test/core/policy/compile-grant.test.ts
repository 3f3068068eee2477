import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../core/capability/operations.ts';
import type { ConfigProblem } from '../../../core/config-problem.ts';
import { compileGrants } from '../../../core/policy/compile-grant.ts';
import { type BroadGrant, broad } from '../../../core/policy/rule.ts';

type Grant = Readonly<Record<string, readonly Operation[] | BroadGrant>>;

function compile(grant: Grant) {
  const problems: ConfigProblem[] = [];
  const grants = compileGrants(Object.freeze(grant), 'rules[0].grant', problems);
  return { ...grants, problems };
}

const problemsOf = (grant: Grant) => compile(grant).problems.map(({ setting, problem }) => `${setting}: ${problem}`);

describe('compileGrants', () => {
  it('parts the grants that are the same for all from those that depend on the caller', () => {
    const { fixed, templates, problems } = compile({ 'a:*': ['publish', 'publish'], 'user:{sub}': ['subscribe'] });
    expect(problems).toEqual([]);
    expect([...fixed]).toEqual([['a:*', new Set(['publish'])]]);
    expect(templates.map(({ template, operations }) => [template.text, [...operations]])).toEqual([
      ['user:{sub}', ['subscribe']],
    ]);
  });

  it('keeps a grant on a channel named __proto__', () => {
    const grant = JSON.parse('{"__proto__":["publish"]}') as Grant;
    expect([...compile(grant).fixed.keys()]).toEqual(['__proto__']);
  });

  it.each<[string, readonly Operation[], string]>([
    ['*', ['subscribe'], 'a wildcard in the first segment reaches every namespace'],
    ['*:a', ['subscribe'], 'a wildcard in the first segment reaches every namespace'],
    ['*:{sub}', ['subscribe'], 'a wildcard in the first segment reaches every namespace'],
    ['[meta]*', ['subscribe'], 'a wildcard in the first segment reaches every namespace'],
    ['[queue]*', ['subscribe'], 'a wildcard in the first segment reaches every namespace'],
    ['[filter]*:a', ['subscribe'], 'a wildcard in the first segment reaches every namespace'],
    ['[*]*', ['subscribe'], 'the qualifier [*] reaches queues and metachannels'],
    ['[*]a', ['subscribe'], 'the qualifier [*] reaches queues and metachannels'],
    ['[*]user:{sub}', ['subscribe'], 'the qualifier [*] reaches queues and metachannels'],
    ['a:*', ['*'], 'every operation on a wildcard'],
    ['a:*:b', ['*'], 'every operation on a wildcard'],
    ['user:{sub}:*', ['*'], 'every operation on a wildcard'],
  ])('S7: refuses %s %j unless it is marked as broad', (resource, operations, why) => {
    expect(problemsOf({ [resource]: operations })).toEqual([
      `rules[0].grant["${resource}"]: this grant is broad: ${why}`,
    ]);
    expect(problemsOf({ [resource]: broad(operations, 'it is meant') })).toEqual([]);
  });

  it('S7: says how to mark it', () => {
    expect(compile({ '*': ['subscribe'] }).problems[0]?.fix).toBe(
      "Name the namespace, or write broad([...], 'the reason') to say that it is meant",
    );
  });

  it.each([
    ['an empty one', ''],
    ['white space', ' \n'],
    ['none at all', undefined],
    ['a number', 1],
  ])('S7: takes no broad(...) whose reason is %s', (_, reason) => {
    const marked = { operations: ['subscribe'], broad: reason } as unknown as BroadGrant;
    const expected = reason === undefined ? /this grant is broad/ : /broad\(...\) gives no reason/;
    expect(problemsOf({ '*': marked }).join()).toMatch(expected);
  });

  it.each<[string, readonly Operation[]]>([
    ['a', ['*']],
    ['a:b', ['*']],
    ['user:{sub}', ['*']],
    ['{ns}:*', ['publish']],
    ['a:*', ['publish', 'subscribe']],
    ['a*', ['*']],
    ['a:**', ['*']],
    ['[meta]log', ['subscribe']],
  ])('S7: takes %s %j as it is', (resource, operations) => {
    expect(problemsOf({ [resource]: operations })).toEqual([]);
  });

  it.each<[string, Grant, RegExp]>([
    ['an operation that Ably does not know', { a: ['fly' as Operation] }, /"fly" is not known/],
    ['an operation in another case', { a: ['Publish' as Operation] }, /"Publish" is not known/],
    ['no operation', { a: [] }, /it lists no operation/],
    ['"*" beside others', { a: ['*', 'publish'] }, /"\*" stands beside other operations/],
    ['text in place of a list', { a: 'publish' as unknown as Operation[] }, /it lists no operation/],
    ['null in place of a list', { a: null as unknown as Operation[] }, /it lists no operation/],
    ['a brace that does not match', { 'a:{sub': ['publish'] }, /a brace that does not match/],
    ['two placeholders in a segment', { '{a}{b}': ['publish'] }, /two placeholders in one segment/],
    ['a placeholder that is no claim', { '{a b}': ['publish'] }, /is not a claim/],
    ['an empty resource', { '': ['publish'] }, /the resource is empty/],
    ['a line break', { 'a\nb': ['publish'] }, /the resource contains a control character/],
    ['an unknown qualifier', { '[x]a': ['publish'] }, /the resource has an unknown qualifier/],
    ['a qualifier with parameters', { '[meta?a=b]x': ['publish'] }, /the resource has parameters/],
    ['a qualifier that does not close', { '[meta': ['publish'] }, /the resource begins with "\["/],
    ['a qualifier alone', { '[meta]': ['publish'] }, /a qualifier and no name/],
    ['a leading colon', { ':a': ['publish'] }, /a name that begins with ":"/],
  ])('refuses %s', (_, grant, problem) => {
    const problems = problemsOf(grant);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
    expect(problems[0]?.startsWith(`rules[0].grant[${JSON.stringify(Object.keys(grant)[0])}]`)).toBe(true);
  });

  it.each(['[{kind}]a', '[{kind}', '[meta{kind}]a', '[{"]"}]a'])(
    'S6: lets no caller choose the kind of a resource: %s',
    (text) => {
      expect(problemsOf({ [text]: ['publish'] })).toHaveLength(1);
    },
  );

  it('reports what is wrong with every grant at once', () => {
    const grant = { '*': ['fly' as Operation], '{': ['publish'], b: [], ok: ['publish'] } satisfies Grant;
    expect(problemsOf(grant)).toHaveLength(4);
  });
});

describe('broad', () => {
  it('is plain data, the same object in JSON', () => {
    const grant = broad(['publish'], 'because');
    expect(JSON.parse(JSON.stringify(grant))).toEqual({ operations: ['publish'], broad: 'because' });
  });
});
