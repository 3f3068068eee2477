import { describe, expect, it } from 'vitest';
import type { AuthConfig, IdentitySource } from '../../index.ts';
import {
  authRequest,
  jsonOf,
  KEY_NAME,
  KEY_SECRET,
  NOW_MS,
  sessionCookie,
  testEndpoint,
} from '../core/auth-request.ts';
import { alwaysAnHour } from './naive/always-an-hour.ts';
import { expectRefusal, headerSource, RULES, startAbly } from './support.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;

interface Life {
  readonly format: 'token-request' | 'jwt';
  readonly leftMs: number;
  readonly config?: Partial<AuthConfig>;
}

/** A session with just so much left, however long it was. */
async function answer({ format, leftMs, config = {} }: Life) {
  const cookie = sessionCookie({ lifetimeSeconds: 7 * 86_400 }, NOW_MS + leftMs - 7 * 86_400_000);
  const endpoint = testEndpoint({ rules: RULES, tokenFormat: format, ...config });
  return endpoint.handle(authRequest({ cookies: [cookie] }));
}

async function ttlMsOf(life: Life): Promise<number> {
  const { status, body } = await answer(life);
  expect(status).toBe(200);
  if (life.format === 'token-request') return Number((JSON.parse(body) as { ttl: number }).ttl);
  const claims = JSON.parse(Buffer.from(body.split('.')[1] ?? '', 'base64url').toString()) as {
    iat: number;
    exp: number;
  };
  return (claims.exp - claims.iat) * 1000;
}

describe('S8 a token never outlives the session', () => {
  it('one that always lives an hour is good long after its owner has signed out', async () => {
    const ably = await startAbly();
    const sessionEndsAtMs = NOW_MS + 5 * MINUTE;
    const { body } = await ably.redeem(alwaysAnHour({ name: KEY_NAME, secret: KEY_SECRET }, 'bob', NOW_MS));
    expect(Number(body.expires)).toBeGreaterThan(sessionEndsAtMs);
  });

  it('ours ends with the session even when it is redeemed two minutes later', async () => {
    const ably = await startAbly();
    const leftMs = 5 * MINUTE;
    const tokenRequest = jsonOf(await answer({ format: 'token-request', leftMs }));
    const { issued, expires } = (await ably.redeem(tokenRequest)).body;
    expect(Number(expires) - Number(issued)).toBe(3 * MINUTE);
    expect(Number(expires) + 120_000).toBeLessThanOrEqual(NOW_MS + leftMs);
  });

  it.each([
    ['token-request', 8 * HOUR, HOUR],
    ['token-request', HOUR + 2 * MINUTE, HOUR],
    ['token-request', HOUR, HOUR - 2 * MINUTE],
    ['token-request', 3 * MINUTE, MINUTE],
    ['jwt', 8 * HOUR, HOUR],
    ['jwt', HOUR - 1_000, HOUR - 1_000],
    ['jwt', MINUTE, MINUTE],
  ] as const)('a %s in a session with %i ms left lives %i ms', async (format, leftMs, expected) => {
    expect(await ttlMsOf({ format, leftMs })).toBe(expected);
  });

  it.each([
    ['token-request', 3 * MINUTE - 1_000],
    ['token-request', 1_000],
    ['jwt', MINUTE - 1_000],
    ['jwt', 1_000],
  ] as const)('no %s at all in a session with %i ms left: 401', async (format, leftMs) => {
    expectRefusal(await answer({ format, leftMs }), 401, 40101);
  });

  it('the longest is 24 h, and 1 h where tokens are revocable', async () => {
    const long = { format: 'jwt', leftMs: 6 * 86_400_000 } as const;
    expect(await ttlMsOf({ ...long, config: { ttl: '24h' } })).toBe(24 * HOUR);
    expect(await ttlMsOf({ ...long, config: { ttl: '24h', revocable: true } })).toBe(HOUR);
    const tooLong = testEndpoint({ rules: RULES, ttl: '25h' });
    expect(tooLong.problems.map(({ setting }) => setting)).toEqual(['ttl']);
    expect(testEndpoint({ rules: RULES, ttl: '59s' }).problems).toHaveLength(1);
  });

  it('is always sent, in whole seconds, by every clock', async () => {
    for (const nowMs of [NOW_MS, NOW_MS + 1, NOW_MS + 999, NOW_MS + 0.5]) {
      const cookies = [sessionCookie({ lifetimeSeconds: 1_800 })];
      const response = await testEndpoint({ rules: RULES, nowMs: () => nowMs }).handle(authRequest({ cookies }));
      const { ttl, timestamp } = jsonOf(response);
      expect(Number.isSafeInteger(ttl) && Number(ttl) % 1000 === 0).toBe(true);
      expect(nowMs + 120_000 + Number(ttl)).toBeLessThanOrEqual(NOW_MS + 1_800_000);
      expect(Number.isSafeInteger(timestamp)).toBe(true);
      const anonymous = await testEndpoint({ rules: RULES, nowMs: () => nowMs }).handle(authRequest());
      expect(jsonOf(anonymous).ttl).toBe(HOUR);
    }
  });

  it('a source that names no end is taken to end in an hour, or as the config says', async () => {
    const source: IdentitySource = headerSource('sso', 'x-user');
    const request = authRequest({ headers: { 'x-user': 'bob' } });
    const ttlOf = async (config: Partial<AuthConfig>) =>
      jsonOf(await testEndpoint({ sources: [source], rules: RULES, ttl: '24h', ...config }).handle(request)).ttl;
    expect(await ttlOf({})).toBe(HOUR - 2 * MINUTE);
    expect(await ttlOf({ assumedSessionSeconds: 1_800 })).toBe(28 * MINUTE);
  });

  it('an end that is no number never becomes a token without one', async () => {
    const identity = { source: 'sso', subject: 'bob', kind: 'user', claims: {}, expiresAtMs: Number.NaN } as const;
    const source = headerSource('sso', 'x-user', { verify: () => ({ kind: 'identified', identity }) });
    const request = authRequest({ headers: { 'x-user': 'bob' } });
    const response = await testEndpoint({ sources: [source], rules: RULES }).handle(request);
    expectRefusal(response, 500, 50000);
  });
});
