/**
 * The control of the contract suite: a driver as one would write it without thinking. It reads, compares, and then
 * writes whatever is there by now. Of two writers that read the same, the second undoes the first.
 */
import type { RecordStore } from '../../../core/stores.ts';

export function naiveStore(store: RecordStore): RecordStore {
  return {
    ...store,
    async compareAndSet(key, seenVersion, record) {
      const present = await store.read(key);
      if (present?.version !== seenVersion) return false;
      // Between that line and the next lies the way to the store and back.
      do await store.delete(key);
      while (!(await store.compareAndSet(key, undefined, record)));
      return true;
    },
  };
}
