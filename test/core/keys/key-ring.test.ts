import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiKey } from '../../../core/keys/api-key.ts';
import type { KeyEvent } from '../../../core/keys/cached-key.ts';
import { createKeyRing, type KeyRingOptions } from '../../../core/keys/key-ring.ts';
import { type KeySource, KeySourceError, type KeySourceFailure } from '../../../core/keys/key-source.ts';

const SECRET = 'never-to-be-seen-anywhere';
const OLD = new ApiKey('app', 'old', SECRET);
const NEW = new ApiKey('app', 'new', SECRET);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const failed = (failure: KeySourceFailure): KeySourceError =>
  new KeySourceError(failure, 'THE_SETTING', `the store says ${failure}`, 'Set it.');

/** What the store answers from now on: a key, an error, silence, or whatever the test makes of it. */
type Answer<K> = K | Error | Promise<K>;
const SILENCE = new Promise<never>(() => {});

/** A promise that the test settles by hand. `Promise.withResolvers` is missing in Node 20. */
function later<K>(): { promise: Promise<K>; resolve: (value: K) => void; reject: (error: Error) => void } {
  let resolve: (value: K) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<K>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}

/** A store whose answers a test changes as it goes; it counts what it is asked. */
class ScriptedSource implements KeySource {
  readonly name = 'scripted';
  readonly setting = 'ABLY_API_KEY';
  current: Answer<ApiKey> = OLD;
  previous: Answer<ApiKey | undefined> = undefined;
  currentLoads = 0;
  previousLoads = 0;

  async loadCurrent(): Promise<ApiKey> {
    this.currentLoads += 1;
    return answer(this.current);
  }

  async loadPrevious(): Promise<ApiKey | undefined> {
    this.previousLoads += 1;
    return answer(this.previous);
  }
}

async function answer<K>(from: Answer<K>): Promise<K> {
  if (from instanceof Error) throw from;
  return from;
}

function setUp(options: KeyRingOptions = {}) {
  const source = new ScriptedSource();
  const events: KeyEvent[] = [];
  const ring = createKeyRing(source, { onKeyEvent: (event) => events.push(event), ...options });
  return { source, ring, events, kinds: () => events.map((event) => `${event.stage} ${event.kind}`) };
}

/** Moves the wall clock without running timers, as a freeze does. */
const jump = (byMs: number): void => {
  vi.setSystemTime(Date.now() + byMs);
};

/** `pending` until it settles; then the key's name, or the failure. */
function watch(asked: ApiKey | undefined | Promise<ApiKey | undefined>): { state: string } {
  const seen = { state: 'pending' };
  Promise.resolve(asked).then(
    (key) => {
      seen.state = key === undefined ? 'none' : key.name;
    },
    (error: unknown) => {
      seen.state = error instanceof KeySourceError ? error.failure : 'another error';
    },
  );
  return seen;
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('createKeyRing, current (S12)', () => {
  it('asks the store for nothing until something asks it', () => {
    const { source } = setUp();
    expect([source.currentLoads, source.previousLoads]).toEqual([0, 0]);
  });

  it('causes one load for a thousand concurrent first requests', async () => {
    const { source, ring } = setUp();
    const keys = await Promise.all(Array.from({ length: 1000 }, () => ring.current()));
    expect(new Set(keys)).toEqual(new Set([OLD]));
    expect([source.currentLoads, source.previousLoads]).toEqual([1, 0]);
  });

  it('gives a cached key synchronously', async () => {
    const { source, ring } = setUp();
    await ring.current();
    jump(5 * MINUTE - 1);
    expect(ring.current()).toBe(OLD);
    expect(source.currentLoads).toBe(1);
  });

  it('has the request that finds the key five minutes old renew it, and gives it the new one', async () => {
    const { source, ring, kinds } = setUp();
    await ring.current();
    source.current = NEW;
    jump(5 * MINUTE);
    expect(await Promise.all([ring.current(), ring.current()])).toEqual([NEW, NEW]);
    expect(source.currentLoads).toBe(2);
    expect(kinds()).toEqual(['current loaded', 'current replaced']);
  });

  it('lets a renewal take 1.5 seconds, then serves the old key, and takes the new one when it comes', async () => {
    const { source, ring, kinds } = setUp();
    await ring.current();
    jump(5 * MINUTE);
    const late = later<ApiKey>();
    source.current = late.promise;
    const first = watch(ring.current());
    await vi.advanceTimersByTimeAsync(1000);
    const second = watch(ring.current());
    await vi.advanceTimersByTimeAsync(499);
    expect([first.state, second.state]).toEqual(['pending', 'pending']);
    await vi.advanceTimersByTimeAsync(1);
    // The second has waited half a second only: the wait is counted from the start of the load.
    expect([first.state, second.state]).toEqual(['app.old', 'app.old']);
    expect(ring.current()).toBe(OLD);
    late.resolve(NEW);
    await vi.advanceTimersByTimeAsync(0);
    expect(ring.current()).toBe(NEW);
    expect(source.currentLoads).toBe(2);
    expect(kinds()).toEqual(['current loaded', 'current refresh-slow', 'current replaced']);
  });

  it('gives a silent renewal up after 5 seconds and asks again no sooner than 5 seconds later', async () => {
    const { source, ring, kinds } = setUp();
    await ring.current();
    jump(5 * MINUTE);
    source.current = SILENCE;
    ring.current();
    await vi.advanceTimersByTimeAsync(9_999);
    expect(ring.current()).toBe(OLD);
    expect(source.currentLoads).toBe(2);
    source.current = NEW;
    await vi.advanceTimersByTimeAsync(1);
    expect(await ring.current()).toBe(NEW);
    expect(source.currentLoads).toBe(3);
    expect(kinds()).toEqual(['current loaded', 'current refresh-slow', 'current refresh-failed', 'current replaced']);
  });

  it.each<KeySourceFailure>(['unreachable', 'not-found', 'not-allowed', 'malformed'])(
    'serves the old key for 24 hours while the store says %s, asking every 5 seconds at most',
    async (failure) => {
      const { source, ring, events } = setUp();
      await ring.current();
      source.current = failed(failure);
      jump(5 * MINUTE);
      expect(await ring.current()).toBe(OLD);
      expect(events.at(-1)).toMatchObject({ kind: 'refresh-failed', keyName: 'app.old', error: { failure } });
      jump(4_999);
      expect(ring.current()).toBe(OLD);
      expect(source.currentLoads).toBe(2);
      jump(1);
      expect(await ring.current()).toBe(OLD);
      expect(source.currentLoads).toBe(3);
      jump(24 * HOUR - 5 * MINUTE - 5_000 - 1);
      expect(await ring.current()).toBe(OLD);
      jump(1);
      // Within the pause, so at once, and with what the store said last.
      await expect(ring.current()).rejects.toMatchObject({ failure });
      expect(source.currentLoads).toBe(4);
      expect(events.at(-1)).toMatchObject({ kind: 'expired', keyName: 'app.old' });
    },
  );

  it('serves again after the stale bound as soon as the store answers', async () => {
    const { source, ring, kinds } = setUp();
    await ring.current();
    jump(25 * HOUR);
    source.current = NEW;
    expect(await ring.current()).toBe(NEW);
    expect(kinds()).toEqual(['current loaded', 'current expired', 'current loaded']);
  });

  it('answers at once with the remembered failure for 5 seconds after a failed first load, then forgets it', async () => {
    const { source, ring, kinds } = setUp();
    source.current = failed('not-allowed');
    await expect(ring.current()).rejects.toBe(source.current);
    jump(4_999);
    await expect(ring.current()).rejects.toBe(source.current);
    expect(source.currentLoads).toBe(1);
    source.current = OLD;
    jump(1);
    expect(await ring.current()).toBe(OLD);
    expect(kinds()).toEqual(['current load-failed', 'current loaded']);
  });

  it('gives a silent first load up after 5 seconds, as unreachable', async () => {
    const { source, ring, kinds } = setUp();
    source.current = SILENCE;
    const asked = watch(ring.current());
    await vi.advanceTimersByTimeAsync(4_999);
    expect(asked.state).toBe('pending');
    await vi.advanceTimersByTimeAsync(1);
    expect(asked.state).toBe('unreachable');
    expect(kinds()).toEqual(['current load-failed']);
  });

  it('takes the answer of a first load that comes after it was given up', async () => {
    const { source, ring } = setUp();
    const late = later<ApiKey>();
    source.current = late.promise;
    const asked = watch(ring.current());
    await vi.advanceTimersByTimeAsync(5_000);
    late.resolve(OLD);
    await vi.advanceTimersByTimeAsync(0);
    expect(asked.state).toBe('unreachable');
    expect(ring.current()).toBe(OLD);
    // The store answers again, so nothing is left of the pause.
    expect(await ring.byName('app.other')).toBeUndefined();
    expect(source.currentLoads).toBe(2);
  });

  it('ignores the answer of a load that a later one has overtaken', async () => {
    const { source, ring } = setUp();
    const late = later<ApiKey>();
    source.current = late.promise;
    watch(ring.current());
    await vi.advanceTimersByTimeAsync(10_000);
    source.current = NEW;
    await ring.current();
    late.resolve(OLD);
    await vi.advanceTimersByTimeAsync(0);
    expect(ring.current()).toBe(NEW);
  });

  it('ignores the failure of a load that was given up', async () => {
    const { source, ring, kinds } = setUp();
    const late = later<ApiKey>();
    source.current = late.promise;
    watch(ring.current());
    await vi.advanceTimersByTimeAsync(10_000);
    source.current = SILENCE;
    const asked = watch(ring.current());
    late.reject(failed('not-allowed'));
    await vi.advanceTimersByTimeAsync(0);
    ring.current();
    expect([asked.state, source.currentLoads]).toEqual(['pending', 2]);
    expect(kinds()).toEqual(['current load-failed']);
  });

  it('reports an error that a source may not throw without its text', async () => {
    const { source, ring, events } = setUp();
    source.current = new TypeError(`cannot read ${SECRET}`, { cause: SECRET });
    await expect(ring.current()).rejects.toMatchObject({
      failure: 'unreachable',
      message: 'The key source scripted failed in an unexpected way (TypeError).',
    });
    expect(inspect(events, { depth: 9, showHidden: true })).not.toContain(SECRET);
  });

  it('is not disturbed by a log that throws', async () => {
    const { ring } = setUp({
      onKeyEvent: () => {
        throw new Error('disk full');
      },
    });
    expect(await ring.current()).toBe(OLD);
  });

  it('leaves no timer behind once a load has ended', async () => {
    const { source, ring } = setUp();
    await ring.current();
    jump(5 * MINUTE);
    await ring.current();
    source.current = failed('unreachable');
    jump(5 * MINUTE);
    await ring.current();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('refuses a timing that is not above 0', () => {
    expect(() => setUp({ refreshAfterMs: 0 })).toThrow(new RangeError('refreshAfterMs must be above 0'));
  });
});

describe('createKeyRing in a function that was frozen for an hour (S12)', () => {
  it('renews the key with the first request after it', async () => {
    const { source, ring } = setUp();
    await ring.current();
    source.current = NEW;
    jump(HOUR);
    expect(await ring.current()).toBe(NEW);
  });

  it('starts a new load instead of waiting for one that was running', async () => {
    const { source, ring } = setUp();
    source.current = SILENCE;
    watch(ring.current());
    jump(HOUR);
    source.current = NEW;
    expect(await ring.current()).toBe(NEW);
    expect(source.currentLoads).toBe(2);
  });

  it('starts no pause for the failure of a load that was running', async () => {
    const { source, ring } = setUp();
    const broken = later<ApiKey>();
    source.current = broken.promise;
    const asked = watch(ring.current());
    jump(HOUR);
    broken.reject(failed('unreachable'));
    await vi.advanceTimersByTimeAsync(0);
    expect(asked.state).toBe('unreachable');
    source.current = NEW;
    expect(await ring.current()).toBe(NEW);
  });

  it('takes the age of a key from the start of its load: its answer may be an hour old', async () => {
    const { source, ring } = setUp();
    const late = later<ApiKey>();
    source.current = late.promise;
    const asked = watch(ring.current());
    jump(HOUR);
    late.resolve(OLD);
    await vi.advanceTimersByTimeAsync(0);
    expect(asked.state).toBe('app.old');
    source.current = NEW;
    expect(await ring.current()).toBe(NEW);
  });

  it('does not serve a key that passed the stale bound while a request waited', async () => {
    const { source, ring } = setUp();
    await ring.current();
    jump(24 * HOUR - 1);
    source.current = SILENCE;
    const asked = watch(ring.current());
    jump(HOUR);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(asked.state).toBe('unreachable');
  });

  it('keeps serving, and renews, when the clock is set back', async () => {
    const { source, ring } = setUp();
    await ring.current();
    jump(-HOUR);
    source.current = failed('unreachable');
    expect(await ring.current()).toBe(OLD);
    source.current = NEW;
    jump(-HOUR);
    expect(await ring.current()).toBe(NEW);
    jump(MINUTE);
    expect(ring.current()).toBe(NEW);
  });
});

describe('createKeyRing, previous and byName (S12)', () => {
  it('reads the previous key only when something asks for it, once, also when there is none', async () => {
    const { source, ring, kinds } = setUp();
    await ring.current();
    expect(source.previousLoads).toBe(0);
    expect(await Promise.all([ring.previous(), ring.previous()])).toEqual([undefined, undefined]);
    expect(await ring.previous()).toBeUndefined();
    expect(source.previousLoads).toBe(1);
    expect(kinds()).toEqual(['current loaded', 'previous loaded']);
  });

  it('finds the current key by its name without reading the previous one', async () => {
    const { source, ring } = setUp();
    expect(await ring.byName('app.old')).toBe(OLD);
    expect([source.currentLoads, source.previousLoads]).toEqual([1, 0]);
  });

  it('finds the previous key by its name', async () => {
    const { source, ring } = setUp();
    source.current = NEW;
    source.previous = OLD;
    expect(await ring.byName('app.old')).toBe(OLD);
    expect([source.currentLoads, source.previousLoads]).toEqual([1, 1]);
  });

  it('says unknown at once on the strength of what it has just read', async () => {
    const { source, ring } = setUp();
    expect(await ring.byName('app.other')).toBeUndefined();
    expect([source.currentLoads, source.previousLoads]).toEqual([1, 1]);
  });

  it('reads both keys again, once in 5 seconds, before it says unknown', async () => {
    const { source, ring } = setUp();
    await ring.byName('app.other');
    jump(MINUTE);
    const asked = Array.from({ length: 1000 }, (_, nth) => ring.byName(`app.guess${nth}`));
    expect(new Set(await Promise.all(asked))).toEqual(new Set([undefined]));
    expect([source.currentLoads, source.previousLoads]).toEqual([2, 2]);
    jump(4_999);
    await ring.byName('app.other');
    expect([source.currentLoads, source.previousLoads]).toEqual([2, 2]);
    jump(1);
    await ring.byName('app.other');
    expect([source.currentLoads, source.previousLoads]).toEqual([3, 3]);
  });

  it('knows a rotation from either side, within the cache time', async () => {
    const { source, ring } = setUp();
    await ring.byName('app.other');
    source.current = NEW;
    source.previous = OLD;
    jump(MINUTE);
    // Signed by another instance, which has the new key already.
    expect(await ring.byName('app.new')).toBe(NEW);
    expect(ring.current()).toBe(NEW);
    expect(await ring.byName('app.old')).toBe(OLD);
  });

  it('does not make others wait while it looks for an unknown name', async () => {
    const { source, ring } = setUp();
    await ring.byName('app.other');
    jump(MINUTE);
    source.current = SILENCE;
    source.previous = SILENCE;
    const asked = watch(ring.byName('app.other'));
    expect(ring.current()).toBe(OLD);
    await vi.advanceTimersByTimeAsync(1_499);
    expect(asked.state).toBe('pending');
    await vi.advanceTimersByTimeAsync(1);
    // Bounded as a renewal is; and silence is not "unknown".
    expect(asked.state).toBe('unreachable');
  });

  it.each<KeySourceFailure>(['unreachable', 'not-allowed', 'not-found', 'malformed'])(
    'never takes %s for "unknown", in either stage, also while the failure is remembered',
    async (failure) => {
      for (const stage of ['current', 'previous'] as const) {
        const { source, ring } = setUp();
        await ring.byName('app.other');
        jump(MINUTE);
        source[stage] = failed(failure);
        await expect(ring.byName('app.other')).rejects.toMatchObject({ failure });
        await expect(ring.byName('app.other')).rejects.toMatchObject({ failure });
        expect(source.currentLoads + source.previousLoads).toBe(4);
        expect(ring.current()).toBe(OLD);
      }
    },
  );

  it('finds the new current key by its name even when the previous one cannot be read', async () => {
    const { source, ring } = setUp();
    await ring.current();
    jump(MINUTE);
    source.current = NEW;
    source.previous = failed('unreachable');
    expect(await ring.byName('app.new')).toBe(NEW);
  });

  it('signs on while the previous key cannot be read', async () => {
    const { source, ring } = setUp();
    source.previous = failed('not-allowed');
    await expect(ring.previous()).rejects.toMatchObject({ failure: 'not-allowed' });
    await expect(ring.byName('app.other')).rejects.toMatchObject({ failure: 'not-allowed' });
    expect(await ring.current()).toBe(OLD);
  });
});
