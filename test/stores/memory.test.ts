/** The memory of one process: every promise that can be made there. It survives nothing, and no other process sees it. */
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/stores/memory.ts';
import { RECORD_GRACE_MS } from '../../core/stores.ts';
import * as contract from './contract.ts';
import { keepsGrants } from './grants-contract.ts';
import { naiveStore } from './naive/read-then-write.ts';
import { cutsOff } from './revocation-contract.ts';

describe('memoryStore', () => {
  const store = memoryStore();

  it('gives back what was written, whatever is in it', () => contract.keepsWhatIsWritten(store));
  it('writes only over the version that was seen', () => contract.writesOnlyOverWhatWasSeen(store));
  it('forgets what is deleted, and every version of it', () => contract.forgetsWhatIsDeleted(store));
  it('shows every acknowledged write', () => contract.showsEveryAcknowledgedWrite(store, store));
  it('lets one of 64 writers win that saw the same', () => contract.letsOneOfManyWrite(store));
  it('keeps the changes of 64 writers', () => contract.keepsEveryChange(store));
  it('keeps what was granted on asking, until it is taken back', () => keepsGrants(store));
  it('keeps out who was cut off, and nobody else', () => cutsOff(store, store));
  it('counts a record as absent from its expiry on, and not before', () => contract.expiresByOurClock(store));

  it('is not to be had by reading and then writing: the naive driver fails the checks', async () => {
    const naive = naiveStore(memoryStore());
    await contract.writesOnlyOverWhatWasSeen(naive);
    await expect(contract.letsOneOfManyWrite(naive)).rejects.toThrow(/to have a length of 1/);
    await expect(contract.keepsEveryChange(naive)).rejects.toThrow(/to deeply equal/);
  });

  it('full: refuses what is new, and drops only what expired an hour ago', async () => {
    let nowMs = 0;
    const small = memoryStore({ maxRecords: 2, nowMs: () => nowMs });
    const put = async (key: string, expiresAtMs: number): Promise<boolean> =>
      small.compareAndSet(key, (await small.read(key))?.version, { value: key, expiresAtMs });
    expect(await put('ban', 1_000_000_000)).toBe(true);
    expect(await put('short', 5)).toBe(true);
    await contract.failsAsStoreError(put('third', 1_000), ['third']);
    nowMs = 5 + RECORD_GRACE_MS;
    await contract.failsAsStoreError(put('third', nowMs + 1), ['third']);
    // What is there already can be changed all the same.
    expect(await put('ban', 2_000_000_000)).toBe(true);
    nowMs += 1;
    expect(await put('third', nowMs + 1)).toBe(true);
    expect([await small.read('ban'), await small.read('short'), await small.read('third')]).toMatchObject([
      { value: 'ban', expiresAtMs: 2_000_000_000 },
      undefined,
      { value: 'third' },
    ]);
    // One that was shortened makes room sooner than was known when it was last looked for.
    expect(await put('third', 4)).toBe(true);
    expect(await put('fourth', 1)).toBe(true);
  });
});
