/**
 * Records in the memory of this process: for development, tests and a single server. A function that runs in several
 * instances needs a store that they share, or what one of them revokes another would not know.
 */
import { RECORD_GRACE_MS, type RecordStore, type VersionedRecord } from '../../core/stores.ts';

export interface MemoryStoreOptions {
  /** Records kept at once; beyond it those that have expired are dropped, and then the oldest. Default 100_000. */
  readonly maxRecords?: number;
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly nowMs?: () => number;
}

export function memoryStore({ maxRecords = 100_000, nowMs = Date.now }: MemoryStoreOptions = {}): RecordStore {
  const records = new Map<string, VersionedRecord>();
  let serial = 0;

  function makeRoom(): void {
    const now = nowMs();
    for (const [key, { expiresAtMs }] of records) if (expiresAtMs + RECORD_GRACE_MS < now) records.delete(key);
    for (const key of records.keys()) {
      if (records.size < maxRecords) return;
      records.delete(key);
    }
  }

  return Object.freeze({
    name: 'memory',
    read: async (key) => records.get(key),
    async compareAndSet(key, seenVersion, { value, expiresAtMs }) {
      if (records.get(key)?.version !== seenVersion) return false;
      if (!records.has(key) && records.size >= maxRecords) makeRoom();
      serial += 1;
      records.set(key, { value, expiresAtMs, version: String(serial) });
      return true;
    },
    async delete(key) {
      records.delete(key);
    },
  } satisfies RecordStore);
}
