import { describe, expect, it, vi } from 'vitest';
import type { AuthEvent } from '../../../core/auth-event.ts';
import type { Rule } from '../../../core/policy/rule.ts';
import type { ShadowDifference } from '../../../core/policy/shadow.ts';
import {
  authRequest,
  type EndpointToTest,
  jsonOf,
  type RequestToWrite,
  sessionCookie,
  testEndpoint,
} from '../auth-request.ts';

const MEMBERS: Rule = { name: 'members', grant: { 'room:{teams}:*': ['publish', 'subscribe'], news: ['subscribe'] } };
const VISITORS: Rule = { name: 'visitors', when: { kind: 'anonymous' }, grant: { news: ['subscribe'] } };
const RULES = [VISITORS, MEMBERS];
const BOB = { cookies: [sessionCookie({ subject: 'bob-7', claims: { teams: ['red', 'blue'], role: 'member' } })] };

async function watched(
  shadow: readonly Rule[],
  { request = BOB as RequestToWrite, ...options }: EndpointToTest & { readonly request?: RequestToWrite } = {},
) {
  const endpoint = testEndpoint({ rules: RULES, shadow: { rules: shadow }, ...options });
  expect(endpoint.problems).toEqual([]);
  const response = await endpoint.handle(authRequest(request));
  const event = endpoint.events.at(-1) as AuthEvent & { readonly shadow?: ShadowDifference };
  return { response, event, shadow: event.shadow };
}

describe('a shadow policy', () => {
  it('that says the same is not mentioned', async () => {
    const { event } = await watched(RULES);
    expect(event.kind).toBe('issued');
    expect('shadow' in event).toBe(false);
    // The same rights in other words: nothing would change for anybody.
    const spelled: Rule = {
      ...MEMBERS,
      grant: { news: ['subscribe'], 'room:red:*': ['publish', 'subscribe'], 'room:blue:*': ['subscribe', 'publish'] },
    };
    expect((await watched([VISITORS, spelled])).shadow).toBeUndefined();
  });

  it('says which rules and grants it would add and remove, as they are written', async () => {
    const { shadow } = await watched([
      VISITORS,
      { name: 'people', grant: { 'room:{teams}:*': ['subscribe', 'presence'], 'user:{sub}': ['publish'] } },
    ]);
    expect(shadow).toEqual({
      rulesAdded: ['people'],
      rulesRemoved: ['members'],
      added: [
        { rule: 'people', grant: 'room:{teams}:*', operations: ['presence'] },
        { rule: 'people', grant: 'user:{sub}', operations: ['publish'] },
      ],
      removed: [
        { rule: 'members', grant: 'news', operations: ['subscribe'] },
        { rule: 'members', grant: 'room:{teams}:*', operations: ['publish'] },
      ],
    });
  });

  it('sees through patterns: what another grant covers is no difference', async () => {
    const wider: Rule = { name: 'members', grant: { 'room:*': ['publish', 'subscribe'], news: ['subscribe'] } };
    expect((await watched([VISITORS, wider])).shadow).toEqual({
      added: [{ rule: 'members', grant: 'room:*', operations: ['publish', 'subscribe'] }],
    });
  });

  it('says another clientId without the name, another ttl and another format', async () => {
    const { shadow } = await watched([{ ...MEMBERS, clientId: 'x:{sub}', ttl: '15m', format: 'jwt' }]);
    expect(shadow).toEqual({ clientId: 'differs', ttlMs: 900_000, format: 'jwt' });
  });

  it('S10: says no claim value', async () => {
    const { event } = await watched([{ name: 'other', grant: { 'user:{sub}:{role}': ['*'] }, clientId: '{role}' }]);
    expect(JSON.stringify(event)).not.toMatch(/bob|red|blue|"member"/);
  });

  it.each<[string, readonly Rule[], RequestToWrite, ShadowDifference['outcome']]>([
    ['would refuse whom the rules let in', [VISITORS], BOB, 'no-rule'],
    ['would let in whom the rules refuse', [{ ...VISITORS, when: { kind: ['user', 'anonymous'] } }], {}, 'issued'],
  ])('that %s says so', async (_, shadow, request, outcome) => {
    const rules = outcome === 'issued' ? [MEMBERS] : RULES;
    const { shadow: found, response } = await watched(shadow, { rules, request });
    expect(found?.outcome).toBe(outcome);
    expect(response.status).toBe(outcome === 'issued' ? 401 : 200);
  });

  it('agrees on a refusal, and is not mentioned', async () => {
    const { event } = await watched([MEMBERS], { rules: [MEMBERS], request: {} });
    expect(event).toMatchObject({ kind: 'refused', reason: 'anonymous-not-allowed' });
    expect('shadow' in event).toBe(false);
  });

  it('takes the wish of the client into account for the outcome, and never says it', async () => {
    const request = { ...BOB, query: { capability: '{"room:red:secret-7":["publish"]}' } };
    const { shadow, event } = await watched([{ name: 'members', grant: { news: ['subscribe'] } }, VISITORS], {
      request,
    });
    expect(shadow).toMatchObject({ outcome: 'requested-capability-empty' });
    expect(JSON.stringify(event)).not.toContain('secret-7');
  });

  it('asks its functions, and says when they fail; the answer is as it was', async () => {
    const failing: Rule = { name: 'asks', when: () => Promise.reject(new Error('hunter2')), grant: { x: ['publish'] } };
    const { response, shadow } = await watched([...RULES, failing]);
    expect(response.status).toBe(200);
    expect(shadow).toEqual({ outcome: 'policy-unavailable' });
    const asking: Rule = {
      name: 'asks',
      lookup: async () => ({ room: '7' }),
      grant: { 'x:{lookup.room}': ['publish'] },
    };
    expect((await watched([...RULES, asking])).shadow).toEqual({
      rulesAdded: ['asks'],
      added: [{ rule: 'asks', grant: 'x:{lookup.room}', operations: ['publish'] }],
    });
  });

  it('never changes an answer, whatever it would do', async () => {
    const without = testEndpoint({ rules: RULES });
    const capability = jsonOf(await without.handle(authRequest(BOB))).capability;
    const shadows: readonly Rule[][] = [
      [{ name: 'all', grant: { '*': { operations: ['*'], broad: 'for tests' } }, clientId: 'root', ttl: '24h' }],
      [{ name: 'none', when: () => false, grant: {} }],
      [
        {
          name: 'throws',
          when: () => {
            throw new Error('x');
          },
          grant: {},
        },
      ],
    ];
    for (const shadow of shadows) {
      const { response } = await watched(shadow);
      expect(jsonOf(response)).toMatchObject({ capability, clientId: 'bob-7', ttl: 3_600_000 });
    }
  });

  it('is not tried where the real functions failed, or where nobody listens', async () => {
    const failing: Rule = { name: 'asks', when: () => Promise.reject(new Error('x')), grant: {} };
    const { event } = await watched(RULES, { rules: [failing] });
    expect(event).toMatchObject({ kind: 'refused', reason: 'policy-unavailable' });
    expect('shadow' in event).toBe(false);
    const asked = vi.fn(() => true);
    await watched([{ name: 'x', when: asked, grant: {} }], {
      request: { cookies: [['__Host-ably-auth-session', 'bad']] },
    });
    expect(asked).not.toHaveBeenCalled();
  });

  it('has its mistakes reported like the rules', () => {
    const { problems } = testEndpoint({
      rules: RULES,
      shadow: { rules: [{ name: 'x', grant: { '*': ['publish'] } }] },
    });
    expect(problems.map(({ setting }) => setting)).toEqual(['shadow.rules[0].grant["*"]']);
    for (const shadow of [{}, { rules: [] }, null, 7]) {
      const found = testEndpoint({ rules: RULES, shadow: shadow as never }).problems;
      expect(found.map(({ setting }) => setting)).toEqual(['shadow.rules']);
    }
  });
});
