/** Grants in a store: remembered for one session, taken back for all, together under concurrency, bounded, and never lost to an outage. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRecord, type StoredGrant, writeRecord } from '../../core/grants/grant-record.ts';
import { MAX_GRANT_RECORD_BYTES, MAX_STORED_GRANTS } from '../../core/limits.ts';
import { RECORD_GRACE_MS, type RecordStore, StoreError } from '../../core/stores.ts';
import { forgetGrants, memoryStore, type RememberingOptions, remembering } from '../../index.ts';
import { errorOf, NOW_MS, sessionCookie } from '../core/auth-request.ts';
import { type Door, grantHeaderIn, type Rooms, refusedIn, roomsEndpoint, roomsIn } from './asking.ts';

const HOUR_MS = 3_600_000;
const BOB = { source: 'session', subject: 'bob' };

function stored(
  door: Door,
  store: RecordStore = memoryStore(),
  options: RememberingOptions = {},
  more: Parameters<typeof roomsEndpoint>[1] = {},
): Rooms {
  return roomsEndpoint(door, { grants: remembering('store', options), store, ...more });
}

/** Counts the calls of a store. */
function counted(store: RecordStore = memoryStore()) {
  const calls = { read: 0, write: 0 };
  const counting: RecordStore = {
    ...store,
    read: (key) => {
      calls.read += 1;
      return store.read(key);
    },
    compareAndSet: (key, seen, record) => {
      calls.write += 1;
      return store.compareAndSet(key, seen, record);
    },
  };
  return { store: counting, calls };
}

describe('stored grants', () => {
  it('are remembered without anything in the request, so that only what is new is checked', async () => {
    const { store, calls } = counted();
    const rooms = stored((_, room) => room !== '9', store);
    await rooms.ask(['room:7']);
    expect(roomsIn(await rooms.ask(['room:8', 'room:9']))).toEqual(['room:7', 'room:8']);
    const before = { ...calls };
    const renewal = await rooms.ask([]);
    expect([roomsIn(renewal), refusedIn(renewal), renewal.cookies]).toEqual([['room:7', 'room:8'], undefined, []]);
    expect(rooms.checked).toEqual(['bob 7', 'bob 8', 'bob 9']);
    // The gate's entry, and the grants.
    expect(calls).toEqual({ read: before.read + 2, write: before.write });
  });

  it('are of one subject in one session', async () => {
    const rooms = stored(() => true);
    const of = (session: Parameters<typeof sessionCookie>[0], nowMs?: number) => ({
      cookies: [sessionCookie(session, nowMs)],
    });
    await rooms.ask(['room:1'], of({ subject: 'bob', sessionId: 'a' }));
    await rooms.ask(['room:2'], of({ subject: 'bob', sessionId: 'b' }));
    await rooms.ask(['room:3'], of({ subject: 'eve', sessionId: 'a' }));
    await rooms.ask(['room:4'], of({ subject: 'bob' }));
    expect(roomsIn(await rooms.ask([], of({ subject: 'bob', sessionId: 'a' })))).toEqual(['room:1']);
    expect(roomsIn(await rooms.ask([], of({ subject: 'bob', sessionId: 'b' })))).toEqual(['room:2']);
    expect(roomsIn(await rooms.ask([], of({ subject: 'eve', sessionId: 'a' })))).toEqual(['room:3']);
    expect(roomsIn(await rooms.ask([], of({ subject: 'bob' })))).toEqual(['room:4']);
    expect(roomsIn(await rooms.ask([], of({ subject: 'bob' }, NOW_MS - 60_000)))).toEqual([]);
  });

  it('are kept by both of two that ask at once, and by all of fifty', async () => {
    const rooms = stored(() => true);
    await Promise.all([rooms.ask(['room:7']), rooms.ask(['room:8'])]);
    expect(roomsIn(await rooms.ask([])).toSorted()).toEqual(['room:7', 'room:8']);
    const names = Array.from({ length: 50 }, (_, n) => `room:${n + 100}`);
    await Promise.all(names.map((name) => rooms.ask([name])));
    expect(roomsIn(await rooms.ask([])).toSorted()).toEqual(['room:7', 'room:8', ...names].toSorted());
  });

  it('are checked again, each when it is too old, and lost when refused', async () => {
    let nowMs = NOW_MS;
    let open = true;
    const cookies = [sessionCookie({ lifetimeSeconds: 30 * 86_400 })];
    const rooms = stored(
      (_, room) => room === '8' || open,
      memoryStore({ nowMs: () => nowMs }),
      {},
      { nowMs: () => nowMs },
    );
    await rooms.ask(['room:7', 'room:8'], { cookies });
    nowMs += 20 * HOUR_MS;
    await rooms.ask(['room:9'], { cookies });
    open = false;
    nowMs += 4 * HOUR_MS;
    expect(roomsIn(await rooms.ask([], { cookies }))).toEqual(['room:8', 'room:9']);
    expect(rooms.checked.slice(3)).toEqual(['bob 7', 'bob 8']);
    expect(rooms.events.at(-1)).toMatchObject({ grants: { remembered: 1, lost: 1 } });
    nowMs += 24 * HOUR_MS + RECORD_GRACE_MS;
    expect(roomsIn(await rooms.ask([], { cookies }))).toEqual([]);
  });

  it('are checked again once after the policy has changed', async () => {
    const store = memoryStore();
    await stored(() => true, store, { policyVersion: '1' }).ask(['room:7', 'room:8']);
    const rooms = stored((_, room) => room === '8', store, { policyVersion: '2' });
    expect(roomsIn(await rooms.ask([]))).toEqual(['room:8']);
    expect(roomsIn(await rooms.ask([]))).toEqual(['room:8']);
    expect(rooms.checked).toEqual(['bob 7', 'bob 8']);
  });

  it('count as far as an entry still gives them', async () => {
    const store = memoryStore();
    const options = { policyVersion: 'the same' };
    await stored(() => true, store, options).ask(['room:7']);
    const entry = { resource: 'room:{id}', operations: ['subscribe', 'history'] as const, check: () => false };
    const narrower = stored(() => false, store, options, { requestable: [entry] });
    expect((await narrower.ask([])).body).toContain('room:7\\":[\\"subscribe\\"]');
    const gone = stored(() => false, store, options, { requestable: [{ ...entry, name: 'another' }] });
    expect(roomsIn(await gone.ask([]))).toEqual([]);
    await stored(() => true, store, options).ask(['room:7']);
    const elsewhere = { ...entry, name: 'room:{id}', resource: 'hall:{id}' };
    const moved = stored(() => false, store, options, { requestable: [elsewhere] });
    expect(roomsIn(await moved.ask([]))).toEqual([]);
    await stored(() => true, store, options).ask(['room:7']);
    const forOthers = stored(() => false, store, options, { requestable: [{ ...entry, when: { kind: 'guest' } }] });
    expect(roomsIn(await forOthers.ask([]))).toEqual([]);
  });

  it('need a store, which is said at the start', () => {
    const { problems } = roomsEndpoint(() => true, { grants: remembering('store') });
    expect(problems).toMatchObject([{ setting: 'ABLY_AUTH_STORE' }]);
    expect(roomsEndpoint(() => true, { grants: remembering('signed') }).problems).toEqual([]);
  });
});

describe('forgetGrants', () => {
  it('takes some back, or all, in every session or in one', async () => {
    const store = memoryStore();
    const rooms = stored(() => true, store);
    const sessions = ['a', 'b'].map((sessionId) => ({ cookies: [sessionCookie({ sessionId })] }));
    const held = () => Promise.all(sessions.map(async (session) => roomsIn(await rooms.ask([], session))));
    for (const session of sessions) await rooms.ask(['room:7', 'room:8', 'room:9'], session);
    await forgetGrants(store, BOB, ['room:7', 'room:unknown'], { nowMs: () => NOW_MS });
    expect(await held()).toEqual([
      ['room:8', 'room:9'],
      ['room:8', 'room:9'],
    ]);
    await forgetGrants(store, { ...BOB, sessionId: 'a' }, ['room:8'], { nowMs: () => NOW_MS });
    expect(await held()).toEqual([['room:9'], ['room:8', 'room:9']]);
    await forgetGrants(store, { ...BOB, sessionId: 'b' }, undefined, { nowMs: () => NOW_MS });
    expect(await held()).toEqual([['room:9'], []]);
    await forgetGrants(store, { ...BOB, subject: 'eve' }, undefined, { nowMs: () => NOW_MS });
    expect(await held()).toEqual([['room:9'], []]);
    await forgetGrants(store, BOB, undefined, { nowMs: () => NOW_MS });
    expect(await held()).toEqual([[], []]);
    expect(roomsIn(await rooms.ask(['room:7'], sessions[0]))).toEqual(['room:7']);
  });

  it('wins over a check that is under way: what it approved of the past neither counts nor stays', async () => {
    const store = memoryStore();
    let member = true;
    let answered = (): void => {};
    const asked = new Promise<void>((resolve) => {
      answered = resolve;
    });
    let goOn = (): void => {};
    const rooms = stored(async (_, room) => {
      const was = member;
      if (room === '7') {
        answered();
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
      }
      return was;
    }, store);
    const underWay = rooms.ask(['room:7', 'room:8']);
    await asked;
    member = false;
    await forgetGrants(store, BOB, ['room:7'], { nowMs: () => NOW_MS });
    goOn();
    const response = await underWay;
    expect([roomsIn(response), refusedIn(response)]).toEqual([['room:8'], ['room:7']]);
    expect(roomsIn(await rooms.ask([]))).toEqual(['room:8']);
  });

  it('wins however often it is called meanwhile', async () => {
    const store = memoryStore();
    const forget = (resources: readonly string[] | undefined) =>
      forgetGrants(store, BOB, resources, { nowMs: () => NOW_MS });
    for (const acts of [
      [['room:7'], ['room:1']],
      [undefined, ['room:1']],
      Array.from({ length: 30 }, () => ['room:1']),
    ]) {
      const rooms = stored(async (_, room) => {
        if (room === '7') for (const resources of acts) await forget(resources);
        return true;
      }, store);
      expect(roomsIn(await rooms.ask(['room:7']))).toEqual([]);
      expect(roomsIn(await rooms.ask([]))).toEqual([]);
    }
  });

  it('says when the store does not answer', async () => {
    const fail = () => Promise.reject(new StoreError('test', 'out of reach'));
    const store = { ...memoryStore(), read: fail };
    await expect(forgetGrants(store, BOB)).rejects.toBeInstanceOf(StoreError);
  });
});

describe('an outage of the store', () => {
  it.each([
    // The gate reads before anything else.
    ['read', 'store-unavailable', 'test: out of reach'],
    ['compareAndSet', 'policy-unavailable', 'the store test: out of reach'],
  ] as const)('on %s is 503, and never a credential without what was granted', async (call, reason, detail) => {
    const memory = memoryStore();
    let down = true;
    const fail = () => Promise.reject(new StoreError('test', 'out of reach'));
    const store: RecordStore = {
      ...memory,
      [call]: (...args: never[]) => (down ? fail() : (memory[call] as (...of: never[]) => unknown)(...args)),
    };
    const rooms = stored(() => true, store);
    const response = await rooms.ask(['room:7']);
    expect([response.status, errorOf(response).code]).toEqual([503, 50000]);
    expect(rooms.events.at(-1)).toMatchObject({ reason, detail });
    down = false;
    expect(roomsIn(await rooms.ask(['room:7']))).toEqual(['room:7']);
  });

  it('of a check keeps what was approved before it, so that trying again goes on from there', async () => {
    let broken = true;
    const rooms = stored((_, room) => {
      if (room === '9' && broken) throw new Error('the database');
      return true;
    });
    const names = Array.from({ length: 40 }, (_, n) => `room:${n + 1}`);
    const asked = names.filter((name) => name !== 'room:9').concat('room:9');
    expect((await rooms.ask(asked)).status).toBe(503);
    const before = rooms.checked.length;
    broken = false;
    expect(roomsIn(await rooms.ask(asked)).length).toBe(40);
    expect(rooms.checked.length - before).toBeLessThan(20);
  });
});

describe('all-or-nothing', () => {
  it('keeps nothing of what was approved when another check fails', async () => {
    let broken = true;
    const door: Door = (_, room) => {
      if (room === '9' && broken) throw new Error('the database');
      return room !== '9';
    };
    const rooms = stored(door, memoryStore(), { onRefused: 'all-or-nothing' });
    expect((await rooms.ask(['room:7', 'room:9'])).status).toBe(503);
    expect(roomsIn(await rooms.ask([]))).toEqual([]);
    broken = false;
    expect(roomsIn(await rooms.ask(['room:7', 'room:9']))).toEqual([]);
    expect(roomsIn(await rooms.ask([]))).toEqual([]);
    expect(roomsIn(await rooms.ask(['room:7']))).toEqual(['room:7']);
  });
});

describe('callers whom nobody can tell apart', () => {
  it.each(['signed', 'store'] as const)('may ask, and nothing is remembered of them by %s', async (where) => {
    const rooms = roomsEndpoint(() => true, {
      ...{ grants: remembering(where), store: memoryStore() },
      rules: [{ name: 'visitors', when: { kind: 'anonymous' }, grant: { lobby: ['subscribe'] } }],
      requestable: [
        { resource: 'room:{id}', operations: ['subscribe'], when: { kind: 'anonymous' }, check: () => true },
      ],
    });
    for (const headers of [{ 'X-Ably-Auth-Grant': 'new' }, { 'sec-fetch-site': 'same-origin' }]) {
      const response = await rooms.ask(['room:7'], { cookies: [], headers });
      expect([roomsIn(response), response.cookies, grantHeaderIn(response)]).toEqual([['room:7'], [], undefined]);
      expect(roomsIn(await rooms.ask([], { cookies: [], headers }))).toEqual([]);
    }
  });
});

describe('the record', () => {
  it('is bounded: the oldest make room, and the event says so', async () => {
    const store = memoryStore();
    const rooms = stored(() => true, store);
    for (let n = 0; n < MAX_STORED_GRANTS + 50; n += 50) {
      await rooms.ask(Array.from({ length: 50 }, (_, i) => `room:${n + i}`));
    }
    expect(rooms.events.at(-1)).toMatchObject({ grants: { dropped: { fromMemory: 50 } } });
    const names = roomsIn(await rooms.ask([]));
    expect(names.length).toBe(MAX_STORED_GRANTS);
    expect([names.includes('room:49'), names.includes('room:50')]).toEqual([false, true]);
  });

  it('reads back as it was written, and of what is no record nothing', () => {
    const grant = fc.record({
      entry: fc.string(),
      resource: fc.string({ maxLength: 400 }),
      operations: fc.subarray(['publish', 'subscribe'] as const, { minLength: 1 }).map((list) => new Set(list)),
      session: fc.constantFrom('a', 'b', 'c'),
      policyVersion: fc.constantFrom('1', '2'),
      atSeconds: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(grant as fc.Arbitrary<StoredGrant>, { maxLength: 500, size: 'max' }), (grants) => {
        const record = {
          grants,
          forgets: 3,
          forgotten: [
            [2, undefined],
            [3, ['room:7']],
          ] as const,
          expiresAtMs: 7,
        };
        const { text, dropped } = writeRecord(record);
        expect(parseRecord(text)).toEqual({ ...record, grants: grants.slice(dropped) });
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_GRANT_RECORD_BYTES);
      }),
      { numRuns: 50 },
    );
    for (const text of ['', 'null', '{}', '[]', '{"n":1,"f":[],"x":1,"s":[],"v":[],"e":[],"g":[["room:7",0,0,0,0]]}']) {
      expect(parseRecord(text).grants).toEqual([]);
    }
  });

  it('names neither the subject nor the session', async () => {
    const written: string[] = [];
    const memory = memoryStore();
    const store: RecordStore = {
      ...memory,
      compareAndSet: (key, seen, record) => {
        written.push(key, record.value);
        return memory.compareAndSet(key, seen, record);
      },
    };
    await stored(() => true, store).ask(['room:7'], {
      cookies: [sessionCookie({ subject: 'zoe', sessionId: 'session-9' })],
    });
    expect(written.join()).toContain('room:7');
    expect(written.join()).not.toMatch(/zoe|session-9/);
  });
});
