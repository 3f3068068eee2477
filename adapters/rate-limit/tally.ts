/**
 * Where a limiter keeps its numbers: in the memory of this process, or in a store that all instances share.
 *
 * In a store a number changes by compare-and-set (core/records.ts), so no request is lost to another. What one instance is
 * asked for while it writes becomes one write: a caller who asks a thousand times at once costs a handful.
 */
import { createRecords } from '../../core/records.ts';
import { type RecordStore, StoreError } from '../../core/stores.ts';
import { recentCallers } from './recent-callers.ts';

export interface Tallied {
  /** Requests in the window, this one included. */
  readonly requests: number;
  readonly resetAtMs: number;
}

export interface Tally {
  /** @throws StoreError where it is kept in a store */
  add(key: string): Promise<Tallied>;
}

export interface TallyOptions {
  /** More than that need not be told apart. */
  readonly limit: number;
  readonly windowMs: number;
  readonly nowMs: () => number;
}

export function createMemoryTally({ windowMs, nowMs }: TallyOptions): Tally {
  const callers = recentCallers<Tallied>();
  return {
    async add(key) {
      const { requests, resetAtMs } = liveOr(callers.get(key), nowMs(), windowMs);
      const next = { requests: requests + 1, resetAtMs };
      callers.note(key, next);
      return next;
    },
  };
}

/** A number is not worth more of a request than this: others are changing it all the time, so it is high. */
const UPDATE_TIMEOUT_MS = 1_000;
/** How long a store that failed is left alone, or every request would wait for it in vain. */
const AWAY_MS = 5_000;

interface Group {
  size: number;
  written: Promise<Tallied>;
}

export function createStoreTally(store: RecordStore, { limit, windowMs, nowMs }: TallyOptions): Tally {
  const records = createRecords(store, { nowMs, updateTimeoutMs: UPDATE_TIMEOUT_MS });
  /** Those who wait for the write under way to end, by key; and that write. */
  const gathering = new Map<string, Group>();
  const turns = new Map<string, Promise<unknown>>();
  let away: { readonly error: StoreError; readonly sinceMs: number } | undefined;

  async function write(key: string, size: number): Promise<Tallied> {
    // Either way: a clock that was set back would leave it alone for as long.
    if (away && Math.abs(nowMs() - away.sinceMs) < AWAY_MS) throw away.error;
    let before = liveOr(undefined, nowMs(), windowMs);
    try {
      await records.update(key, (text) => {
        const seen = parse(text);
        before = liveOr(seen, nowMs(), windowMs);
        // Nothing to count, and nothing to put right: a clock that was ahead would refuse them for as long as it was.
        if (before.requests >= limit && before.resetAtMs === seen?.resetAtMs) return 'keep';
        const { requests, resetAtMs } = before;
        return { value: JSON.stringify([requests + size, resetAtMs]), expiresAtMs: resetAtMs };
      });
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      // Not an outage, which would let them through: a crowd under one name.
      if (error.contended) return { requests: limit, resetAtMs: nowMs() + UPDATE_TIMEOUT_MS };
      away = { error, sinceMs: nowMs() };
      throw error;
    }
    return before;
  }

  function gather(key: string): Group {
    const turn = turns.get(key) ?? Promise.resolve();
    const written = turn.then(() => {
      gathering.delete(key);
      return write(key, group.size);
    });
    const group: Group = { size: 0, written };
    gathering.set(key, group);
    const ended: Promise<void> = written.then(
      () => leave(),
      () => leave(),
    );
    const leave = (): void => {
      if (turns.get(key) === ended) turns.delete(key);
    };
    turns.set(key, ended);
    return group;
  }

  return {
    async add(key) {
      const group = gathering.get(key) ?? gather(key);
      group.size += 1;
      const place = group.size;
      const { requests, resetAtMs } = await group.written;
      return { requests: requests + place, resetAtMs };
    },
  };
}

/** What is known of a window that has not ended. One that ends later than it can was written by a clock that is ahead. */
function liveOr(seen: Tallied | undefined, now: number, windowMs: number): Tallied {
  if (!seen || seen.resetAtMs <= now) return { requests: 0, resetAtMs: now + windowMs };
  return { requests: seen.requests, resetAtMs: Math.min(seen.resetAtMs, now + windowMs) };
}

/** What is not one of ours counts as none. */
function parse(text: string | undefined): Tallied | undefined {
  if (text === undefined) return undefined;
  try {
    const [requests, resetAtMs] = JSON.parse(text) as readonly unknown[];
    return Number.isSafeInteger(requests) && Number.isFinite(resetAtMs)
      ? { requests: requests as number, resetAtMs: resetAtMs as number }
      : undefined;
  } catch {
    return undefined;
  }
}
