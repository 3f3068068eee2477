import { describe, expect, it } from 'vitest';
import { canonicalCapability } from '../../../core/capability/canonical.ts';
import type { Identity } from '../../../core/identity/identity.ts';
import { compilePolicy } from '../../../core/policy/compile-policy.ts';
import { evaluate } from '../../../core/policy/evaluate.ts';
import type { Rule } from '../../../core/policy/rule.ts';

const BOB: Identity = Object.freeze({
  ...{ source: 'session', subject: 'bob', kind: 'user' as const },
  claims: Object.freeze({ sub: 'bob', role: 'admin', rooms: ['a', '*', 'b'], evil: 'x:*', none: [] }),
});
const NOBODY: Identity = { source: 'anonymous', subject: '', kind: 'anonymous', claims: {} };

function evaluation(rules: readonly Rule[], identity: Identity = BOB) {
  const policy = compilePolicy(rules, []);
  const result = evaluate(policy, identity);
  return { ...result, capability: canonicalCapability(result.capability) };
}

describe('evaluate', () => {
  it('grants nothing by default', () => {
    expect(evaluation([])).toEqual({
      ...{ matched: [], matchedRules: [], capability: '{}', clientId: undefined, wildcardClientId: false, leftOut: [] },
      ...{ ttlMs: undefined, format: undefined },
    });
  });

  it('adds up the grants of every rule that matches, and of no other', () => {
    const { matchedRules, capability } = evaluation([
      { name: 'one', grant: { a: ['publish'], b: ['history'] } },
      { name: 'two', grant: { a: ['subscribe'], 'user:{sub}': ['presence'] } },
      { name: 'guests', when: { kind: 'guest' }, grant: { secret: ['publish'] } },
      { name: 'editors', when: { claims: { role: 'editor' } }, grant: { secret: ['publish'] } },
      { name: 'admins', when: { claims: { role: 'admin' } }, grant: { b: ['*'] } },
    ]);
    expect(matchedRules).toEqual(['one', 'two', 'admins']);
    expect(capability).toBe('{"a":["publish","subscribe"],"b":["*"],"user:bob":["presence"]}');
  });

  it('S1: gives an anonymous caller nothing of a rule that does not name the kind', () => {
    expect(evaluation([{ name: 'x', grant: { a: ['publish'] } }], NOBODY).capability).toBe('{}');
    const rule: Rule = { name: 'x', when: { kind: 'anonymous' }, grant: { a: ['publish'] } };
    expect(evaluation([rule], NOBODY).capability).toBe('{"a":["publish"]}');
  });

  it('lets the first matching rule that names one decide clientId, ttl and format', () => {
    const result = evaluation([
      { name: 'other', when: { kind: 'guest' }, grant: {}, clientId: 'guest', ttl: '1m', format: 'jwt' },
      { name: 'silent', grant: {} },
      { name: 'ttl', grant: {}, ttl: '2m' },
      { name: 'clientId', grant: {}, clientId: '{sub}', ttl: '3m' },
      { name: 'both', grant: {}, clientId: false, format: 'token-request' },
      { name: 'late', grant: {}, format: 'jwt' },
    ]);
    expect(result).toMatchObject({ clientId: { text: '{sub}' }, ttlMs: 120_000, format: 'token-request' });
  });

  it('takes clientId: false for a decision, which a later rule does not undo', () => {
    const rules: Rule[] = [
      { name: 'none', grant: {}, clientId: false },
      { name: 'some', grant: {}, clientId: '{sub}' },
    ];
    expect(evaluation(rules).clientId).toBe(false);
  });

  it('allows any clientId as soon as one matching rule does, and only then', () => {
    const server: Rule = { name: 'server', when: { claims: { role: 'admin' } }, grant: {}, wildcardClientId: true };
    expect(evaluation([{ name: 'x', grant: {} }, server]).wildcardClientId).toBe(true);
    expect(evaluation([server], { ...BOB, claims: {} }).wildcardClientId).toBe(false);
  });

  it('S6: leaves out grants whose claim is missing or unfit, keeps the others, and says which and why', () => {
    const { capability, leftOut } = evaluation([
      { name: 'rooms', grant: { 'room:{rooms}': ['publish'], 'x:{missing}': ['publish'], 'y:{none}': ['publish'] } },
      { name: 'more', grant: { 'z:{evil}': ['publish'], 'a:{sub}:{evil}': ['publish'], ok: ['history'] } },
    ]);
    expect(capability).toBe('{"ok":["history"],"room:a":["publish"],"room:b":["publish"]}');
    expect(leftOut).toEqual([
      { rule: 'rooms', grant: 'room:{rooms}', placeholder: 'rooms', why: 'unfit' },
      { rule: 'rooms', grant: 'x:{missing}', placeholder: 'missing', why: 'missing' },
      { rule: 'rooms', grant: 'y:{none}', placeholder: 'none', why: 'missing' },
      { rule: 'more', grant: 'z:{evil}', placeholder: 'evil', why: 'unfit' },
      { rule: 'more', grant: 'a:{sub}:{evil}', placeholder: 'evil', why: 'unfit' },
    ]);
    expect(JSON.stringify(leftOut)).not.toContain('x:*');
  });

  it('unites what two templates give on the same channel', () => {
    const grant = { 'user:{sub}': ['publish'], 'user:{"sub"}': ['subscribe'], 'user:bob': ['history'] } as const;
    expect(evaluation([{ name: 'x', grant }]).capability).toBe('{"user:bob":["history","publish","subscribe"]}');
  });

  it('answers the second caller as the first: nothing of a caller stays in the policy', () => {
    const policy = compilePolicy([{ name: 'x', grant: { shared: ['publish'], 'user:{sub}': ['publish'] } }], []);
    const first = canonicalCapability(evaluate(policy, BOB).capability);
    evaluate(policy, { ...BOB, claims: { sub: 'eve' } });
    expect(canonicalCapability(evaluate(policy, BOB).capability)).toBe(first);
    expect(canonicalCapability(evaluate(policy, { ...BOB, claims: {} }).capability)).toBe('{"shared":["publish"]}');
  });
});
