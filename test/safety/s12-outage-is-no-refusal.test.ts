import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createEnvironmentKeySource } from '../../adapters/key-sources/environment.ts';
import type { ApiKey } from '../../core/keys/api-key.ts';
import { KeySourceError, type KeySourceFailure } from '../../core/keys/key-source.ts';
import { anonymous, configureEndpoint } from '../../index.ts';
import { authRequest, headerOf, KEY_NAME, KEY_SECRET, NOW_MS, testEndpoint, testKey } from '../core/auth-request.ts';
import { statusOf } from './naive/outage-is-forbidden.ts';
import { expectRefusal, RULES } from './support.ts';

const ROOT = new URL('../../', import.meta.url);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const failing = (failure: KeySourceFailure) => async (): Promise<ApiKey> => {
  throw new KeySourceError(failure, 'ABLY_API_KEY_SECRET_ID', 'The store said no.', 'Look at it.');
};

const WAYS: Readonly<Record<string, () => Promise<ApiKey>>> = {
  unreachable: failing('unreachable'),
  'not found': failing('not-found'),
  'not allowed': failing('not-allowed'),
  malformed: failing('malformed'),
  'an error of the driver’s own': () => Promise.reject(new Error('secretsecretsecret is not valid')),
  'no error at all': () => Promise.reject(undefined),
};

/** A store that a test breaks and mends, behind an endpoint with a clock that it moves. */
function setUp() {
  const store = { answer: async (): Promise<ApiKey> => testKey(), loads: 0, nowMs: NOW_MS };
  const endpoint = testEndpoint({
    rules: RULES,
    nowMs: () => store.nowMs,
    loadCurrent: () => {
      store.loads += 1;
      return store.answer();
    },
  });
  return { store, endpoint, ask: () => endpoint.handle(authRequest()) };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('S12 an outage is no refusal', () => {
  for (const [what, answer] of Object.entries(WAYS)) {
    it(`${what}: 403 ends every client for good where all that goes wrong is forbidden, ours says come back`, async () => {
      expect(await statusOf(answer)).toBe(403);

      const { store, endpoint, ask } = setUp();
      store.answer = answer;
      const response = await ask();
      expectRefusal(response, 503, 50000);
      expect(Number(headerOf(response, 'Retry-After'))).toBeGreaterThan(0);
      expect(response.body).not.toMatch(/not.found|no such|secretsecret/i);
      expect(JSON.stringify(endpoint.events)).not.toContain('secretsecret');
    });

    it(`${what}: the key that is known serves for a day, then 503, and the store is back when it is back`, async () => {
      const { store, ask } = setUp();
      expect((await ask()).status).toBe(200);
      store.answer = answer;
      for (const laterMs of [5 * MINUTE, HOUR, 12 * HOUR, 24 * HOUR - 1]) {
        store.nowMs = NOW_MS + laterMs;
        expect((await ask()).status).toBe(200);
      }
      store.nowMs = NOW_MS + 24 * HOUR;
      expectRefusal(await ask(), 503, 50000);
      store.answer = async () => testKey();
      store.nowMs += 5_000;
      expect((await ask()).status).toBe(200);
    });
  }

  it('a store that never answers is given up, and still not a refusal', async () => {
    vi.useFakeTimers();
    const { store, ask } = setUp();
    store.answer = () => new Promise<never>(() => {});
    const first = ask();
    await vi.advanceTimersByTimeAsync(5_000);
    expectRefusal(await first, 503, 50000);
  });

  it('a store that never answers a renewal does not keep a caller for longer than a moment', async () => {
    vi.useFakeTimers();
    const { store, ask } = setUp();
    expect((await ask()).status).toBe(200);
    store.answer = () => new Promise<never>(() => {});
    store.nowMs += 5 * MINUTE;
    const late = ask();
    await vi.advanceTimersByTimeAsync(1_500);
    expect((await late).status).toBe(200);
  });

  it('a thousand callers in an outage are one question to the store, and the pause after it is kept', async () => {
    const { store, ask } = setUp();
    store.answer = failing('unreachable');
    const statuses = (await Promise.all(Array.from({ length: 1_000 }, ask))).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([503]));
    expect(store.loads).toBe(1);
    store.nowMs += 4_999;
    await ask();
    expect(store.loads).toBe(1);
    store.nowMs += 1;
    store.answer = async () => testKey();
    expect((await ask()).status).toBe(200);
    expect(store.loads).toBe(2);
  });

  it('who asks wrongly hears so even in an outage, without the store being asked', async () => {
    const { store, endpoint } = setUp();
    store.answer = failing('unreachable');
    expectRefusal(await endpoint.handle(authRequest({ method: 'PUT' })), 405, 40500);
    expect((await endpoint.handle(authRequest({ method: 'OPTIONS' }))).status).toBe(204);
    expect(store.loads).toBe(0);
  });
});

describe('S12 a log that cannot be written', () => {
  it('costs no caller the answer', async () => {
    const { handle } = configureEndpoint({
      definition: { build: () => ({ sources: [anonymous()], rules: RULES }) },
      env: {},
      keySource: { ok: true, source: createEnvironmentKeySource({ ABLY_API_KEY: `${KEY_NAME}:${KEY_SECRET}` }) },
      onEvent: () => {
        throw new Error('the log is full');
      },
    });
    expect((await handle(authRequest())).status).toBe(200);
    expectRefusal(await handle(authRequest({ query: { capability: 'x' } })), 400, 40000);
  });

  // `(event) => void` takes an async function as well. In a process without a handler of its own, one lost log line that
  // nobody catches ends every request under way.
  it('costs no caller the process either, when it says so later', async () => {
    const script = `
      const { anonymous, configureEndpoint } = await import('${ROOT}index.ts');
      const { createEnvironmentKeySource } = await import('${ROOT}adapters/key-sources/environment.ts');
      const { handle } = configureEndpoint({
        definition: { build: () => ({ sources: [anonymous()], rules: ${JSON.stringify(RULES)} }) },
        env: {},
        keySource: { ok: true, source: createEnvironmentKeySource({ ABLY_API_KEY: '${KEY_NAME}:${KEY_SECRET}' }) },
        onEvent: async () => { throw new Error('the log is full'); },
      });
      const request = { method: 'GET', query: [], headers: new Map(), cookies: [], body: '', platform: {} };
      const { status } = await handle(request);
      await new Promise((resolve) => setImmediate(resolve));
      process.exitCode = status === 200 ? 0 : 3;
    `;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
      cwd: fileURLToPath(ROOT),
    });
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
  });
});
