/** What is counted, where, and what happens while the store is away: the real library over stores in memory. */
import { describe, expect, it } from 'vitest';
import { createRequestCounter } from '../../adapters/rate-limit/request-counter.ts';
import { memoryStore } from '../../adapters/stores/memory.ts';
import type { Counted, RequestCounter } from '../../core/rate-limit/rate-limit.ts';
import { type RecordStore, StoreError } from '../../core/stores.ts';
import { countsEveryRequest } from '../stores/limit-contract.ts';
import { naiveStore } from '../stores/naive/read-then-write.ts';

const LIMIT = { requests: 3, perMs: 60_000, strangersBy: 'address' } as const;

interface Watched extends RecordStore {
  readonly calls: { reads: number; writes: number };
  fails: boolean;
}

/** A store in memory that passes for one that instances share. */
function sharedStore(): Watched {
  const inner = memoryStore();
  const watched = { ...inner, name: 'shared', calls: { reads: 0, writes: 0 }, fails: false };
  watched.read = async (key) => {
    watched.calls.reads += 1;
    if (watched.fails) throw new StoreError('shared', 'is away');
    return inner.read(key);
  };
  watched.compareAndSet = async (...write) => {
    watched.calls.writes += 1;
    return inner.compareAndSet(...write);
  };
  return watched;
}

const isIn = ({ retryAfterMs }: Counted): boolean => retryAfterMs === undefined;

async function times<Result>(count: number, run: () => Promise<Result>): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let done = 0; done < count; done += 1) results.push(await run());
  return results;
}

describe.each<readonly [string, () => RecordStore | undefined]>([
  ['alone', () => undefined],
  ['in a store', () => sharedStore()],
  ['beside the memory of others', () => memoryStore()],
])('counting %s', (_, open) => {
  it('answers as many as are allowed, then none until the window ends', async () => {
    let now = Date.now();
    const counter = await createRequestCounter(LIMIT, open(), () => now);
    const counted = await times(5, () => counter.count('limit:a'));
    expect(counted.map(isIn)).toEqual([true, true, true, false, false]);
    for (const { retryAfterMs } of counted.slice(3)) {
      expect(retryAfterMs).toBeGreaterThan(0);
      expect(retryAfterMs).toBeLessThanOrEqual(60_000);
    }
    // The clock that counts is ours.
    now += 60_000;
    expect((await times(4, () => counter.count('limit:a'))).map(isIn)).toEqual([true, true, true, false]);
  });

  it('refuses nobody for longer than a window, whatever our clock was set to meanwhile', async () => {
    let now = Date.now();
    const counter = await createRequestCounter(LIMIT, open(), () => now);
    await times(4, () => counter.count('limit:a'));
    now -= 999_999_999;
    expect((await counter.count('limit:a')).retryAfterMs).toBe(60_000);
    now += 60_000;
    expect(isIn(await counter.count('limit:a'))).toBe(true);
  });

  it('counts each caller apart', async () => {
    const counter = await createRequestCounter(LIMIT, open(), Date.now);
    await times(9, () => counter.count('limit:eve'));
    expect(isIn(await counter.count('limit:bob'))).toBe(true);
  });

  it('counts all of a crowd that comes at once', async () => {
    const counter = await createRequestCounter(LIMIT, open(), Date.now);
    const counted = await Promise.all(Array.from({ length: 50 }, () => counter.count('limit:a')));
    expect(counted.filter(isIn)).toHaveLength(3);
  });
});

describe('counting in a store', () => {
  it('counts the requests of all instances, each once', async () => {
    const store = sharedStore();
    await countsEveryRequest(store, store);
  });

  it('would lose requests over a store that reads and then writes, and the check sees it', async () => {
    const naive = naiveStore(sharedStore());
    await expect(countsEveryRequest(naive, naive)).rejects.toThrow(/to be less than or equal to 24|to be 24/);
  });

  it('goes on where another instance began, and ends when that window does', async () => {
    let now = Date.now();
    const store = sharedStore();
    const one = await createRequestCounter(LIMIT, store, () => now);
    const other = await createRequestCounter(LIMIT, store, () => now);
    await times(2, () => one.count('limit:a'));
    now += 50_000;
    const counted = await times(2, () => other.count('limit:a'));
    expect(counted.map(isIn)).toEqual([true, false]);
    expect(counted[1]?.retryAfterMs).toBeLessThanOrEqual(10_000);
  });

  it('costs no store anything for whoever is over the limit', async () => {
    const store = sharedStore();
    const counter = await createRequestCounter(LIMIT, store, Date.now);
    await times(3, () => counter.count('limit:a'));
    const before = { ...store.calls };
    await times(100, () => counter.count('limit:a'));
    expect(store.calls).toEqual(before);
  });

  it('writes once for many who come at once', async () => {
    const store = sharedStore();
    const counter = await createRequestCounter({ ...LIMIT, requests: 10_000 }, store, Date.now);
    await Promise.all(Array.from({ length: 1_000 }, () => counter.count('limit:a')));
    expect(store.calls.writes).toBeLessThanOrEqual(2);
    expect(JSON.parse((await store.read('limit:a'))?.value ?? '[]')).toEqual([1_000, expect.any(Number)]);
  });

  it.each([5_000, -3_600_000])('while it is away counts by itself, says so, and asks again %i ms on', async (onMs) => {
    let now = Date.now();
    const store = sharedStore();
    const counter = await createRequestCounter(LIMIT, store, () => now);
    store.fails = true;
    const counted = await times(4, () => counter.count('limit:a'));
    expect(counted.map(isIn)).toEqual([true, true, true, false]);
    for (const { outage } of counted.slice(0, 3)) expect(outage).toBe('shared: is away');
    expect(store.calls.reads).toBe(1);
    store.fails = false;
    now += onMs;
    expect(await counter.count('limit:b')).toEqual({});
  });

  it('refuses where others change the number at every try, which is no outage', async () => {
    const store = { ...sharedStore(), compareAndSet: async () => false };
    const counter = await createRequestCounter(LIMIT, store, Date.now);
    const counted = await counter.count('limit:a');
    expect(counted).toEqual({ retryAfterMs: expect.any(Number) });
    expect(counted.retryAfterMs).toBeLessThanOrEqual(1_000);
  });

  it('makes a caller who asks everywhere at once cost each instance a few tries, and then nothing for a second', async () => {
    const store = sharedStore();
    const contended = { ...store, compareAndSet: async () => false };
    const counter = await createRequestCounter({ ...LIMIT, requests: 1_000 }, contended, Date.now);
    await Promise.all(Array.from({ length: 500 }, () => counter.count('limit:a')));
    const reads = store.calls.reads;
    expect(reads).toBeLessThanOrEqual(2 * 100);
    await times(500, () => counter.count('limit:a'));
    expect(store.calls.reads).toBe(reads);
  });

  it('takes no number for longer than a window, whoever wrote it, and what is none for none', async () => {
    let now = Date.now();
    const store = sharedStore();
    const farMs = Date.now() + 999_999_999;
    await store.compareAndSet('limit:a', undefined, { value: JSON.stringify([4, farMs]), expiresAtMs: farMs });
    await store.compareAndSet('limit:b', undefined, { value: 'not ours', expiresAtMs: farMs });
    await store.compareAndSet('limit:c', undefined, { value: '{"a":1}', expiresAtMs: farMs });
    const counter = await createRequestCounter(LIMIT, store, () => now);
    expect(await counter.count('limit:a')).toEqual({ retryAfterMs: 60_000 });
    expect([await counter.count('limit:b'), await counter.count('limit:c')]).toEqual([{}, {}]);
    now += 60_000;
    expect(await counter.count('limit:a')).toEqual({});
  });
});

describe('a crowd', () => {
  const CROWD = 50_000;
  const ONE = { ...LIMIT, requests: 1 };

  /** How many of a crowd are still refused without asking the store, from the last to come backwards. */
  async function remembered(counter: RequestCounter, calls: { readonly reads: number }): Promise<number> {
    for (let caller = 0; caller < CROWD; caller += 1) await counter.count(`limit:${caller}`);
    const { reads } = calls;
    for (let last = 1; last <= CROWD; last += 1) {
      const isRefused = !isIn(await counter.count(`limit:${CROWD - last}`));
      if (!isRefused || calls.reads > reads) return last - 1;
    }
    return CROWD;
  }

  it.each(['alone', 'in a store'])('over the limit is remembered up to ten thousand, counting %s', async (where) => {
    const store = sharedStore();
    const counter = await createRequestCounter(ONE, where === 'alone' ? undefined : store, Date.now);
    const kept = await remembered(counter, store.calls);
    expect(kept).toBeGreaterThan(8_000);
    expect(kept).toBeLessThanOrEqual(10_000);
  });

  it('that the instance has forgotten costs the store a read each, and is refused all the same', async () => {
    const store = sharedStore();
    const counter = await createRequestCounter(ONE, store, Date.now);
    await remembered(counter, store.calls);
    const before = { ...store.calls };
    expect(isIn(await counter.count('limit:0'))).toBe(false);
    expect(store.calls).toEqual({ reads: before.reads + 1, writes: before.writes });
  });

  it('within the limit pushes out who is so too, and nobody who is over it', async () => {
    const counter = await createRequestCounter(LIMIT, undefined, Date.now);
    await times(2, () => counter.count('limit:within'));
    await times(4, () => counter.count('limit:over'));
    for (let caller = 0; caller < CROWD; caller += 1) await counter.count(`limit:${caller}`);
    expect(isIn(await counter.count('limit:over'))).toBe(false);
    expect((await times(3, () => counter.count('limit:within'))).map(isIn)).toEqual([true, true, true]);
  });

  it('over the limit does not push out one of them who goes on asking', async () => {
    const counter = await createRequestCounter(ONE, undefined, Date.now);
    await times(2, () => counter.count('limit:loop'));
    let isOnceIn = false;
    for (let caller = 0; caller < CROWD; caller += 1) {
      await counter.count(`limit:${caller}`);
      if (caller % 1_000 === 0) isOnceIn ||= isIn(await counter.count('limit:loop'));
    }
    expect(isOnceIn).toBe(false);
  });
});
