/**
 * How far Ably's clock is ahead of ours. Decides which answers of Ably's are believed, how long a request waits for one,
 * and what becomes of what was learnt when our clock is set.
 *
 * A TokenRequest is refused two minutes from the right time, and clocks of frozen functions have been seen wrong. What is
 * signed is dated by the corrected clock; sessions that we sealed, and what is stored, go by the local one, by which they
 * were dated. Nothing runs in the background: what a request does not wait for is taken when the next one comes.
 */
import { type AblyApi, AblyApiError } from '../ably.ts';
import type { OnAuthEvent } from '../auth-event.ts';
import type { ClockHealth, ClockState } from './clock-event.ts';
import type { ClockMode } from './clock-mode.ts';

export interface AblyClockParts {
  readonly mode: Exclude<ClockMode, 'local'>;
  readonly ably: Pick<AblyApi, 'requestToken' | 'timeMs'>;
  /** Our wall clock, in milliseconds; it may be wrong, and set at any time. */
  readonly nowMs: () => number;
  /** One that is never set, in milliseconds since anything; it may stand still while a function is frozen. */
  readonly monotonicMs?: () => number;
  readonly onEvent: OnAuthEvent | undefined;
}

export interface AblyClock {
  /** To be added to our clock when something is signed; 0 while nothing is known. Never rejects. */
  offsetMs(): Promise<number>;
  /** The port's, learning from the answer: Ably dates a token by the moment at which it made it. */
  readonly requestToken: AblyApi['requestToken'];
  health(): ClockHealth;
}

/** How long a request waits for the first answer. */
const FIRST_WAIT_MS = 300;
/** How long it waits where it is to ask each time. */
const QUERY_WAIT_MS = 1_000;
/** A longer way there and back says nothing: the function may have been frozen in the middle. */
const MAX_ROUND_TRIP_MS = 1_000;
/** Less is not worth correcting: it is within what the way there and back, and a `Date` of whole seconds, hide. */
const MIN_OFFSET_MS = 2_000;
/** After an ask that told nothing, requests are spared this long. */
const ASK_AGAIN_AFTER_MS = 60_000;

/** What Ably says to a TokenRequest that is two minutes off (ably-common, `protocol/errors.json`). */
const TIMESTAMP_NOT_CURRENT = 40104;

interface Moment {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

interface Known extends Moment {
  readonly offsetMs: number;
  readonly learntAtMs: number;
  /** A guess, until Ably is heard. */
  readonly isDoubtful: boolean;
}

export function createAblyClock(parts: AblyClockParts): AblyClock {
  const { mode, ably, nowMs, monotonicMs = () => performance.now(), onEvent } = parts;
  let known: Known | undefined;
  let asking: { readonly ended: Promise<void>; readonly sinceMs: number } | undefined;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let said: { readonly state: ClockState; readonly offsetMs: number } = { state: 'right', offsetMs: 0 };

  const now = (): Moment => ({ wallMs: nowMs(), monotonicMs: monotonicMs() });

  async function offsetMs(): Promise<number> {
    followOurClock();
    if (mode === 'queryTime') await waitAtMost(QUERY_WAIT_MS, ask());
    else if (!known || known.isDoubtful) await waitAtMost(FIRST_WAIT_MS, asking ?? askUnlessJustAsked());
    if (!known) say('unknown');
    return known?.offsetMs ?? 0;
  }

  function askUnlessJustAsked(): typeof asking {
    return monotonicMs() - askedAtMs < ASK_AGAIN_AFTER_MS ? undefined : ask();
  }

  /** One call at a time, however many wait for it. */
  function ask(): NonNullable<typeof asking> {
    if (asking) return asking;
    askedAtMs = monotonicMs();
    const ended = observe(ably.timeMs, (ablyMs) => ablyMs).then(
      () => {
        asking = undefined;
      },
      () => {
        asking = undefined;
      },
    );
    asking = { ended, sinceMs: askedAtMs };
    return asking;
  }

  async function observe<Answer>(run: () => Promise<Answer>, ablyMsIn: (answer: Answer) => number): Promise<Answer> {
    const sent = now();
    const answer = await run();
    learn(ablyMsIn(answer), sent, now());
    return answer;
  }

  function learn(ablyMs: number, sent: Moment, received: Moment): void {
    // By both clocks: one of them may have stood still, the other may have been set.
    const wallMs = received.wallMs - sent.wallMs;
    const roundTripMs = Math.max(wallMs, received.monotonicMs - sent.monotonicMs);
    if (!Number.isFinite(ablyMs) || wallMs < 0 || roundTripMs > MAX_ROUND_TRIP_MS) return;
    keep(ablyMs - sent.wallMs - wallMs / 2, received);
  }

  function keep(offsetMs: number, { wallMs, monotonicMs }: Moment, isDoubtful = false): void {
    const corrected = Math.abs(offsetMs) < MIN_OFFSET_MS ? 0 : Math.round(offsetMs);
    known = { offsetMs: corrected, wallMs, monotonicMs, learntAtMs: wallMs, isDoubtful };
    say(corrected === 0 ? 'right' : 'skewed');
  }

  /**
   * Where the two clocks of ours have come apart, either the function was frozen, while one of them stood still and the
   * offset stayed as it was, or our clock was set. Only setting turns it back, and one that is put right jumps by just
   * what it was wrong. So does a function that was frozen for just as long, five minutes for one: then Ably is asked.
   */
  function followOurClock(): void {
    if (!known) return;
    const moment = now();
    const jumpMs = moment.wallMs - known.wallMs - (moment.monotonicMs - known.monotonicMs);
    if (Math.abs(jumpMs) < MIN_OFFSET_MS) return;
    const { offsetMs } = known;
    const wasPutRight = offsetMs !== 0 && Math.abs(jumpMs - offsetMs) < MIN_OFFSET_MS;
    if (jumpMs < 0 || wasPutRight) keep(offsetMs - jumpMs, moment, jumpMs > 0);
    else known = { ...known, ...moment };
  }

  /** Ably has just shown that it is not so. The next request is like the first. */
  function forget(): void {
    known = undefined;
    askedAtMs = Number.NEGATIVE_INFINITY;
  }

  function say(state: ClockState): void {
    const offsetMs = known?.offsetMs ?? 0;
    if (state === said.state && Math.abs(offsetMs - said.offsetMs) < MIN_OFFSET_MS) return;
    said = { state, offsetMs };
    onEvent?.({ kind: 'clock', state, ...(known && { skewMs: offsetMs }) });
  }

  async function waitAtMost(spanMs: number, call: typeof asking): Promise<void> {
    if (!call) return;
    const leftMs = spanMs - (monotonicMs() - call.sinceMs);
    if (leftMs <= 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, leftMs);
      call.ended.then(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  return Object.freeze({
    offsetMs,
    requestToken: (request) =>
      observe(
        () => ably.requestToken(request),
        ({ issued }) => issued,
      ).catch((error: unknown) => {
        if (error instanceof AblyApiError && error.code === TIMESTAMP_NOT_CURRENT) forget();
        throw error;
      }),
    health: () => ({
      mode,
      state: known ? (known.offsetMs === 0 ? 'right' : 'skewed') : 'unknown',
      ...(known && { skewMs: known.offsetMs, learntAtMs: known.learntAtMs }),
    }),
  } satisfies AblyClock);
}
