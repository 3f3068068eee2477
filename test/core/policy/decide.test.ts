import { describe, expect, it } from 'vitest';
import { canonicalCapability } from '../../../core/capability/canonical.ts';
import type { ConfigProblem } from '../../../core/config-problem.ts';
import { AuthFailure } from '../../../core/errors.ts';
import type { Identity } from '../../../core/identity/identity.ts';
import { compilePolicy } from '../../../core/policy/compile-policy.ts';
import { decide } from '../../../core/policy/decide.ts';
import type { Rule } from '../../../core/policy/rule.ts';
import type { Wishes } from '../../../core/policy/wishes.ts';
import { capabilityOf } from '../capability/samples.ts';

const BOB: Identity = Object.freeze({
  source: 'session',
  subject: 'bob',
  kind: 'user',
  claims: { sub: 'bob', rooms: ['a'] },
});
const NOBODY: Identity = { source: 'anonymous', subject: '', kind: 'anonymous', claims: {} };
const RULE: Rule = Object.freeze({
  ...{ name: 'rule', when: { kind: ['user', 'guest', 'anonymous'] as const } },
  grant: { 'room:*': ['publish', 'subscribe'], news: ['subscribe'] } as const,
});

interface Asked extends Wishes {
  readonly rule?: Partial<Rule>;
  readonly identity?: Identity;
  readonly prefix?: string;
}

function decision({ rule, identity = BOB, prefix = '', ...wishes }: Asked = {}) {
  const problems: ConfigProblem[] = [];
  // Strangers have no clientId, so a rule that names one does not cover them.
  const when = rule?.clientId || rule?.wildcardClientId ? { kind: ['user', 'guest'] as const } : RULE.when;
  const policy = compilePolicy([{ ...RULE, ...(when && { when }), ...rule }], problems);
  expect(problems).toEqual([]);
  const { capability, clientId, wildcardClientId } = decide(policy, identity, prefix, Object.freeze(wishes));
  return { capability: canonicalCapability(capability), clientId, wildcardClientId };
}

function refusal(asked: Asked): unknown[] {
  try {
    return [decision(asked)];
  } catch (error) {
    if (!(error instanceof AuthFailure)) throw error;
    return [error.reason, error.detail];
  }
}

const wish = (literal: Record<string, readonly string[]>) => ({ requestedCapability: capabilityOf(literal) });

describe('decide', () => {
  it('gives all that is granted to who asks for nothing in particular', () => {
    expect(decision()).toEqual({
      ...{ capability: '{"news":["subscribe"],"room:*":["publish","subscribe"]}', clientId: 'bob' },
      wildcardClientId: undefined,
    });
  });

  it.each<[Record<string, readonly string[]>, string]>([
    [{ 'room:7': ['publish'] }, '{"room:7":["publish"]}'],
    [{ 'room:7': ['publish', 'history'] }, '{"room:7":["publish"]}'],
    [{ 'room:7': ['*'] }, '{"room:7":["publish","subscribe"]}'],
    [{ '*': ['subscribe'] }, '{"news":["subscribe"],"room:*":["subscribe"]}'],
    [{ '[*]*': ['*'] }, '{"news":["subscribe"],"room:*":["publish","subscribe"]}'],
    [{ news: ['subscribe'], secret: ['publish'] }, '{"news":["subscribe"]}'],
    [{ '*:7': ['*'] }, '{"room:7":["publish","subscribe"]}'],
  ])('S3: a wish for %j narrows to %s', (literal, capability) => {
    expect(decision(wish(literal)).capability).toBe(capability);
  });

  it.each<Record<string, readonly string[]>>([
    {},
    { secret: ['*'] },
    { news: ['publish'] },
    { room: ['publish'] },
    { '[meta]*': ['*'] },
  ])('S4: a wish for %j that leaves nothing is refused, never widened to everything', (literal) => {
    expect(refusal(wish(literal))).toEqual(['requested-capability-empty', undefined]);
  });

  it('S1: refuses for good whom no rule covers, and lets an anonymous caller sign in', () => {
    const rule = { when: { kind: 'guest' } } as const;
    expect(refusal({ rule })).toEqual(['no-rule', undefined]);
    expect(refusal({ rule, identity: NOBODY })).toEqual(['anonymous-not-allowed', undefined]);
  });

  it('S6: refuses who is left with nothing, and tells the log which claim was wanting', () => {
    expect(refusal({ rule: { grant: { 'a:{team}': ['publish'], 'b:{sub.x}': ['publish'] } } })).toEqual([
      'no-rule',
      'left out: rule / a:{team}: {team} is missing; rule / b:{sub.x}: {sub.x} is missing',
    ]);
  });

  describe('of the clientId', () => {
    it.each<[string, Asked, string | undefined]>([
      ['a user is the subject', {}, 'bob'],
      ['a guest is the subject', { identity: { ...BOB, kind: 'guest', subject: 'g-1' } }, 'g-1'],
      ['an anonymous caller has none', { identity: NOBODY }, undefined],
      ['a rule may say none', { rule: { clientId: false } }, undefined],
      ['a template decides', { rule: { clientId: 'u-{sub}' } }, 'u-bob'],
      ['the prefix comes first', { prefix: 'web:' }, 'web:bob'],
      ['the prefix comes first, before a template too', { prefix: 'web:', rule: { clientId: 'u-{sub}' } }, 'web:u-bob'],
      ['asking for the granted one is fine', { requestedClientId: 'bob' }, 'bob'],
      [
        'asking for the granted one with its prefix is fine',
        { requestedClientId: 'web:bob', prefix: 'web:' },
        'web:bob',
      ],
    ])('%s', (_, asked, clientId) => {
      expect(decision(asked)).toMatchObject({ clientId, wildcardClientId: undefined });
    });

    it.each<[string, Asked]>([
      ['another one', { requestedClientId: 'eve' }],
      ['the wildcard', { requestedClientId: '*' }],
      ['the subject without its prefix', { requestedClientId: 'bob', prefix: 'web:' }],
      ['other letters', { requestedClientId: 'Bob' }],
      ['the same with a space', { requestedClientId: 'bob ' }],
      ['one that looks alike', { requestedClientId: 'b\u043eb' }],
      ['one that the rule withholds', { requestedClientId: 'bob', rule: { clientId: false } }],
      ['any, while anonymous', { requestedClientId: 'bob', identity: NOBODY }],
      ['one with a line break', { requestedClientId: 'bob\n' }],
    ])('S3: asking for %s is refused', (_, asked) => {
      expect(refusal(asked)).toEqual(['foreign-client-id', undefined]);
    });

    it.each<[string, Asked, string]>([
      ['a subject with a star', { identity: { ...BOB, subject: '*' } }, 'the subject'],
      ['a subject with a line break', { identity: { ...BOB, subject: 'a\nb' } }, 'the subject'],
      [
        'a subject that is too long with its prefix',
        { identity: { ...BOB, subject: 'x'.repeat(253) }, prefix: 'web:' },
        'the subject',
      ],
      ['an empty subject', { identity: { ...BOB, subject: '' } }, 'the subject'],
      ['a claim that is missing', { rule: { clientId: '{email}' } }, 'the template {email}'],
      ['a claim that is a list', { rule: { clientId: '{rooms}' } }, 'the template {rooms}'],
    ])('S5: %s is refused, and never becomes no clientId at all', (_, asked, detail) => {
      expect(refusal(asked)).toEqual(['unfit-client-id', detail]);
    });

    // Fails today: the prefix alone is taken for a clientId, the same one for everybody whose source gives no subject.
    it('S19: an empty subject is refused behind a prefix too', () => {
      const asked = { identity: { ...BOB, subject: '' }, prefix: 'web:' };
      expect(refusal(asked)).toEqual(['unfit-client-id', 'the subject']);
    });
  });

  describe('where a rule says wildcardClientId', () => {
    const rule = { wildcardClientId: true } as const;

    it('gives the wildcard to who does not choose', () => {
      expect(decision({ rule })).toMatchObject({ clientId: '*', wildcardClientId: true });
      expect(decision({ rule, requestedClientId: '*' })).toMatchObject({ clientId: '*', wildcardClientId: true });
    });

    it('gives the one that was asked for, and no more', () => {
      expect(decision({ rule, requestedClientId: 'eve' })).toMatchObject({
        clientId: 'eve',
        wildcardClientId: undefined,
      });
    });

    it.each(['eve*', 'eve\n', '\u2028', '\ud800', 'x'.repeat(257)])('S5: refuses the unfit %j', (requestedClientId) => {
      expect(refusal({ rule, requestedClientId })).toEqual(['unfit-client-id', 'the requested clientId']);
    });
  });
});
