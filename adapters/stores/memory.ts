/**
 * Records in the memory of this process: for development, tests and a single server. A function that runs in several
 * instances needs a store that they share, or what one of them revokes another would not know.
 *
 * A record that counts is never dropped to make room for another: one that is forgotten may be a ban. When it is full,
 * a new record is refused instead, and whoever wanted it kept is told.
 */
import { RECORD_GRACE_MS, type RecordStore, StoreError, type VersionedRecord } from '../../core/stores.ts';

export interface MemoryStoreOptions {
  /** Records kept at once. Beyond it those that have expired make room; then new ones are refused. Default 100_000. */
  readonly maxRecords?: number;
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly nowMs?: () => number;
}

export function memoryStore({ maxRecords = 100_000, nowMs = Date.now }: MemoryStoreOptions = {}): RecordStore {
  const records = new Map<string, VersionedRecord>();
  let serial = 0;
  // No record can be dropped before; until then looking for one would go through all of them for nothing.
  let nextExpiryMs = Number.POSITIVE_INFINITY;

  function dropExpired(): void {
    const now = nowMs();
    if (nextExpiryMs + RECORD_GRACE_MS >= now) return;
    nextExpiryMs = Number.POSITIVE_INFINITY;
    for (const [key, { expiresAtMs }] of records) {
      if (expiresAtMs + RECORD_GRACE_MS < now) records.delete(key);
      else nextExpiryMs = Math.min(nextExpiryMs, expiresAtMs);
    }
  }

  return Object.freeze({
    name: 'memory',
    read: async (key) => records.get(key),
    async compareAndSet(key, seenVersion, { value, expiresAtMs }) {
      const present = records.get(key);
      if (present?.version !== seenVersion) return false;
      if (!present && records.size >= maxRecords) dropExpired();
      if (!present && records.size >= maxRecords)
        throw new StoreError('memory', `full: it holds ${maxRecords} records`);
      serial += 1;
      records.set(key, { value, expiresAtMs, version: String(serial) });
      nextExpiryMs = Math.min(nextExpiryMs, expiresAtMs);
      return true;
    },
    async delete(key) {
      records.delete(key);
    },
  } satisfies RecordStore);
}
