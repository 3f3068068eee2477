/**
 * How records are read and changed, over any store: expiry by our own clock, a deadline on every call, and changes as
 * compare-and-set with a bounded number of tries, so that two requests at once never undo each other's change.
 */
import { withinDeadline } from './deadline.ts';
import { MAX_RECORD_BYTES, type RecordStore, type StoredRecord, StoreError } from './stores.ts';

export interface RecordsOptions {
  readonly nowMs: () => number;
  /** How long one call of the store may take, in milliseconds. Default 1_500: clients give up on us after 10 s. */
  readonly callTimeoutMs?: number;
  /** No further try of a change is begun after this, in milliseconds. Default 8_000. */
  readonly updateTimeoutMs?: number;
}

/** What a change makes of a record: another one, none, or `keep` where there is nothing to change. */
export type RecordChange = StoredRecord | 'delete' | 'keep';

export interface Records {
  /** The value of a record that has not expired. @throws StoreError */
  read(key: string): Promise<string | undefined>;
  /**
   * @param change pure: called again, with what another writer left there, when that one was faster
   * @returns when the store has acknowledged it
   * @throws StoreError when the store fails, or others were faster at every try
   */
  update(key: string, change: (value: string | undefined) => RecordChange): Promise<void>;
}

/**
 * With the pauses between them, 64 writers of one record all get through (the contract suite of the stores). A pause is
 * drawn at random up to a bound that doubles: writers that keep meeting each other spread.
 */
const MAX_TRIES = 100;
const FIRST_PAUSE_MS = 4;
const MAX_PAUSE_MS = 400;

export function createRecords(store: RecordStore, options: RecordsOptions): Records {
  const { nowMs, callTimeoutMs = 1_500, updateTimeoutMs = 8_000 } = options;
  const call = <Result>(run: () => Promise<Result>): Promise<Result> => withinTime(store.name, callTimeoutMs, run);
  const isAlive = ({ expiresAtMs }: StoredRecord): boolean => expiresAtMs > nowMs();

  return Object.freeze({
    async read(key) {
      const record = await call(() => store.read(key));
      return record && isAlive(record) ? record.value : undefined;
    },
    async update(key, change) {
      // A clock that is not set while we wait, unlike the one that decides about expiry.
      const startedMs = performance.now();
      for (let tries = 0; tries < MAX_TRIES && performance.now() - startedMs < updateTimeoutMs; tries += 1) {
        const seen = await call(() => store.read(key));
        const next = change(seen && isAlive(seen) ? seen.value : undefined);
        if (next === 'keep' || (next === 'delete' && !(seen && isAlive(seen)))) return;
        // A record that has expired by any clock, and not `delete`, which would not notice what was written meanwhile.
        const record = next === 'delete' ? { value: '', expiresAtMs: 0 } : next;
        if (Buffer.byteLength(record.value) > MAX_RECORD_BYTES) throw new StoreError(store.name, 'record too large');
        if (await call(() => store.compareAndSet(key, seen?.version, record))) return;
        await pause(Math.random() * Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries));
      }
      throw new StoreError(store.name, 'others changed the record at every try', { contended: true });
    },
  } satisfies Records);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What a driver fails with is a StoreError by the port; what else may come out of one is made into one here. */
async function withinTime<Result>(store: string, timeoutMs: number, run: () => Promise<Result>): Promise<Result> {
  try {
    return await withinDeadline(timeoutMs, run, () => new StoreError(store, `no answer within ${timeoutMs} ms`));
  } catch (error) {
    if (error instanceof StoreError) throw error;
    // Of an error that the port does not allow, only the class: the rest may hold anything (S10).
    const kind = error instanceof Error ? error.constructor.name : typeof error;
    throw new StoreError(store, `failed in an unexpected way (${kind})`);
  }
}
