/** What createRecords makes of a store: bounded, and failing in one way only. What it promises of each is in test/stores. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { memoryStore } from '../../adapters/stores/memory.ts';
import { createRecords } from '../../core/records.ts';
import { type RecordStore, recordKey, StoreError } from '../../core/stores.ts';

const nowMs = (): number => 1_000;
const store = (parts: Partial<RecordStore>): RecordStore => ({ ...memoryStore(), name: 'odd', ...parts });

afterEach(() => {
  vi.restoreAllMocks();
});

describe('createRecords', () => {
  it('gives up on a change that others overtake every time, after 100 tries at most', async () => {
    // Between the tries it waits a random part of a time that grows.
    vi.spyOn(Math, 'random').mockReturnValue(0);
    let tries = 0;
    const records = createRecords(
      store({
        compareAndSet: async () => {
          tries += 1;
          return false;
        },
      }),
      { nowMs },
    );
    const failing = records.update('k', () => ({ value: 'x', expiresAtMs: 2_000 }));
    await expect(failing).rejects.toThrow('others changed the record at every try');
    await expect(failing).rejects.toBeInstanceOf(StoreError);
    expect(tries).toBeGreaterThan(20);
    expect(tries).toBeLessThanOrEqual(100);
  });

  it('asks no store twice when it fails, and does not write then', async () => {
    let asked = 0;
    const failing = store({
      read: async () => {
        asked += 1;
        throw new StoreError('odd', 'is away');
      },
    });
    await expect(createRecords(failing, { nowMs }).update('k', () => 'keep')).rejects.toThrow('is away');
    expect(asked).toBe(1);
  });

  it('does not wait for a store that does not answer', async () => {
    const silent = store({ read: () => new Promise(() => {}) });
    const reading = createRecords(silent, { nowMs, callTimeoutMs: 20 }).read('k');
    await expect(reading).rejects.toThrow('no answer within 20 ms');
    await expect(reading).rejects.toBeInstanceOf(StoreError);
  });

  it('makes a StoreError of whatever a driver throws, and repeats none of it', async () => {
    const odd = store({
      read: async () => {
        throw new TypeError('redis://:hunter2@cache.example gate:abc');
      },
    });
    const error = await createRecords(odd, { nowMs })
      .read('k')
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StoreError);
    expect(String(error)).toBe('StoreError: failed in an unexpected way (TypeError)');
    expect((error as Error).cause).toBeUndefined();
  });

  it('refuses a record that no store should take', async () => {
    const records = createRecords(memoryStore(), { nowMs });
    const update = (value: string) => records.update('k', () => ({ value, expiresAtMs: 2_000 }));
    await update('é'.repeat(64 * 1024));
    await expect(update('é'.repeat(64 * 1024 + 1))).rejects.toThrow('record too large');
  });

  it('writes nothing where there is nothing to change', async () => {
    const written: string[] = [];
    const records = createRecords(
      store({
        compareAndSet: async (key) => {
          written.push(key);
          return true;
        },
      }),
      { nowMs },
    );
    await records.update('k', () => 'keep');
    await records.update('k', () => 'delete');
    expect(written).toEqual([]);
  });
});

describe('recordKey', () => {
  it('holds no part in clear text, and takes no two lists of parts for the same', () => {
    expect(recordKey('gate', 'session', 'ada')).toMatch(/^gate:[\w-]{43}$/);
    const keys = [['a', 'b'], ['a,b'], ['ab'], ['a', 'b', ''], ['["a","b"]'], ['a"', '"b']].map((parts) =>
      recordKey('grant', ...parts),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });
});
