/**
 * What every store promises, each promise a check of its own that throws where it is broken. The suites run them against
 * each store, and against the naive one to see that they can fail.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';
import { createRecords } from '../../core/records.ts';
import { RECORD_GRACE_MS, type RecordStore, type StoredRecord, StoreError } from '../../core/stores.ts';
import type { StorePlace } from './open.ts';
import { tsProgram } from './processes.ts';

export const WRITERS = 64;
const HOUR_MS = 3_600_000;

let serial = 0;
/** Never the same, so that checks share a store without meeting. */
export const freshKey = (): string => `gate:test-${process.pid}-${serial++}`;
const names = Array.from({ length: WRITERS }, (_, index) => `writer-${index}`);
const inAnHour = (value: string): StoredRecord => ({ value, expiresAtMs: Date.now() + HOUR_MS });

export async function keepsWhatIsWritten(store: RecordStore): Promise<void> {
  const key = freshKey();
  expect(await store.read(key)).toBeUndefined();
  for (const value of ['', 'é😀\n"\\\u0000', 'x'.repeat(128 * 1024)]) {
    const seen = await store.read(key);
    const record = { value, expiresAtMs: 1_900_000_000_123 };
    expect(await store.compareAndSet(key, seen?.version, record)).toBe(true);
    expect(await store.read(key)).toEqual({ ...record, version: expect.any(String) });
  }
}

export async function writesOnlyOverWhatWasSeen(store: RecordStore): Promise<void> {
  const key = freshKey();
  expect(await store.compareAndSet(key, 'a version that never was', inAnHour('x'))).toBe(false);
  expect(await store.read(key)).toBeUndefined();
  expect(await store.compareAndSet(key, undefined, inAnHour('first'))).toBe(true);
  expect(await store.compareAndSet(key, undefined, inAnHour('second'))).toBe(false);
  const first = await store.read(key);
  expect(first?.value).toBe('first');
  expect(await store.compareAndSet(key, first?.version, inAnHour('first'))).toBe(true);
  expect(await store.compareAndSet(key, first?.version, inAnHour('late'))).toBe(false);
  const again = await store.read(key);
  expect(again?.value).toBe('first');
  expect(again?.version).not.toBe(first?.version);
}

export async function forgetsWhatIsDeleted(store: RecordStore): Promise<void> {
  const key = freshKey();
  await store.delete(key);
  await store.compareAndSet(key, undefined, inAnHour('first'));
  const first = await store.read(key);
  await store.delete(key);
  await store.delete(key);
  expect(await store.read(key)).toBeUndefined();
  expect(await store.compareAndSet(key, first?.version, inAnHour('late'))).toBe(false);
  expect(await store.compareAndSet(key, undefined, inAnHour('first'))).toBe(true);
  const again = await store.read(key);
  expect(again?.version).not.toBe(first?.version);
  expect(await store.compareAndSet(key, first?.version, inAnHour('late'))).toBe(false);
  expect((await store.read(key))?.value).toBe('first');
}

/** Whoever else has the store open sees at once what was acknowledged. */
export async function showsEveryAcknowledgedWrite(writer: RecordStore, reader: RecordStore): Promise<void> {
  const key = freshKey();
  for (let round = 0; round < 20; round += 1) {
    const seen = await reader.read(key);
    expect(seen?.value).toBe(round === 0 ? undefined : `round ${round - 1}`);
    expect(await writer.compareAndSet(key, seen?.version, inAnHour(`round ${round}`))).toBe(true);
  }
}

/** All saw the same; one may write, and what it wrote is there. */
export async function letsOneOfManyWrite(store: RecordStore): Promise<void> {
  for (const isNew of [true, false]) {
    const key = freshKey();
    if (!isNew) await store.compareAndSet(key, undefined, inAnHour('before'));
    const seen = await store.read(key);
    const won = await Promise.all(names.map((name) => store.compareAndSet(key, seen?.version, inAnHour(name))));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect((await store.read(key))?.value).toBe(names[won.indexOf(true)]);
  }
}

/** 64 writers in this process, each adding its name. */
export async function keepsEveryChange(store: RecordStore): Promise<void> {
  const key = freshKey();
  const records = createRecords(store, { nowMs: Date.now });
  const add = (name: string) =>
    records.update(key, (value) => inAnHour(JSON.stringify([...(JSON.parse(value ?? '[]') as string[]), name])));
  await Promise.all(names.map(add));
  const present = JSON.parse((await records.read(key)) ?? '[]') as string[];
  expect(present.toSorted()).toEqual(names.toSorted());
}

/** The same from two processes, half of them each. */
export async function keepsEveryChangeOfTwoProcesses(
  place: StorePlace,
  store: RecordStore,
  { naive = false, meanwhile = async (): Promise<void> => {} } = {},
): Promise<{ readonly outcomes: readonly string[]; readonly present: () => Promise<readonly string[]> }> {
  const key = freshKey();
  const halves = [names.slice(0, WRITERS / 2), names.slice(WRITERS / 2)];
  const processes = halves.map((half) => {
    const task = JSON.stringify({ place, key, names: half, naive });
    const child = spawn(process.execPath, [...tsProgram('writers.ts'), task], { stdio: ['pipe', 'pipe', 'inherit'] });
    return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator](), ended: once(child, 'exit') };
  });
  for (const { lines } of processes) expect((await lines.next()).value).toBe('ready');
  for (const { child } of processes) child.stdin.write('go\n');
  await meanwhile();
  const outcomes: string[] = [];
  for (const { lines, ended } of processes) {
    outcomes.push(...(JSON.parse(String((await lines.next()).value)) as string[]));
    await ended;
  }
  return {
    outcomes,
    present: async () => JSON.parse((await store.read(key))?.value ?? '[]') as string[],
  };
}

/** The names of the writers who were told that their change is kept. */
export function acknowledgedAmong(outcomes: readonly string[]): readonly string[] {
  return names.filter((_, index) => outcomes[index] === 'acknowledged');
}

/** A clock that is moved: what has expired counts as absent to the millisecond, and is kept for a while all the same. */
export async function expiresByOurClock(store: RecordStore): Promise<void> {
  const key = freshKey();
  const startMs = Date.now();
  let nowMs = startMs;
  const records = createRecords(store, { nowMs: () => nowMs, callTimeoutMs: 20_000 });
  const seen: (string | undefined)[] = [];
  const write = (value: string, expiresAtMs: number) =>
    records.update(key, (before) => {
      seen.push(before);
      return { value, expiresAtMs };
    });
  await write('first', startMs + 60_000);
  nowMs = startMs + 59_999;
  expect(await records.read(key)).toBe('first');
  nowMs = startMs + 60_000;
  expect(await records.read(key)).toBeUndefined();
  // Another instance, whose clock is behind, still sees it.
  expect(await createRecords(store, { nowMs: () => startMs, callTimeoutMs: 20_000 }).read(key)).toBe('first');
  await write('second', nowMs + RECORD_GRACE_MS);
  expect(seen).toEqual([undefined, undefined]);
  expect(await records.read(key)).toBe('second');
  await records.update(key, () => 'delete');
  // Gone by any clock, and not only by one that is ahead.
  expect(await createRecords(store, { nowMs: () => 1, callTimeoutMs: 20_000 }).read(key)).toBeUndefined();
  await write('third', nowMs + 60_000);
  expect(await records.read(key)).toBe('third');
}

/** @param secrets what must not be in it, anywhere */
export async function failsAsStoreError(attempt: Promise<unknown>, secrets: readonly string[]): Promise<StoreError> {
  const error = await attempt.then(
    (value) => expect.fail(`did not fail, but gave ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(StoreError);
  const { message, stack, ...fields } = error as StoreError;
  const text = `${message}\n${stack}\n${JSON.stringify(fields)}\n${String((error as Error).cause)}`;
  for (const secret of secrets) expect(text).not.toContain(secret);
  return error as StoreError;
}
