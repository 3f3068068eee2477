/** A rate limit over one store: every request of every instance is counted once, none is lost to another. */
import { expect } from 'vitest';
import { createRequestCounter } from '../../adapters/rate-limit/request-counter.ts';
import type { Counted } from '../../core/rate-limit/rate-limit.ts';
import type { RecordStore } from '../../core/stores.ts';

const LIMIT = { requests: 24, perMs: 3_600_000, strangersBy: 'address' } as const;
/** Of each store object as many instances, each of which asks twice. */
const INSTANCES = 8;

let serial = 0;

export async function countsEveryRequest(store: RecordStore, other: RecordStore): Promise<void> {
  const key = `limit:test-${process.pid}-${serial++}`;
  const counterOver = (over: RecordStore) => createRequestCounter(LIMIT, over, Date.now);
  const isIn = ({ retryAfterMs, outage }: Counted): boolean => {
    expect(outage).toBeUndefined();
    return retryAfterMs === undefined;
  };
  const stores = [store, other].flatMap((each) => Array<RecordStore>(INSTANCES).fill(each));
  const counters = await Promise.all(stores.map(counterOver));
  const asked = await Promise.all([...counters, ...counters].map((counter) => counter.count(key)));
  // Whoever was never the fastest within a second was refused, and not counted.
  const inAtOnce = asked.filter(isIn).length;
  expect(inAtOnce).toBeLessThanOrEqual(LIMIT.requests);
  const last = await counterOver(store);
  let inLater = 0;
  while (isIn(await last.count(key))) inLater += 1;
  expect(inAtOnce + inLater).toBe(LIMIT.requests);
  expect(isIn(await (await counterOver(other)).count(key))).toBe(false);
}
