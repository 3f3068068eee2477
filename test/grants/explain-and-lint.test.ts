/** What `explain` and `lint` know of asking: what may be asked for, and what of it is hardly meant. */
import { describe, expect, it } from 'vitest';
import {
  type AuthConfig,
  anonymous,
  describeExplanation,
  describeFinding,
  explainPolicy,
  lintPolicy,
  type Remembering,
  type Requestable,
  remembering,
  session,
} from '../../index.ts';
import { SESSION_SECRET } from '../core/auth-request.ts';

const ROOM: Requestable = {
  resource: 'room:{id}',
  operations: ['publish'],
  check: () => {
    throw new Error('nobody asks here');
  },
};

function config(more: Partial<AuthConfig> = {}, where: Remembering = 'client'): AuthConfig {
  return {
    sources: [session({ secrets: [SESSION_SECRET] }), anonymous()],
    rules: [{ name: 'everybody', grant: { lobby: ['subscribe'] } }],
    requestable: [ROOM],
    grants: remembering(where),
    ...more,
  };
}

const lint = (...written: Parameters<typeof config>) => lintPolicy(config(...written)).map(describeFinding);

describe('explainPolicy', () => {
  it('says what may be asked for, and asks nobody', async () => {
    const question = { operation: 'publish', channel: 'room:7' } as const;
    const explanation = await explainPolicy(config(), { claims: { sub: 'bob' } }, { question });
    expect(explanation.answer).toMatchObject({ allowed: false });
    expect(describeExplanation(explanation)).toContain(
      'It may be asked for: the check of requestable "room:{id}" decides, and was not asked.',
    );
  });

  it.each([
    ['another channel', { operation: 'publish', channel: 'room:7:8' }, { sub: 'bob' }],
    ['another operation', { operation: 'history', channel: 'room:7' }, { sub: 'bob' }],
    ['somebody who may not ask', { operation: 'publish', channel: 'room:7' }, {}],
    ['what is granted anyway', { operation: 'subscribe', channel: 'lobby' }, { sub: 'bob' }],
  ] as const)('says nothing of it about %s', async (_, question, claims) => {
    const explanation = await explainPolicy(config(), { claims }, { question });
    expect(describeExplanation(explanation)).not.toContain('asked for');
  });
});

describe('lintPolicy', () => {
  it('finds nothing in what makes sense', () => {
    expect(lint()).toEqual([]);
  });

  it.each<[string, Partial<AuthConfig>, Remembering]>([
    ['warning: grants: there is nothing to ask for', { requestable: [] }, 'signed'],
    ['warning: requestable: it is never asked for', {}, 'nothing'],
    ['note: tokenFormat: a JWT has room for some fifty channels', { tokenFormat: 'jwt' }, 'store'],
    [
      'warning: requestable[0].when: nobody can match it',
      { requestable: [{ ...ROOM, when: { kind: 'guest' } }] },
      'client',
    ],
    [
      'warning: requestable[0].grant["room:{id}"]: nothing of it is within keyCapability',
      { keyCapability: { lobby: ['*'] } },
      'client',
    ],
    [
      'warning: requestable[0].grant["room:{id}"]: presence needs a clientId',
      { requestable: [{ ...ROOM, operations: ['presence'], when: { kind: 'anonymous' } }] },
      'client',
    ],
    ['error: requestable[0].resource: it has a wildcard', { requestable: [{ ...ROOM, resource: 'room:*' }] }, 'client'],
  ])('finds: %s', (finding, more, where) => {
    expect(lint(more, where)).toContainEqual(expect.stringContaining(finding));
  });
});
