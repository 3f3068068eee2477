/** What the API key may do, and what a client gets that asks for more than it may: through the whole endpoint. */
import { describe, expect, it } from 'vitest';
import type { Rule } from '../../../core/policy/rule.ts';
import { authRequest, type EndpointToTest, errorOf, jsonOf, sessionCookie, testEndpoint } from '../auth-request.ts';

const RULES: readonly Rule[] = [
  { name: 'members', grant: { 'room:*': ['publish', 'subscribe'], 'user:{sub}': ['subscribe'], news: ['history'] } },
  { name: 'visitors', when: { kind: 'anonymous' }, grant: { news: ['history'] } },
];

async function answer(options: EndpointToTest, wish?: object) {
  const endpoint = testEndpoint({ rules: RULES, ...options });
  expect(endpoint.problems).toEqual([]);
  const query: Record<string, string> = wish ? { capability: JSON.stringify(wish) } : {};
  const response = await endpoint.handle(authRequest({ cookies: [sessionCookie()], query }));
  const { capability } = response.status === 200 ? jsonOf(response) : {};
  return {
    status: response.status,
    code: response.status === 200 ? undefined : errorOf(response).code,
    capability,
    endpoint,
  };
}

describe('keyCapability', () => {
  it.each<[string, NonNullable<EndpointToTest['keyCapability']>, string]>([
    ['the whole key', { '*': ['*'] }, '{"news":["history"],"room:*":["publish","subscribe"],"user:bob":["subscribe"]}'],
    ['some operations', { '*': ['subscribe'] }, '{"room:*":["subscribe"],"user:bob":["subscribe"]}'],
    ['a namespace', { 'room:*': ['*'] }, '{"room:*":["publish","subscribe"]}'],
    ['one channel of a pattern', { 'room:7': ['publish'] }, '{"room:7":["publish"]}'],
    ['what a template becomes', { 'user:bob': ['*'] }, '{"user:bob":["subscribe"]}'],
  ])('cuts every grant to %s before signing', async (_, keyCapability, capability) => {
    expect((await answer({ keyCapability })).capability).toBe(capability);
  });

  it('narrows further by what the client asks for', async () => {
    const { capability } = await answer(
      { keyCapability: { 'room:*': ['subscribe'] } },
      { 'room:7': ['publish', 'subscribe'] },
    );
    expect(capability).toBe('{"room:7":["subscribe"]}');
  });

  it('answers 503 where nothing is left, which is no fault of the caller’s, and tells the log', async () => {
    const { status, code, endpoint } = await answer({ keyCapability: { other: ['*'] } });
    expect([status, code]).toEqual([503, 50000]);
    expect(endpoint.events.at(-1)).toMatchObject({
      ...{ reason: 'misconfigured', detail: 'keyCapability has nothing of what is granted by members' },
    });
  });

  it.each<[string, unknown]>([
    ['an unknown operation', { a: ['fly'] }],
    ['a list', ['publish']],
    ['a resource that is none', { '[x]a': ['publish'] }],
    ['"*" beside others', { a: ['*', 'publish'] }],
    ['nothing', {}],
    ['null', null],
  ])('is a configuration problem with %s', (_, keyCapability) => {
    const { problems } = testEndpoint({ rules: RULES, keyCapability: keyCapability as never });
    expect(problems.map(({ setting }) => setting)).toEqual(['keyCapability']);
  });
});

describe('onExcessRequest', () => {
  const refuse = { onExcessRequest: 'refuse' } as const;

  it.each<[string, object]>([
    ['another channel', { 'room:7': ['publish'], secret: ['publish'] }],
    ['another operation', { 'room:7': ['publish', 'presence'] }],
    ['a wider pattern', { '*': ['publish'] }],
    ['all operations', { 'room:7': ['*'] }],
  ])('narrow leaves %s out, refuse answers 401 with 40160', async (_, wish) => {
    expect((await answer({}, wish)).status).toBe(200);
    expect((await answer({ onExcessRequest: 'narrow' }, wish)).status).toBe(200);
    const { status, code, endpoint } = await answer(refuse, wish);
    expect([status, code]).toEqual([401, 40160]);
    expect(endpoint.events.at(-1)).toMatchObject({ reason: 'requested-capability-exceeds' });
  });

  it.each<[string, object | undefined]>([
    ['asks for nothing in particular', undefined],
    ['asks for less', { 'room:7': ['publish'] }],
    ['asks for all of it', { 'room:*': ['publish', 'subscribe'], 'user:bob': ['subscribe'], news: ['history'] }],
  ])('refuse changes nothing for a client that %s', async (_, wish) => {
    expect((await answer(refuse, wish)).capability).toBe((await answer({}, wish)).capability);
  });

  it('refuse counts what the key cannot do as not granted', async () => {
    expect(
      (await answer({ ...refuse, keyCapability: { 'room:*': ['subscribe'] } }, { 'room:7': ['publish', 'subscribe'] }))
        .status,
    ).toBe(401);
  });

  it('is narrow or refuse', () => {
    const { problems } = testEndpoint({ rules: RULES, onExcessRequest: 'deny' as never });
    expect(problems.map(({ setting }) => setting)).toEqual(['onExcessRequest']);
  });
});
