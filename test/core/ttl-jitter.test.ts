/** Lives that are spread, so that what was issued in one minute is not renewed in one minute. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createEnvironmentKeySource } from '../../adapters/key-sources/environment.ts';
import { configureEndpoint } from '../../core/configure-endpoint.ts';
import type { AuthRequest } from '../../core/http.ts';
import { anonymous } from '../../core/identity/anonymous.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const HOUR_MS = 3_600_000;
const get: AuthRequest = { method: 'GET', query: [], headers: new Map(), cookies: [], body: '', platform: {} };

function endpointWith(ttlJitter: number | undefined, tokenFormat: 'token-request' | 'jwt' = 'token-request') {
  const rules = [{ name: 'all', when: { kind: 'anonymous' as const }, grant: { lobby: ['subscribe' as const] } }];
  return configureEndpoint({
    definition: {
      build: () => ({ sources: [anonymous()], rules, tokenFormat, ...(ttlJitter !== undefined && { ttlJitter }) }),
    },
    env: {},
    keySource: { ok: true, source: createEnvironmentKeySource({ ABLY_API_KEY: 'appid.keyid:notASecret' }) },
  });
}

describe('ttlJitter', () => {
  it.each<[number | undefined, number, number]>([
    [undefined, 0.9, HOUR_MS],
    [0, 0.9, HOUR_MS],
    [0.1, 0, HOUR_MS],
    [0.1, 0.5, 3_420_000],
    [0.1, 0.999_999_9, 3_240_000],
    [0.5, 0.5, 2_700_000],
    [0.5, 0.123_45, 3_377_000],
  ])('%s with a chance of %d gives a life of %i ms', async (jitter, chance, ttlMs) => {
    vi.spyOn(Math, 'random').mockReturnValue(chance);
    const { body } = await endpointWith(jitter).handle(get);
    expect(JSON.parse(body).ttl).toBe(ttlMs);
  });

  it('spreads JWTs as well, in whole seconds', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.123_45);
    const { body } = await endpointWith(0.1, 'jwt').handle(get);
    const { iat, exp } = JSON.parse(Buffer.from(body.split('.')[1] ?? '', 'base64url').toString('utf8'));
    expect(exp - iat).toBe(3_555);
  });

  it('spreads a thousand lives over all that it may', async () => {
    const endpoint = endpointWith(0.1);
    const lives = await Promise.all(
      Array.from({ length: 1_000 }, async () => JSON.parse((await endpoint.handle(get)).body).ttl as number),
    );
    expect(Math.max(...lives)).toBeLessThanOrEqual(HOUR_MS);
    expect(Math.min(...lives)).toBeGreaterThanOrEqual(0.9 * HOUR_MS);
    expect(new Set(lives).size).toBeGreaterThan(200);
  });
});
