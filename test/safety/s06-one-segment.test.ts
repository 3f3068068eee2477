import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Rule } from '../../index.ts';
import {
  authRequest,
  jsonOf,
  KEY_NAME,
  KEY_SECRET,
  NOW_MS,
  sessionCookie,
  testEndpoint,
} from '../core/auth-request.ts';
import { signWhatIsGiven } from './naive/naive-signer.ts';
import { fillIn } from './naive/string-template.ts';
import { ablyPermits, expectRefusal, grantedBy, startAbly } from './support.ts';

/** A template, what mallory puts into the claim, and a channel that is none of hers. */
const WIDENING: readonly (readonly [template: string, value: string, channel: string])[] = [
  ['room:{team}', '*', 'room:secret'],
  ['{team}:inbox', '*', 'alice:inbox'],
  ['{team}:inbox', '*:*', 'alice:private:inbox'],
  ['room:{team}', 'a:*', 'room:a:admins'],
  ['room:{team}', 'x:admin', 'room:x:admin'],
  ['{team}:log', '[meta]x', '[meta]x:log'],
  ['{team}', '[*]*', 'whatever'],
  ['room:{team}', 'alice:*', 'room:alice:private'],
  ['room:{team}', '{role}', 'room:member'],
];

const template = (text: string, extra: Partial<Rule> = {}): readonly Rule[] => [
  { name: 'base', grant: { lobby: ['subscribe'] } },
  { name: 'templated', grant: { [text]: ['publish'] }, ...extra },
];

const asUser = (claims: Record<string, unknown>) =>
  authRequest({ cookies: [sessionCookie({ subject: 'bob', claims })] });

async function channelsFor(text: string, claims: Record<string, unknown>): Promise<readonly string[]> {
  const response = await testEndpoint({ rules: template(text) }).handle(asUser(claims));
  return Object.keys(grantedBy(response)).filter((channel) => channel !== 'lobby');
}

describe('S6 a claim in a channel template', () => {
  it.each(WIDENING)('%s: replacing text lets %j reach %s', (text, value, channel) => {
    const filled = fillIn(text, { team: value, role: 'member' });
    expect(ablyPermits(JSON.stringify({ [filled]: ['publish'] }), 'publish', channel)).toBe(true);
  });

  it('a token with a widened channel is good at Ably', async () => {
    const ably = await startAbly();
    const capability = JSON.stringify({ [fillIn('room:{team}', { team: 'a:*' })]: ['publish'] });
    const key = { name: KEY_NAME, secret: KEY_SECRET };
    const { body } = await ably.redeem(signWhatIsGiven(key, { capability, timestamp: NOW_MS }));
    expect((await ably.publish(body.token, 'room:a:admins', { name: 'x' })).status).toBe(201);
  });

  it.each(WIDENING)('ours leaves %s out for %j, and does not reach %s', async (text, team, channel) => {
    const endpoint = testEndpoint({ rules: template(text) });
    const response = await endpoint.handle(asUser({ team, role: 'member' }));
    const capability = String(jsonOf(response).capability);
    expect(ablyPermits(capability, 'publish', channel)).toBe(false);
    if (team === '{role}') return;
    expect(grantedBy(response)).toEqual({ lobby: ['subscribe'] });
    expect(endpoint.events).toContainEqual(
      expect.objectContaining({
        kind: 'issued',
        leftOut: [{ why: 'unfit', placeholder: 'team', rule: 'templated', grant: text }],
      }),
    );
  });

  it('reads a value once: one that looks like a placeholder is a name like any other', async () => {
    expect(await channelsFor('room:{team}', { team: '{role}', role: 'admin' })).toEqual(['room:{role}']);
    expect(await channelsFor('room:{team}', { team: '$&', role: 'admin' })).toEqual(['room:$&']);
  });

  it.each([
    '',
    ':',
    'a:',
    ':a',
    '*',
    'a*',
    '[',
    ']',
    '?',
    '?rewind=1',
    'a,b',
    '\n',
    'a\u0000',
    '\u0085',
    '\u2028',
    '\u2029',
    '\ud800',
    '\u007f',
  ])('leaves the grant out for the text %j, alone and inside a segment', async (team) => {
    for (const text of ['room:{team}', 'room:x-{team}-y', '{team}', 'a:{team}:*']) {
      expect(await channelsFor(text, { team })).toEqual([]);
    }
  });

  const noSegment: readonly unknown[] = [
    null,
    true,
    1.5,
    2 ** 53,
    -(2 ** 60),
    {},
    { toString: 'x' },
    [['a']],
    [null],
    { length: 1, 0: 'a' },
  ];
  for (const team of noSegment) {
    it(`leaves the grant out for ${JSON.stringify(team)}, which is no text and no whole number`, async () => {
      expect(await channelsFor('room:{team}', { team })).toEqual([]);
    });
  }

  it.each(['constructor', '__proto__', 'toString', 'sub.length', 'team.constructor', 'list.0', 'list.length'])(
    'reads own properties of the claims only: {%s} is missing',
    async (path) => {
      expect(await channelsFor(`room:{${path}}`, { team: {}, list: ['a'] })).toEqual([]);
    },
  );

  it('a claim that is really named like that is read, and changes nothing else', async () => {
    const claims = JSON.parse('{"__proto__":{"admin":"yes"},"constructor":"red"}') as Record<string, unknown>;
    expect(await channelsFor('room:{constructor}', claims)).toEqual(['room:red']);
    expect(await channelsFor('room:{__proto__.admin}', claims)).toEqual(['room:yes']);
    expect(await channelsFor('room:{admin}', claims)).toEqual([]);
  });

  it('what somebody wrote into Object.prototype is nobody’s claim', async () => {
    const polluted = 'claimOfThePrototype';
    Object.defineProperty(Object.prototype, polluted, { value: 'admin', configurable: true, writable: true });
    onTestFinished(() => {
      Reflect.deleteProperty(Object.prototype, polluted);
    });
    expect(await channelsFor(`room:{${polluted}}`, {})).toEqual([]);
    for (const [claim, test] of [[polluted, 'admin'] as const, ['constructor', { present: true }] as const]) {
      const rules = template('room', { when: { claims: { [claim]: test } } });
      expect(grantedBy(await testEndpoint({ rules }).handle(asUser({})))).toEqual({ lobby: ['subscribe'] });
    }
  });

  it('the subject of a session cannot be overruled by a claim of the same name', async () => {
    expect(await channelsFor('user:{sub}', { sub: 'alice' })).toEqual(['user:bob']);
  });

  it('keeps the fit elements of a list and no other', async () => {
    const team = ['red', '*', 'a:b', '', 7, null, ['blue'], 'blue'];
    expect(await channelsFor('room:{team}', { team })).toEqual(['room:7', 'room:blue', 'room:red']);
  });

  it('bounds a list, and never multiplies two', async () => {
    const hundred = Array.from({ length: 100 }, (_, index) => `t${index}`);
    expect(await channelsFor('room:{team}', { team: hundred })).toHaveLength(100);
    expect(await channelsFor('room:{team}', { team: [...hundred, 'one more'] })).toEqual([]);
    expect(await channelsFor('{team}:{topic}', { team: ['a', 'b'], topic: ['c', 'd'] })).toEqual([]);
  });

  it('writes any text as one segment where the template says |segment', async () => {
    const names = new Set<string>();
    for (const team of ['*', 'a:*', '[meta]x', '\n', 'auth0|7', '😀', '?,']) {
      const [channel = ''] = await channelsFor('room:{team|segment}', { team });
      expect(channel).toMatch(/^room:[A-Za-z0-9_-]+$/);
      names.add(channel);
    }
    expect(names.size).toBe(7);
    expect(await channelsFor('room:{team|segment}', { team: '\ud800' })).toEqual([]);
  });

  it.each([
    ['{a}{b}', 'two placeholders in one segment'],
    ['room:{a}-{b}', 'two placeholders in one segment'],
    ['[{kind}]log', 'qualifier'],
    ['[meta{kind}]log', 'qualifier'],
    ['room:{}', 'is not a claim'],
    ['room:{a', 'brace'],
    ['room:a}', 'brace'],
    ['room:{a|upper}', 'is not a claim'],
  ])('%s is a config error: %s', async (text, problem) => {
    const endpoint = testEndpoint({ rules: template(text) });
    expect(endpoint.problems.map((found) => found.problem).join()).toContain(problem);
    expectRefusal(await endpoint.handle(asUser({ a: 'x', b: 'y', kind: 'meta' })), 503, 50000);
  });

  it('whatever the value is, the channel has the segments of the template and reaches no other', async () => {
    const value = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', ':', '*', '[', ']', '?', ',', '{', '}', '$', '\n', 'meta') }),
      fc.string({ unit: 'binary' }),
    );
    const endpoint = testEndpoint({ rules: template('room:{team}:log') });
    await fc.assert(
      fc.asyncProperty(value, async (team) => {
        const granted = Object.keys(grantedBy(await endpoint.handle(asUser({ team })))).filter(
          (name) => name !== 'lobby',
        );
        if (granted.length === 0) return;
        expect(granted).toEqual([`room:${team}:log`]);
        expect(granted[0]?.split(':')).toHaveLength(3);
        const capability = JSON.stringify({ [String(granted[0])]: ['publish'] });
        for (const other of [
          'room:other:log',
          'room:log',
          `room:${team}:log:x`,
          `room:${team}`,
          `[meta]room:${team}:log`,
        ]) {
          expect(ablyPermits(capability, 'publish', other)).toBe(other === granted[0]);
        }
      }),
      { numRuns: 300 },
    );
  });
});
