/** The contract suite over one store that runs as a server: every promise, the control that breaks them, an outage. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRecords } from '../../core/records.ts';
import type { RecordStore } from '../../core/stores.ts';
import * as contract from './contract.ts';
import { keepsGrants } from './grants-contract.ts';
import { countsEveryRequest } from './limit-contract.ts';
import { naiveStore } from './naive/read-then-write.ts';
import { type OpenStore, openStore, type StorePlace } from './open.ts';
import type { ServerProcess } from './processes.ts';
import { cutsOff } from './revocation-contract.ts';

export interface StoreUnderTest {
  readonly start: () => Promise<ServerProcess>;
  readonly placeAt: (port: number) => StorePlace;
  /** Whether what it acknowledged is there again when it was killed and started over the same files. */
  readonly survivesAKill: boolean;
}

const SECRETS = ['gate:', 'a-value', 'hunter2', 'a-token'];

export function describeStore(name: string, { start, placeAt, survivesAKill }: StoreUnderTest): void {
  describe(`a store in ${name}`, () => {
    let server: ServerProcess;
    let place: StorePlace;
    let store: OpenStore;
    let other: OpenStore;

    beforeAll(async () => {
      server = await start();
      place = placeAt(server.port);
      store = openStore(place);
      other = openStore(place);
    });
    afterAll(async () => {
      store?.close?.();
      other?.close?.();
      await server?.stop();
    });

    it('gives back what was written, whatever is in it, up to 128 KiB', () => contract.keepsWhatIsWritten(store));
    it('writes only over the version that was seen', () => contract.writesOnlyOverWhatWasSeen(store));
    it('forgets what is deleted, and every version of it', () => contract.forgetsWhatIsDeleted(store));
    it('shows another client every acknowledged write', () => contract.showsEveryAcknowledgedWrite(store, other));
    it('lets one of 64 writers win that saw the same', () => contract.letsOneOfManyWrite(store));
    it('counts a record as absent from its expiry on, and not before', () => contract.expiresByOurClock(store));

    it('keeps what was granted on asking, until it is taken back', () => keepsGrants(store));
    it('counts every request of every instance once', () => countsEveryRequest(store, other));
    it('keeps out who was cut off by another instance, and nobody else', () => cutsOff(store, other));

    it('keeps the changes of 64 writers in two processes', async () => {
      const { outcomes, present } = await contract.keepsEveryChangeOfTwoProcesses(place, other);
      expect(new Set(outcomes)).toEqual(new Set(['acknowledged']));
      expect((await present()).toSorted()).toEqual(
        Array.from({ length: contract.WRITERS }, (_, index) => `writer-${index}`).toSorted(),
      );
    });

    it('is not to be had by reading and then writing: the naive driver loses changes, and the checks see it', async () => {
      const naive = naiveStore(store);
      await contract.writesOnlyOverWhatWasSeen(naive);
      await expect(contract.letsOneOfManyWrite(naive)).rejects.toThrow(/to have a length of 1/);
      const { outcomes, present } = await contract.keepsEveryChangeOfTwoProcesses(place, other, { naive: true });
      const kept = await present();
      expect(contract.acknowledgedAmong(outcomes).filter((writer) => !kept.includes(writer))).not.toEqual([]);
    });

    it('killed in the middle: each write was acknowledged and is there, or failed as a StoreError', async () => {
      const acknowledged: string[] = [];
      const writers = Array.from({ length: 8 }, () => writeUntilItFails(store, acknowledged));
      while (acknowledged.length < 40) await delay(1);
      await server.kill();
      for (const failed of await Promise.all(writers)) expect(failed.failure).toBeInstanceOf(Error);
      const inDoubt = (await Promise.all(writers)).map(({ key }) => key);
      await contract.failsAsStoreError(other.read(acknowledged[0] ?? ''), SECRETS);
      await server.start();
      if (!survivesAKill) return;
      // The same clients, without being told.
      for (const key of acknowledged) expect((await store.read(key))?.value).toBe(`a-value of ${key}`);
      for (const key of inDoubt) expect([undefined, `a-value of ${key}`]).toContain((await other.read(key))?.value);
    });

    it('killed while 64 change one record: no acknowledged change is lost, none is there twice', async () => {
      const { outcomes, present } = await contract.keepsEveryChangeOfTwoProcesses(place, store, {
        meanwhile: async () => {
          await delay(150);
          await server.kill();
        },
      });
      await server.start();
      expect(new Set([...outcomes, 'acknowledged', 'StoreError'])).toEqual(new Set(['acknowledged', 'StoreError']));
      if (!survivesAKill) return;
      const kept = await present();
      expect(new Set(kept).size).toBe(kept.length);
      expect(contract.acknowledgedAmong(outcomes).filter((writer) => !kept.includes(writer))).toEqual([]);
    });

    it('that accepts and never answers fails as a StoreError, by the driver alone', async () => {
      const sockets = new Set<Socket>();
      const silent = createServer((socket) => void sockets.add(socket)).listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const lost = openStore(placeAt((silent.address() as AddressInfo).port), 'as-deployed');
      try {
        const write = { value: 'a-value', expiresAtMs: 1 };
        await contract.failsAsStoreError(lost.read('gate:x'), SECRETS);
        await contract.failsAsStoreError(lost.compareAndSet('gate:x', undefined, write), SECRETS);
        await contract.failsAsStoreError(lost.delete('gate:x'), SECRETS);
        await contract.failsAsStoreError(createRecords(lost, { nowMs: Date.now }).read('gate:x'), SECRETS);
      } finally {
        lost.close?.();
        for (const socket of sockets) socket.destroy();
        silent.close();
        await once(silent, 'close');
      }
    });
  });
}

/** Creates records one after the other, until the store does not answer. */
async function writeUntilItFails(
  store: RecordStore,
  acknowledged: string[],
): Promise<{ readonly key: string; readonly failure: unknown }> {
  for (;;) {
    const key = contract.freshKey();
    const record = { value: `a-value of ${key}`, expiresAtMs: Date.now() + 3_600_000 };
    try {
      expect(await store.compareAndSet(key, undefined, record)).toBe(true);
      acknowledged.push(key);
    } catch {
      return { key, failure: await contract.failsAsStoreError(store.read(key), SECRETS) };
    }
  }
}
