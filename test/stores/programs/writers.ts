/**
 * Writers in a process of their own: each adds its name to a list in one record. Prints, for each, whether the store
 * acknowledged it or what it threw. Arguments: the store's place, the key, the names, all as one JSON.
 */
import { createRecords } from '../../../core/records.ts';
import { StoreError } from '../../../core/stores.ts';
import { naiveStore } from '../naive/read-then-write.ts';
import { openStore, type StorePlace } from '../open.ts';

interface Task {
  readonly place: StorePlace;
  readonly key: string;
  readonly names: readonly string[];
  readonly naive: boolean;
}

const { place, key, names, naive } = JSON.parse(process.argv[2] ?? '') as Task;
const opened = openStore(place);
const store = naive ? naiveStore(opened) : opened;
const records = createRecords(store, { nowMs: Date.now, callTimeoutMs: 20_000, updateTimeoutMs: 40_000 });
// Both processes begin together, as far as the system lets them.
await store.read(key);
process.stdout.write('ready\n');
process.stdin.once('data', async () => {
  const outcomes = await Promise.all(
    names.map((name) =>
      records
        .update(key, (value) => ({
          value: JSON.stringify([...(JSON.parse(value ?? '[]') as string[]), name]),
          expiresAtMs: Date.now() + 3_600_000,
        }))
        .then(
          () => 'acknowledged',
          (error: unknown) => (error instanceof StoreError ? 'StoreError' : String(error)),
        ),
    ),
  );
  process.stdout.write(`${JSON.stringify(outcomes)}\n`, () => process.exit(0));
});
