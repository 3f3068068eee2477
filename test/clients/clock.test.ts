/** A function whose clock is five minutes off, an Ably whose clock is right, and real clients in between. */
import * as Ably from 'ably';
import { afterEach, describe, expect, it } from 'vitest';
import { createAblyApi } from '../../adapters/ably/ably-api.ts';
import { createEnvironmentKeySource } from '../../adapters/key-sources/environment.ts';
import { startNodeServer } from '../../adapters/node/serve.ts';
import type { AblyApi } from '../../core/ably.ts';
import { startAblyService } from '../../dev/ably-service/ably-service.ts';
import { type AuthConfig, type AuthEvent, anonymous, configureEndpoint } from '../../index.ts';
import { STAGE_KEY, untilState } from '../stage.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Off {
  readonly aheadMs: number;
  readonly config?: Partial<AuthConfig>;
  /** How long an answer about the time takes at least. */
  readonly lateMs?: number;
}

async function start({ aheadMs, config = {}, lateMs = 0 }: Off) {
  const service = await startAblyService({ keys: [STAGE_KEY] });
  closing.push(() => service.close());
  const { endpoint: host = '', port } = service.clientOptions as { endpoint?: string; port?: number };
  const api = createAblyApi({ ABLY_ENDPOINT: host, ABLY_PORT: String(port), ABLY_TLS: 'false' });
  const asked = { times: 0 };
  const ably: AblyApi = {
    ...api,
    async timeMs() {
      asked.times += 1;
      const timeMs = await api.timeMs();
      await new Promise((resolve) => setTimeout(resolve, lateMs));
      return timeMs;
    },
  };
  const events: AuthEvent[] = [];
  const rules = [{ name: 'all', when: { kind: 'anonymous' as const }, grant: { lobby: ['subscribe' as const] } }];
  const endpoint = configureEndpoint({
    definition: { build: () => ({ sources: [anonymous()], rules, ...config }) },
    env: {},
    keySource: {
      ok: true,
      source: createEnvironmentKeySource({ ABLY_API_KEY: `${STAGE_KEY.name}:${STAGE_KEY.secret}` }),
    },
    ably,
    nowMs: () => Date.now() + aheadMs,
    onEvent: (event) => events.push(event),
  });
  expect(endpoint.problems).toEqual([]);
  const server = await startNodeServer({ endpoint, health: endpoint.health, host: '127.0.0.1', port: 0 });
  closing.push(() => server.close());
  const authUrl = `${server.url}/api/ably-auth`;
  return {
    ...{ asked, events, authUrl, server },
    skews: () => events.flatMap((event) => (event.kind === 'clock' ? [event] : [])),
    /** What becomes of a client that asks now. */
    async connect() {
      const client = new Ably.Realtime({ ...service.clientOptions, logLevel: 0, authUrl });
      closing.push(() => client.close());
      return untilState(client, 'connected', 'disconnected', 'failed');
    },
    iat: async (): Promise<number> => {
      const token = await (await fetch(authUrl)).text();
      return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')).iat as number;
    },
  };
}

describe.each([
  ['ahead', 300_000],
  ['behind', -300_000],
])('a clock five minutes %s', (_, aheadMs) => {
  it('makes TokenRequests that Ably refuses, with `local`, which asks nobody', async () => {
    const { connect, asked, skews } = await start({ aheadMs });
    const { state, reason } = await connect();
    expect(state).toBe('disconnected');
    expect(JSON.stringify(reason)).toContain('40104');
    expect([asked.times, skews()]).toEqual([0, []]);
  });

  it.each(['learn', 'queryTime'] as const)('is corrected for the first request already, with `%s`', async (clock) => {
    const { connect, skews, asked } = await start({ aheadMs, config: { clock } });
    expect((await connect()).state).toBe('connected');
    expect((await connect()).state).toBe('connected');
    expect(asked.times).toBe(clock === 'learn' ? 1 : 2);
    expect(skews()).toEqual([{ kind: 'clock', state: 'skewed', skewMs: expect.any(Number) }]);
    expect(Math.round((skews()[0]?.skewMs ?? 0) / 1_000)).toBe(-aheadMs / 1_000);
  });

  it('goes by itself where Ably does not say in time, says so, and is corrected for later requests', async () => {
    const { connect, events, skews } = await start({ aheadMs, config: { clock: 'learn' }, lateMs: 400 });
    expect((await connect()).state).toBe('disconnected');
    expect(skews()[0]).toEqual({ kind: 'clock', state: 'unknown' });
    await expect.poll(() => skews().length).toBe(2);
    expect((await connect()).state).toBe('connected');
    expect(events.filter(({ kind }) => kind === 'issued').length).toBeGreaterThanOrEqual(2);
  });

  it('is corrected for tokens that Ably makes on our asking', async () => {
    const { authUrl, asked, skews } = await start({ aheadMs, config: { clock: 'learn', tokenFormat: 'ably-token' } });
    const statuses = async (): Promise<number[]> => {
      const answers = await Promise.all([fetch(authUrl), fetch(authUrl)]);
      return answers.map(({ status }) => status);
    };
    expect(await statuses()).toEqual([200, 200]);
    expect([asked.times, skews().length]).toEqual([1, 1]);
    expect(await statuses()).toEqual([200, 200]);
    expect(asked.times).toBe(1);
  });

  it('dates a JWT by the corrected clock, and never in its future', async () => {
    const { iat } = await start({ aheadMs, config: { clock: 'learn', tokenFormat: 'jwt' } });
    const before = Date.now();
    const issuedAt = await iat();
    expect(issuedAt * 1_000).toBeLessThanOrEqual(Date.now() + 500);
    expect(issuedAt * 1_000).toBeGreaterThan(before - 1_500);
  });

  it('is in the health report', async () => {
    const { server, connect } = await start({ aheadMs, config: { clock: 'learn' } });
    const health = async () => {
      const response = await fetch(`${server.url}/healthz`);
      expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
      return (await response.json()) as { clock: { skewMs?: number } };
    };
    expect(await health()).toEqual({ status: 'ok', key: 'not asked', clock: { mode: 'learn', state: 'unknown' } });
    await connect();
    const report = await health();
    expect(report).toMatchObject({ status: 'ok', key: 'loaded', clock: { mode: 'learn', state: 'skewed' } });
    expect(Math.round((report.clock.skewMs ?? 0) / 1_000)).toBe(-aheadMs / 1_000);
    expect(JSON.stringify(report)).not.toContain(STAGE_KEY.secret);
  });
});
