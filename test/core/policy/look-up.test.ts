import { describe, expect, it, vi } from 'vitest';
import { canonicalCapability } from '../../../core/capability/canonical.ts';
import type { ConfigProblem } from '../../../core/config-problem.ts';
import { AuthFailure } from '../../../core/errors.ts';
import type { Identity } from '../../../core/identity/identity.ts';
import { compilePolicy } from '../../../core/policy/compile-policy.ts';
import { evaluate } from '../../../core/policy/evaluate.ts';
import { lookUp, NO_ANSWERS } from '../../../core/policy/look-up.ts';
import type { Condition, Lookup, PolicyCall, Rule } from '../../../core/policy/rule.ts';
import { authRequest, errorOf, headerOf, sessionCookie, testEndpoint } from '../auth-request.ts';

const BOB: Identity = Object.freeze({
  ...{ source: 'session', subject: 'bob', kind: 'user' as const },
  claims: Object.freeze({ sub: 'bob', room: 'claimed', lookup: Object.freeze({ room: 'claimed' }) }),
});
const NOBODY: Identity = { source: 'anonymous', subject: '', kind: 'anonymous', claims: {} };

async function evaluation(rules: readonly Rule[], { identity = BOB, deadlineMs = 1_000 } = {}) {
  const problems: ConfigProblem[] = [];
  const policy = compilePolicy(rules, problems, { deadlineMs });
  expect(problems).toEqual([]);
  const { matchedRules, capability, leftOut } = evaluate(policy, identity, await lookUp(policy, identity));
  return { matchedRules, capability: canonicalCapability(capability), leftOut };
}

async function refusal(rule: Partial<Rule>, deadlineMs?: number): Promise<unknown> {
  const rules = [{ name: 'asks', grant: { a: ['publish'] }, ...rule } as Rule];
  try {
    return await evaluation(rules, { ...(deadlineMs !== undefined && { deadlineMs }) });
  } catch (error) {
    if (!(error instanceof AuthFailure)) throw error;
    return [error.reason, error.detail];
  }
}

const room = (lookup: Lookup): readonly Rule[] => [
  {
    name: 'rooms',
    lookup,
    grant: { 'room:{lookup.room}': ['publish'], 'user:{sub}': ['history'], fixed: ['presence'] },
  },
];
const never = () => new Promise<never>(() => {});

describe('lookUp', () => {
  it('has the answer at once for a policy of plain data, and for callers whom no asking rule could cover', () => {
    const data = compilePolicy([{ name: 'data', grant: { a: ['publish'] } }], []);
    expect(lookUp(data, BOB)).toBe(NO_ANSWERS);
    const asks = compilePolicy([{ name: 'asks', when: () => true, grant: { a: ['publish'] } }], []);
    expect(lookUp(asks, NOBODY)).toBe(NO_ANSWERS);
    expect(lookUp(asks, BOB)).toBeInstanceOf(Promise);
  });

  it('asks no function about a caller whom data excludes, and no look-up of a rule that does not cover', async () => {
    const test = vi.fn<Condition>(() => false);
    const lookup = vi.fn<Lookup>(() => null);
    await evaluation([
      { name: 'one', when: { claims: { role: 'admin' }, test }, grant: {} },
      { name: 'two', when: () => false, lookup, grant: {} },
      { name: 'three', when: { kind: 'guest' }, lookup, grant: {} },
    ]);
    expect(test).not.toHaveBeenCalled();
    expect(lookup).not.toHaveBeenCalled();
  });

  it('S1: a function alone is asked about signed-in users only; with a kind about others', async () => {
    const grant = { a: ['publish'] } as const;
    expect((await evaluation([{ name: 'all', when: () => true, grant }], { identity: NOBODY })).matchedRules).toEqual(
      [],
    );
    const named: Rule = { name: 'all', when: { kind: 'anonymous', test: () => true }, grant };
    expect((await evaluation([named], { identity: NOBODY })).matchedRules).toEqual(['all']);
  });

  it('gives a function the identity and a signal, and nothing of the request', async () => {
    const calls: unknown[][] = [];
    await evaluation([
      {
        name: 'asks',
        when: (...args) => {
          calls.push(args);
          return true;
        },
        grant: {},
      },
    ]);
    expect(calls).toEqual([[BOB, { signal: expect.any(AbortSignal) }]]);
  });

  it('lets no function make somebody else of the caller', async () => {
    const identity: Identity = { source: 'session', subject: 'bob', kind: 'user', claims: { sub: 'bob', room: '1' } };
    for (const change of [
      (caller: Identity) => Object.assign(caller, { subject: 'alice' }),
      (caller: Identity) => Object.assign(caller.claims, { room: '7' }),
    ]) {
      const rules: readonly Rule[] = [
        { name: 'asks', when: (caller) => change(caller) !== undefined, grant: { 'room:{room}': ['publish'] } },
      ];
      await expect(evaluation(rules, { identity })).rejects.toMatchObject({
        reason: 'policy-unavailable',
        detail: 'when of "asks" threw TypeError',
      });
    }
    expect(identity).toEqual({ source: 'session', subject: 'bob', kind: 'user', claims: { sub: 'bob', room: '1' } });
  });

  it('takes functions that answer at once and functions that take their time, in the order of the rules', async () => {
    const rules: readonly Rule[] = [
      { name: 'slow', when: async () => new Promise((done) => setTimeout(done, 5, true)), grant: {} },
      { name: 'data', grant: {} },
      { name: 'quick', when: () => true, grant: {} },
      { name: 'no', when: async () => false, grant: {} },
    ];
    expect((await evaluation(rules)).matchedRules).toEqual(['slow', 'data', 'quick']);
  });

  it('fills the templates with each row, and others with claims alone', async () => {
    const { capability } = await evaluation(
      room(async () => [{ room: '7' }, { room: 8 }, { room: ['x', 'y'] }, { room: '7' }]),
    );
    expect(capability).toBe(
      '{"fixed":["presence"],"room:7":["publish"],"room:8":["publish"],"room:x":["publish"],"room:y":["publish"],"user:bob":["history"]}',
    );
    expect((await evaluation(room(() => ({ room: 'one' })))).capability).toContain('"room:one"');
  });

  it('fills a template of several values with one row at a time', async () => {
    const rows = [
      { project: 'p', room: '1' },
      { project: 'q', room: '2' },
    ];
    const rules: readonly Rule[] = [
      { name: 'pairs', lookup: () => rows, grant: { '{lookup.project}:{lookup.room}': ['publish'] } },
    ];
    expect((await evaluation(rules)).capability).toBe('{"p:1":["publish"],"q:2":["publish"]}');
  });

  it.each<[string, ReturnType<Lookup>]>([
    ['nothing', undefined],
    ['null', null],
    ['no row', []],
    ['a row without it', [{ other: 1 }]],
    ['a row whose value is undefined', { room: undefined }],
  ])('S6: no claim takes the place of a value that was not found: %s', async (_, found) => {
    const { capability, leftOut } = await evaluation(room(() => found));
    expect(capability).toBe('{"fixed":["presence"],"user:bob":["history"]}');
    expect(leftOut).toEqual([
      { rule: 'rooms', grant: 'room:{lookup.room}', placeholder: 'lookup.room', why: 'missing' },
    ]);
  });

  it.each(['*', 'a:*', '[*]*', '{sub}', 'x\ny', '', '\ud800'])('S6, S7: no value widens a grant: %j', async (value) => {
    const { capability, leftOut } = await evaluation(room(() => [{ room: value }, { room: 'fine' }]));
    const own = value === '{sub}' ? ',"room:{sub}":["publish"]' : '';
    expect(capability).toBe(`{"fixed":["presence"],"room:fine":["publish"]${own},"user:bob":["history"]}`);
    expect(leftOut).toHaveLength(value === '{sub}' ? 0 : 1);
  });

  it('says of a thousand unfit rows once what is wrong', async () => {
    const rows = Array.from({ length: 1_000 }, () => ({ room: '*' }));
    expect((await evaluation(room(() => rows))).leftOut).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ['a text', 'room'],
    ['a number', 7],
    ['true', true],
    ['more than 1,000 rows', Array.from({ length: 1_001 }, (_, index) => ({ room: `r${index}` }))],
    ['rows that are none', ['7', null, ['x']]],
  ])('leaves the grants out for a look-up that gives %s, and says so', async (_, found) => {
    const { capability, leftOut } = await evaluation(room(() => found as ReturnType<Lookup>));
    expect(capability).toBe('{"fixed":["presence"],"user:bob":["history"]}');
    expect(leftOut).toContainEqual({
      ...{ rule: 'rooms', grant: 'room:{lookup.room}', placeholder: 'lookup', why: 'unfit' },
    });
  });

  it('keeps the rows that are fit', async () => {
    const { capability, leftOut } = await evaluation(room((() => ['7', { room: '8' }]) as unknown as Lookup));
    expect(capability).toContain('"room:8"');
    expect(leftOut).toContainEqual(expect.objectContaining({ placeholder: 'lookup', why: 'unfit' }));
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['1', 1],
    ['a text', 'true'],
    ['an object', {}],
  ])('covers nobody where a condition gives %s, and says so', async (_, given) => {
    const when = (() => given) as unknown as Condition;
    const { matchedRules, leftOut } = await evaluation([
      { name: 'odd', when, grant: { a: ['publish'], 'b:{sub}': ['publish'] } },
    ]);
    expect(matchedRules).toEqual([]);
    expect(leftOut).toEqual([
      { rule: 'odd', grant: 'a', placeholder: 'when', why: 'unfit' },
      { rule: 'odd', grant: 'b:{sub}', placeholder: 'when', why: 'unfit' },
    ]);
  });

  it('S12: a function that throws, rejects or is late is an outage, named without what it said', async () => {
    const thrown = () => {
      throw new RangeError('postgres://user:hunter2@db');
    };
    expect(await refusal({ when: thrown })).toEqual(['policy-unavailable', 'when of "asks" threw RangeError']);
    expect(await refusal({ lookup: () => Promise.reject(new Error('hunter2')) })).toEqual([
      ...['policy-unavailable', 'lookup of "asks" threw Error'],
    ]);
    expect(await refusal({ lookup: () => Promise.reject('hunter2') })).toEqual([
      ...['policy-unavailable', 'lookup of "asks" threw a string'],
    ]);
    expect(await refusal({ lookup: never }, 10)).toEqual(['policy-unavailable', 'no answer within 10 ms from "asks"']);
  });

  it('names of several functions those that are late', async () => {
    const policy = compilePolicy(
      [
        { name: 'quick', when: async () => true, grant: {} },
        { name: 'late', when: never, grant: {} },
        { name: 'later', lookup: never, grant: {} },
      ],
      [],
      { deadlineMs: 10 },
    );
    await expect(lookUp(policy, BOB)).rejects.toMatchObject({ detail: 'no answer within 10 ms from "late", "later"' });
  });

  it('aborts the others as soon as nobody waits for them, and when all is done', async () => {
    const signals: AbortSignal[] = [];
    const keep = ({ signal }: PolicyCall): undefined => {
      signals.push(signal);
    };
    const rules: readonly Rule[] = [
      { name: 'waits', when: (_, call) => keep(call) ?? never(), grant: {} },
      { name: 'fails', when: () => Promise.reject(new Error('x')), grant: {} },
    ];
    await expect(evaluation(rules)).rejects.toThrow();
    await evaluation([{ name: 'done', when: (_, call) => keep(call) ?? true, grant: {} }]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });

  it('S12: leaves no rejection behind of a function that fails when nobody waits any longer', async () => {
    const left: unknown[] = [];
    const note = (reason: unknown): void => void left.push(reason);
    process.on('unhandledRejection', note);
    const fails = () => new Promise<never>((_, reject) => setTimeout(reject, 30, new Error('late')));
    const rules: readonly Rule[] = ['a', 'b'].map((name) => ({ name, lookup: fails, grant: {} }));
    await expect(evaluation(rules, { deadlineMs: 10 })).rejects.toMatchObject({ reason: 'policy-unavailable' });
    await new Promise((done) => setTimeout(done, 60));
    process.off('unhandledRejection', note);
    expect(left).toEqual([]);
  });

  it('asks all rules at the same time', async () => {
    let running = 0;
    let most = 0;
    const when: Condition = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((done) => setTimeout(done, 5));
      running -= 1;
      return true;
    };
    await evaluation(Array.from({ length: 20 }, (_, index) => ({ name: `r${index}`, when, grant: {} })));
    expect(most).toBe(20);
  });
});

describe('the endpoint', () => {
  const rules = (rule: Partial<Rule>): readonly Rule[] => [
    { name: 'members', grant: { lobby: ['subscribe'] } },
    { name: 'asks', grant: { 'room:{lookup.room}': ['publish'] }, ...rule },
  ];
  const asBob = () => authRequest({ cookies: [sessionCookie()] });

  it('S12: answers 503 with Retry-After while a function fails, never 403 and never fewer rights', async () => {
    const endpoint = testEndpoint({ rules: rules({ lookup: () => Promise.reject(new Error('hunter2')) }) });
    const response = await endpoint.handle(asBob());
    expect([response.status, headerOf(response, 'Retry-After')]).toEqual([503, '5']);
    expect(errorOf(response)).toMatchObject({
      code: 50000,
      message: 'What you may do cannot be looked up at the moment.',
    });
    expect(JSON.stringify([response, endpoint.events])).not.toContain('hunter2');
  });

  it('keeps to policyDeadlineMs', async () => {
    const endpoint = testEndpoint({ rules: rules({ lookup: never }), policyDeadlineMs: 20 });
    expect((await endpoint.handle(asBob())).status).toBe(503);
    expect(endpoint.events.at(-1)).toMatchObject({
      ...{ reason: 'policy-unavailable', detail: 'no answer within 20 ms from "asks"' },
    });
  });

  it.each([9, 8_001, 1.5, Number.NaN, '100'])('refuses a policyDeadlineMs of %s', (policyDeadlineMs) => {
    const endpoint = testEndpoint({ rules: rules({}), policyDeadlineMs: policyDeadlineMs as number });
    expect(endpoint.problems.map(({ setting }) => setting)).toEqual(['policyDeadlineMs']);
  });

  it('refuses functions that are none', () => {
    const odd = [{ when: { test: true } }, { when: 7 }, { lookup: 'rooms' }] as unknown as Partial<Rule>[];
    for (const [index, rule] of odd.entries()) {
      const { problems } = testEndpoint({ rules: rules(rule) });
      expect(problems.map(({ setting }) => setting)).toEqual([
        ['rules[1].when.test', 'rules[1].when', 'rules[1].lookup'][index],
      ]);
    }
  });
});
