/** What becomes of Ably's answers when a token is asked for on a caller's behalf; the SDK itself is in test/ably. */
import type { TokenDetails, TokenRequest } from 'ably';
import { describe, expect, it, vi } from 'vitest';
import { AblyApiError, type AblyApiFailure } from '../../../core/ably.ts';
import { AuthFailure } from '../../../core/errors.ts';
import { exchangeForToken } from '../../../core/token/exchange.ts';
import { KEY_NAME, NOW_MS, testKey } from '../auth-request.ts';
import { capabilityOf } from '../capability/samples.ts';

const PARAMS = { keyName: KEY_NAME, ttlMs: 60_000, clientId: 'bob', capability: capabilityOf({ a: ['publish'] }) };
const DETAILS: TokenDetails = {
  ...{ token: 'appid.a-token', issued: NOW_MS, expires: NOW_MS + 60_000 },
  ...{ capability: '{"a":["publish"]}', clientId: 'bob' },
};

type Answer = TokenDetails | AblyApiError;

const fails = (failure: AblyApiFailure, code?: number, statusCode?: number): AblyApiError =>
  new AblyApiError(failure, 'x', { code, statusCode });

async function exchanged(...answers: readonly Answer[]) {
  const asked: TokenRequest[] = [];
  let nowMs = NOW_MS;
  const requestToken = async (request: TokenRequest): Promise<TokenDetails> => {
    const answer = answers[asked.length] ?? fails('unreachable');
    asked.push(request);
    nowMs += 2_500;
    if (answer instanceof AblyApiError) throw answer;
    return answer;
  };
  const result = await exchangeForToken(testKey(), PARAMS, { requestToken }, () => nowMs).catch((error: unknown) =>
    error instanceof AuthFailure ? error.reason : error,
  );
  return { result, asked };
}

describe('exchangeForToken', () => {
  it('asks once, and passes on what clients of every platform read and nothing else', async () => {
    const { result, asked } = await exchanged({ ...DETAILS, keyName: KEY_NAME, more: 1 } as TokenDetails);
    expect(result).toEqual(DETAILS);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ keyName: KEY_NAME, ttl: 60_000, clientId: 'bob', timestamp: NOW_MS });
  });

  it('leaves the clientId of an anonymous token out', async () => {
    const { clientId: _, ...nameless } = DETAILS;
    for (const none of [undefined, null, '']) {
      const { result } = await exchanged({ ...nameless, clientId: none } as never);
      expect(result).toEqual(nameless);
    }
  });

  it('signs anew before it asks again: another nonce, and the time it is then', async () => {
    const { result, asked } = await exchanged(fails('unreachable'), DETAILS);
    expect(result).toEqual(DETAILS);
    expect(asked.map(({ timestamp }) => timestamp)).toEqual([NOW_MS, NOW_MS + 2_500]);
    expect(new Set(asked.map(({ nonce }) => nonce)).size).toBe(2);
    expect(new Set(asked.map(({ mac }) => mac)).size).toBe(2);
  });

  it.each<[string, AblyApiError, string, number]>([
    ['Ably is out of reach', fails('unreachable'), 'ably-unavailable', 2],
    ['Ably has a fault of its own', fails('unreachable', 50000, 500), 'ably-unavailable', 2],
    ['the nonce was seen', fails('refused', 40105, 401), 'misconfigured', 2],
    ['the account has reached a limit', fails('refused', 40115, 403), 'ably-limit', 1],
    ['there are too many at once', fails('refused', 42910, 429), 'ably-limit', 1],
    ['the edge is flooded', fails('refused', 42922, 429), 'ably-limit', 1],
    ['a limit that is not known today', fails('refused', 42999, 429), 'ably-limit', 1],
    ['the key has nothing of it', fails('refused', 40160, 401), 'misconfigured', 1],
    ['the key is revoked', fails('refused', 40131, 401), 'misconfigured', 1],
    ['our clock is wrong', fails('refused', 40104, 401), 'misconfigured', 1],
    ['the ttl is too long for the key', fails('refused', 40003, 400), 'misconfigured', 1],
    ['the account is disabled', fails('refused', 40300, 403), 'misconfigured', 1],
    ['a code that clients read more into', fails('refused', 40142, 401), 'misconfigured', 1],
  ])('ends nobody’s connection for good when %s', async (_when, answer, reason, times) => {
    const { result, asked } = await exchanged(answer, answer, answer);
    expect(result).toBe(reason);
    expect(asked).toHaveLength(times);
    const { status, code } = new AuthFailure(reason as AuthFailure['reason']).kind;
    expect([status, code]).toEqual(reason === 'ably-limit' ? [401, 42910] : [503, 50000]);
  });

  it('waits well less than the 10 seconds of a client, whatever is asked never answers', async () => {
    vi.useFakeTimers();
    try {
      const asking = exchangeForToken(testKey(), PARAMS, { requestToken: () => new Promise(() => {}) }, () => NOW_MS);
      const failure = expect(asking).rejects.toMatchObject({ reason: 'ably-unavailable' });
      await vi.advanceTimersByTimeAsync(6_000);
      await failure;
    } finally {
      vi.useRealTimers();
    }
  });

  it('leaves a bug a bug', async () => {
    const requestToken = () => Promise.reject(new TypeError('x'));
    await expect(exchangeForToken(testKey(), PARAMS, { requestToken }, () => NOW_MS)).rejects.toBeInstanceOf(TypeError);
  });
});
