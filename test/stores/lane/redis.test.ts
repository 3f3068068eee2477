/** Redis itself. What it acknowledges it keeps, because it is told to sync each write; docs/stores.md says what else is so. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisStore } from '../../../adapters/stores/redis.ts';
import { RECORD_GRACE_MS } from '../../../core/stores.ts';
import { failsAsStoreError } from '../contract.ts';
import { type ServerProcess, startServer } from '../processes.ts';
import { redisServer, redisUrl, withRedis } from '../servers.ts';
import { describeStore } from '../suite.ts';

const start = (...more: readonly string[]): Promise<ServerProcess> => startServer(redisServer(...more));

describeStore('Redis', {
  start,
  placeAt: (port) => ({ kind: 'redis', url: redisUrl(port) }),
  survivesAKill: true,
});

describe('redisStore', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server?.stop());

  it('lets Redis remove a record an hour after it expired, by our clock', async () => {
    let nowMs = 1_800_000_000_000;
    const store = redisStore({ url: redisUrl(server.port), nowMs: () => nowMs });
    const keptMs = (key: string): Promise<number> => withRedis(server.port, (client) => client.pttl(key));
    await store.compareAndSet('a', undefined, { value: 'x', expiresAtMs: nowMs + 10_000_000 });
    const [kept, whole] = [await keptMs('a'), 10_000_000 + RECORD_GRACE_MS];
    expect(kept).toBeGreaterThan(whole - 60_000);
    expect(kept).toBeLessThanOrEqual(whole);
    // Long expired, and kept for others whose clocks are behind.
    nowMs += 50_000_000;
    await store.compareAndSet('b', undefined, { value: 'x', expiresAtMs: 0 });
    expect(await keptMs('b')).toBeGreaterThan(RECORD_GRACE_MS - 60_000);
    store.close();
  });

  it('makes another connection when the one it has was idle for long, or was ended by the server', async () => {
    let nowMs = 0;
    const store = redisStore({ url: redisUrl(server.port), nowMs: () => nowMs });
    const connections = (): Promise<number> =>
      withRedis(server.port, async (client) =>
        Number(/total_connections_received:(\d+)/.exec(await client.info('stats'))?.[1]),
      );
    await store.read('a');
    const first = await connections();
    await store.read('a');
    nowMs = 29_000;
    await store.read('a');
    // The one that asks counts itself.
    expect((await connections()) - first).toBe(1);
    nowMs = 70_000;
    await store.read('a');
    expect((await connections()) - first).toBe(3);
    await withRedis(server.port, (client) => client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'));
    await expect.poll(() => store.read('none').catch(() => 'failed')).toBeUndefined();
    store.close();
  });

  it('takes a client of one’s own', async () => {
    await withRedis(server.port, async (client) => {
      const store = redisStore({ client });
      expect(await store.compareAndSet('own', undefined, { value: 'x', expiresAtMs: 1 })).toBe(true);
      expect((await store.read('own'))?.value).toBe('x');
      await store.delete('own');
      expect(await store.read('own')).toBeUndefined();
    });
  });

  it.each([
    ['a wrong password', () => redisUrl(server.port, 'another-hunter3'), 'WRONGPASS'],
    ['no password', () => `redis://127.0.0.1:${server.port}`, 'NOAUTH'],
    ['nobody listening', () => 'redis://:another-hunter3@127.0.0.1:1', 'ECONNREFUSED'],
  ])('with %s says what to look at, and none of what it holds', async (_, url, name) => {
    const store = redisStore({ url: url() });
    const record = { value: 'a-value', expiresAtMs: 1 };
    const secrets = ['gate:x', 'hunter', 'a-value', '127.0.0.1'];
    const error = await failsAsStoreError(store.compareAndSet('gate:x', undefined, record), secrets);
    expect(error.message).toContain(`(${name})`);
    store.close();
  });

  it('refuses what is not one of our records', async () => {
    await withRedis(server.port, (client) => client.hset('odd', 'version', '1'));
    await withRedis(server.port, (client) => client.set('odd-type', '1'));
    const store = redisStore({ url: redisUrl(server.port) });
    expect((await failsAsStoreError(store.read('odd'), [])).message).toContain('not one of ours');
    expect((await failsAsStoreError(store.read('odd-type'), [])).message).toContain('(WRONGTYPE)');
    store.close();
  });

  it('full: refuses what is new and keeps what it has', async () => {
    const small = await start('--maxmemory', '2mb', '--maxmemory-policy', 'noeviction');
    const store = redisStore({ url: redisUrl(small.port) });
    const record = { value: 'x'.repeat(100_000), expiresAtMs: Date.now() + 1_000_000 };
    const kept: string[] = [];
    const fill = async (): Promise<void> => {
      for (let index = 0; index < 100; index += 1) {
        await store.compareAndSet(`k${index}`, undefined, record);
        kept.push(`k${index}`);
      }
    };
    expect((await failsAsStoreError(fill(), [])).message).toContain('(OOM)');
    expect(kept.length).toBeGreaterThan(0);
    for (const key of kept) expect((await store.read(key))?.value).toBe(record.value);
    store.close();
    await small.stop();
  });
});
