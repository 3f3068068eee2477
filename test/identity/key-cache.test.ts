/** How the keys of a provider are kept: who asks it, when, and what happens while it is away. Time is the test's. */
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  FRESH_MS,
  LOAD_LIMIT_MS,
  PATIENCE_MS,
  RETRY_PAUSE_MS,
  STALE_MS,
  UNKNOWN_KID_PAUSE_MS,
} from '../../adapters/identity/key-set.ts';
import { headerOf, NOW_MS } from '../core/auth-request.ts';
import { away, back, NEW, OLD, silent, stage } from './key-stage.ts';
import { bearer, NOW_SECONDS, refusalOf } from './local-provider.ts';

describe('the keys of a provider', () => {
  it('are asked for once by 1,000 callers at the same time', async () => {
    const { call, provider } = await stage();
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => call()));
    expect(new Set(answers)).toEqual(new Set(['200']));
    expect(provider.asked).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  it('are not asked for before a token comes, and not by one that is refused for what it says', async () => {
    const { endpoint, provider } = await stage();
    for (const changes of [{ aud: 'x' }, { exp: 1 }, { iss: 'https://id.example' }]) {
      await endpoint.handle(bearer(provider.token(changes)));
    }
    expect(provider.asked).toEqual([]);
  });

  it('are used for ten minutes without a question, then confirmed once', async () => {
    const { call, clock, keyFetches } = await stage();
    await call();
    clock.nowMs += FRESH_MS - 1;
    expect(await call()).toBe('200');
    expect(keyFetches()).toBe(1);
    clock.nowMs += 1;
    expect(await Promise.all([call(), call(), call()])).toEqual(['200', '200', '200']);
    expect(keyFetches()).toBe(2);
  });

  it('let no token in any more whose key the provider has withdrawn, ten minutes later', async () => {
    const { call, clock, provider } = await stage([OLD, NEW]);
    expect(await call(OLD)).toBe('200');
    provider.keys = [NEW];
    clock.nowMs += FRESH_MS;
    expect(await call(OLD)).toBe('401 bad-credential');
    expect(await call(NEW)).toBe('200');
  });
});

describe('a kid that nobody knows', () => {
  it('makes us look for a rotated key at once', async () => {
    const { call, clock, provider, keyFetches } = await stage();
    await call(OLD);
    clock.nowMs += UNKNOWN_KID_PAUSE_MS;
    provider.keys = [NEW, OLD];
    expect(await call(NEW)).toBe('200');
    expect(await call(OLD)).toBe('200');
    expect(keyFetches()).toBe(2);
  });

  it('does so once in 30 seconds, however many strangers come', async () => {
    const { call, clock, keyFetches } = await stage();
    await call(OLD);
    for (let second = 1; second < 120; second++) {
      clock.nowMs += 1_000;
      const strangers = Array.from({ length: 5 }, (_, index) => ({ ...NEW, kid: `stranger-${second}-${index}` }));
      const answers = await Promise.all(strangers.map((key) => call(key)));
      expect(new Set(answers)).toEqual(new Set(['401 bad-credential']));
    }
    expect(keyFetches()).toBe(1 + Math.floor(119_000 / UNKNOWN_KID_PAUSE_MS));
  });

  it('is 503 and not 401 while the provider is away: it may be a new key', async () => {
    const { call, clock, provider } = await stage();
    await call(OLD);
    away(provider);
    clock.nowMs += UNKNOWN_KID_PAUSE_MS;
    expect(await call(NEW)).toBe('503 identity-provider-unavailable');
    expect(await call(OLD)).toBe('200');
  });
});

describe('an outage of the provider', () => {
  it('is 503 with a time to come back, never 401 or 403, while no key is known', async () => {
    const { endpoint, token, provider } = await stage();
    away(provider);
    const response = await endpoint.handle(bearer(token(OLD)));
    expect(refusalOf(endpoint, response)).toEqual({
      ...{ status: 503, code: 50000, reason: 'identity-provider-unavailable' },
      detail: 'oidc: the discovery document was answered with status 500',
    });
    expect(headerOf(response, 'Retry-After')).toBe('5');
  });

  it('is not asked about more often than every five seconds, and over as soon as it is over', async () => {
    const { call, clock, provider } = await stage();
    away(provider);
    for (let second = 0; second < 10; second++) {
      expect(await call()).toBe('503 identity-provider-unavailable');
      clock.nowMs += 1_000;
    }
    expect(provider.asked).toHaveLength(10_000 / RETRY_PAUSE_MS);
    back(provider);
    expect(await call()).toBe('200');
  });

  it('is not noticed by callers with a known key for a day, then it is 503', async () => {
    const { call, clock, provider } = await stage();
    await call();
    away(provider);
    for (let hour = 1; hour < 24; hour++) {
      clock.nowMs = NOW_MS + hour * 3_600_000;
      expect(await call(), `after ${hour} hours`).toBe('200');
    }
    clock.nowMs = NOW_MS + STALE_MS - 1;
    expect(await call()).toBe('200');
    clock.nowMs = NOW_MS + STALE_MS + RETRY_PAUSE_MS;
    expect(await call()).toBe('503 identity-provider-unavailable');
    back(provider);
    clock.nowMs += RETRY_PAUSE_MS;
    expect(await call()).toBe('200');
  });

  it('in which the provider hangs costs a caller with a known key 1.5 seconds, and the next ones nothing', async () => {
    const { call, clock, provider } = await stage();
    await call();
    silent(provider);
    clock.nowMs += FRESH_MS;
    const first = call();
    expect(await Promise.race([first, pause(PATIENCE_MS - 50, 'it waits')])).toBe('it waits');
    expect(await first).toBe('200');
    expect(await Promise.race([call(), pause(PATIENCE_MS, 'it waits')])).toBe('200');
  });

  it.each([
    [
      'nothing but keys that are secret or for encryption',
      () =>
        JSON.stringify({
          keys: [
            { kty: 'oct', kid: 'old', k: 'AAAA' },
            { ...OLD.jwk, use: 'enc' },
          ],
        }),
    ],
    ['an empty list', () => '{"keys":[]}'],
    ['no list', () => '{"keys":{}}'],
    ['a page of HTML', () => '<!doctype html>'],
    ['JSON that is no object', () => 'null'],
  ])('is also an answer with %s', async (_, body) => {
    const { call, clock, provider } = await stage();
    await call();
    provider.answer = (_req, res) => res.writeHead(200).end(body());
    clock.nowMs += FRESH_MS;
    expect(await call()).toBe('200');
    expect(await call(NEW)).toBe('503 identity-provider-unavailable');
  });

  it('does not keep a token from being refused that has expired', async () => {
    const { endpoint, provider } = await stage();
    away(provider);
    const response = await endpoint.handle(bearer(provider.token({ exp: NOW_SECONDS - 1 })));
    expect(refusalOf(endpoint, response)).toMatchObject({ status: 401, reason: 'expired-credential' });
  });
});

describe('a clock that jumps', () => {
  it('back: asks once too often and serves on', async () => {
    const { call, clock, keyFetches } = await stage();
    await call();
    clock.nowMs -= 86_400_000;
    expect(await call()).toBe('200');
    expect(await call()).toBe('200');
    expect(keyFetches()).toBe(2);
  });

  it('ahead, while a question was frozen with the function: asks again and does not wait for the old answer', async () => {
    const { call, clock, provider } = await stage();
    silent(provider);
    const frozen = call();
    await expect.poll(() => provider.asked.length).toBe(1);
    back(provider);
    clock.nowMs += LOAD_LIMIT_MS;
    expect(await call()).toBe('200');
    expect(await frozen).toBe('200');
  });
});
