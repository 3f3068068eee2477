/** Which answers about the time are believed, how long a request waits for one, and what becomes of it when a clock is set. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AblyApiError } from '../../../core/ably.ts';
import { type AblyClockParts, createAblyClock } from '../../../core/clock/ably-clock.ts';

const START_MS = 1_800_000_000_000;
const FIVE_MINUTES_MS = 300_000;
const TOKEN = { token: 't', issued: 0, expires: 0, capability: '{}' };
const REQUEST = { keyName: 'a.b', timestamp: 0, nonce: 'n', mac: 'm', capability: '{}' };

/** Two clocks of ours and one of Ably's, moved by hand; each way takes half of `roundTripMs`. */
function stage(mode: AblyClockParts['mode'], { aheadMs = 0, roundTripMs = 40 } = {}) {
  const clocks = { wallMs: START_MS, monotonicMs: 5, ablyMs: START_MS + aheadMs };
  const state = {
    asked: 0,
    answers: true,
    roundTripMs,
    events: [] as unknown[],
    makeToken: async (): Promise<number> => clocks.ablyMs,
  };
  const pass = (ms: number): void => {
    for (const name of ['wallMs', 'monotonicMs', 'ablyMs'] as const) clocks[name] += ms;
  };
  const clock = createAblyClock({
    mode,
    ably: {
      async timeMs() {
        state.asked += 1;
        const halfMs = state.roundTripMs / 2;
        await new Promise((resolve) => setTimeout(resolve, halfMs));
        const { ablyMs } = clocks;
        await new Promise((resolve) => setTimeout(resolve, halfMs));
        if (!state.answers) throw new Error('no answer');
        return ablyMs;
      },
      requestToken: async () => ({ ...TOKEN, issued: await state.makeToken() }),
    },
    nowMs: () => clocks.wallMs,
    monotonicMs: () => clocks.monotonicMs,
    onEvent: (event) => state.events.push(event),
  });
  /** Time passes for everybody until the request has its answer. */
  async function offset(): Promise<{ readonly offsetMs: number; readonly waitedMs: number }> {
    const beganMs = clocks.monotonicMs;
    let done: number | undefined;
    const asking = clock.offsetMs().then((offsetMs) => {
      done = offsetMs;
    });
    await vi.advanceTimersByTimeAsync(0);
    while (done === undefined) {
      pass(1);
      await vi.advanceTimersByTimeAsync(1);
    }
    await asking;
    return { offsetMs: done, waitedMs: clocks.monotonicMs - beganMs };
  }
  const letPass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 1) {
      pass(1);
      await vi.advanceTimersByTimeAsync(1);
    }
  };
  return { clock, clocks, state, pass, offset, letPass };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe.each([FIVE_MINUTES_MS, -FIVE_MINUTES_MS, 2_000])('createAblyClock, ours %i ms off', (aheadMs) => {
  it('learns with the first request, which waits for it, and asks no more', async () => {
    const { clock, state, offset } = stage('learn', { aheadMs });
    const first = await offset();
    expect(Math.abs(first.offsetMs - aheadMs)).toBeLessThanOrEqual(20);
    expect(first.waitedMs).toBeLessThanOrEqual(42);
    expect(await offset()).toEqual({ ...first, waitedMs: 0 });
    expect(state.asked).toBe(1);
    expect(state.events).toEqual([{ kind: 'clock', state: 'skewed', skewMs: first.offsetMs }]);
    expect(clock.health()).toMatchObject({ mode: 'learn', state: 'skewed', skewMs: first.offsetMs });
  });

  it('learns from what Ably answers anyway', async () => {
    const { clock, clocks, state, offset } = stage('learn', { aheadMs });
    expect(await clock.requestToken(REQUEST)).toEqual({ ...TOKEN, issued: clocks.ablyMs });
    expect(await offset()).toEqual({ offsetMs: aheadMs, waitedMs: 0 });
    expect(state.asked).toBe(0);
  });
});

describe('createAblyClock', () => {
  it('leaves alone what is within two seconds', async () => {
    const { clock, state, offset } = stage('learn', { aheadMs: 1_900 });
    expect((await offset()).offsetMs).toBe(0);
    expect(state.events).toEqual([]);
    expect(clock.health()).toMatchObject({ state: 'right', skewMs: 0 });
  });

  it('lets the first request wait 300 ms and no longer; the answer counts from the next one on', async () => {
    const { state, offset, letPass } = stage('learn', { aheadMs: FIVE_MINUTES_MS, roundTripMs: 800 });
    const first = await offset();
    expect(first).toEqual({ offsetMs: 0, waitedMs: 300 });
    // Of those that come meanwhile none waits longer than the first did.
    expect(await offset()).toEqual({ offsetMs: 0, waitedMs: 0 });
    await letPass(600);
    const later = await offset();
    expect(later.waitedMs).toBe(0);
    expect(Math.abs(later.offsetMs - FIVE_MINUTES_MS)).toBeLessThanOrEqual(400);
    expect(state.asked).toBe(1);
    expect(state.events.map((event) => (event as { state: string }).state)).toEqual(['unknown', 'skewed']);
  });

  it('asks once for a hundred first requests', async () => {
    const { clock, state, letPass } = stage('learn', { aheadMs: FIVE_MINUTES_MS });
    const offsets = Promise.all(Array.from({ length: 100 }, () => clock.offsetMs()));
    await letPass(60);
    expect(new Set(await offsets).size).toBe(1);
    expect(state.asked).toBe(1);
  });

  it('spares requests a minute after Ably did not answer, and says so once', async () => {
    const { state, offset, pass } = stage('learn', { aheadMs: FIVE_MINUTES_MS });
    state.answers = false;
    expect((await offset()).offsetMs).toBe(0);
    pass(59_000);
    expect(await offset()).toEqual({ offsetMs: 0, waitedMs: 0 });
    expect(state.asked).toBe(1);
    state.answers = true;
    pass(1_000);
    expect((await offset()).offsetMs).not.toBe(0);
    expect(state.asked).toBe(2);
    expect(state.events.map((event) => (event as { state: string }).state)).toEqual(['unknown', 'skewed']);
  });

  it.each([
    ['took more than a second', { wallMs: 1_001, monotonicMs: 1_001, ablyMs: 1_001 }],
    ['was frozen, while its steady clock stood still', { wallMs: 600_000, monotonicMs: 20, ablyMs: 600_000 }],
    ['was frozen, while its wall clock stood still', { wallMs: 20, monotonicMs: 600_000, ablyMs: 600_000 }],
    ['had its clock turned back', { wallMs: -1, monotonicMs: 20, ablyMs: 20 }],
  ])('drops an answer on whose way the function %s', async (_, passed) => {
    const { clock, clocks, state } = stage('learn', { aheadMs: FIVE_MINUTES_MS });
    state.makeToken = async () => {
      for (const name of ['wallMs', 'monotonicMs', 'ablyMs'] as const) clocks[name] += passed[name];
      return clocks.ablyMs;
    };
    await clock.requestToken(REQUEST);
    expect(clock.health()).toEqual({ mode: 'learn', state: 'unknown' });
  });

  it('drops what is no time, and throws what the call throws', async () => {
    const { clock, state } = stage('learn');
    for (const odd of [Number.NaN, undefined as never]) {
      state.makeToken = async () => odd;
      await clock.requestToken(REQUEST);
    }
    state.makeToken = () => Promise.reject(new Error('refused'));
    await expect(clock.requestToken(REQUEST)).rejects.toThrow('refused');
    expect(clock.health().state).toBe('unknown');
  });

  it.each([
    ['is put right, backwards', -FIVE_MINUTES_MS, -FIVE_MINUTES_MS, 0],
    ['is turned back and was right', 0, -FIVE_MINUTES_MS, FIVE_MINUTES_MS],
    ['is turned back by half of what it was wrong', -FIVE_MINUTES_MS, -150_000, -150_000],
    ['moves on by an hour while the function is frozen', FIVE_MINUTES_MS, 3_600_000, FIVE_MINUTES_MS],
    ['moves on by an hour while the function is frozen, and is right', 0, 3_600_000, 0],
    ['drifts by a second', FIVE_MINUTES_MS, 1_000, FIVE_MINUTES_MS],
  ])('follows our clock when it %s, without asking', async (_, aheadMs, jumpMs, expectedMs) => {
    const { clock, clocks, state, offset, pass } = stage('learn');
    state.makeToken = async () => clocks.wallMs + aheadMs;
    await clock.requestToken(REQUEST);
    pass(10_000);
    clocks.wallMs += jumpMs;
    expect(await offset()).toEqual({ offsetMs: expectedMs, waitedMs: 0 });
    pass(10_000);
    expect((await offset()).offsetMs).toBe(expectedMs);
    expect(state.asked).toBe(0);
  });

  it('asks whether our clock was put right, where the function may have been frozen for just as long', async () => {
    for (const answers of [true, false]) {
      for (const isFrozen of [true, false]) {
        const { clocks, state, offset, pass } = stage('learn', { aheadMs: FIVE_MINUTES_MS });
        await offset();
        pass(70_000);
        clocks.wallMs += FIVE_MINUTES_MS;
        if (isFrozen) clocks.ablyMs += FIVE_MINUTES_MS;
        state.answers = answers;
        const { offsetMs, waitedMs } = await offset();
        const right = isFrozen && answers ? FIVE_MINUTES_MS : 0;
        expect(Math.abs(offsetMs - right)).toBeLessThan(100);
        expect(waitedMs).toBeLessThanOrEqual(300);
        expect((await offset()).waitedMs).toBe(0);
        expect(state.asked).toBe(2);
      }
    }
  });

  it('is as new once Ably has refused what it dated', async () => {
    const { clock, state, offset, pass } = stage('learn', { aheadMs: FIVE_MINUTES_MS });
    const first = await offset();
    pass(5_000);
    for (const code of [40101, 40104]) {
      state.makeToken = () => Promise.reject(new AblyApiError('refused', 'no', { code, statusCode: 401 }));
      await expect(clock.requestToken(REQUEST)).rejects.toMatchObject({ code });
      expect((await offset()).offsetMs).toBe(first.offsetMs);
    }
    expect(state.asked).toBe(2);
  });

  it('with queryTime asks for each request, and goes by what it knows where there is no answer', async () => {
    const { clocks, state, offset } = stage('queryTime', { aheadMs: FIVE_MINUTES_MS });
    const first = await offset();
    expect(first.waitedMs).toBeGreaterThanOrEqual(40);
    clocks.ablyMs -= 60_000;
    expect((await offset()).offsetMs).toBe(first.offsetMs - 60_000);
    state.answers = false;
    expect((await offset()).offsetMs).toBe(first.offsetMs - 60_000);
    expect(state.asked).toBe(3);
    state.roundTripMs = 5_000;
    expect((await offset()).waitedMs).toBe(1_000);
  });

  it('is never off by more than half of the way there and back, or by two seconds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: -86_400_000, max: 86_400_000 }),
        fc.integer({ min: 0, max: 1_000 }),
        fc.integer({ min: 0, max: 1_000 }),
        async (aheadMs, oneMs, otherMs) => {
          fc.pre(oneMs + otherMs <= 1_000);
          const { clock, clocks, state, pass } = stage('learn', { aheadMs });
          state.makeToken = async () => {
            pass(oneMs);
            const { ablyMs } = clocks;
            pass(otherMs);
            return ablyMs;
          };
          await clock.requestToken(REQUEST);
          const offsetMs = await clock.offsetMs();
          const bound = offsetMs === 0 ? 2_000 + (oneMs + otherMs) / 2 : (oneMs + otherMs) / 2 + 1;
          expect(Math.abs(offsetMs - aheadMs)).toBeLessThanOrEqual(bound);
        },
      ),
    );
  });
});
