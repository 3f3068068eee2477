/**
 * Decides how long a loaded API key is used, and what happens while its store is slow or out of reach (S12).
 *
 * Decorates any KeySource: nothing is read before something asks, one load runs however many ask, an old key serves
 * through an outage up to a bound, and an outage is never taken for "no such key". The request that finds the key old
 * renews it: nothing runs in the background, because a frozen function runs nothing. How a store is asked, and what
 * its failures mean, is left to the sources.
 */
import type { ApiKey } from './api-key.ts';
import { createCachedKey, type KeyEvent } from './cached-key.ts';
import type { KeySource } from './key-source.ts';

/** Milliseconds, each above 0. Ably's clients give up on an auth request after 10 seconds; a load ends well before. */
export interface KeyRingTimings {
  /**
   * How long a key is used before the next request asks the store again. Default 300_000 (5 minutes). A new key signs
   * within this time, so leave the old one enabled at Ably for this long plus the longest token life.
   */
  readonly refreshAfterMs?: number;
  /** How long a request waits for that answer before the old key serves. Default 1_500. */
  readonly refreshWaitMs?: number;
  /** How long a key serves when the store does not confirm it; then unavailable. Default 86_400_000 (24 hours). */
  readonly staleAfterMs?: number;
  /** Pause after a failure, during which it is remembered and the store is left alone. Default 5_000. */
  readonly retryAfterMs?: number;
  /** When a load is given up, and so the longest that a first request waits. Default 5_000. */
  readonly loadTimeoutMs?: number;
}

export interface KeyRingOptions extends KeyRingTimings {
  /** Wall clock, in milliseconds; it may jump either way. Default `Date.now`. */
  readonly nowMs?: () => number;
  /** For the log. Called a few times per load, never once per request; what it throws is ignored. */
  readonly onKeyEvent?: (event: KeyEvent) => void;
}

export interface KeyRing {
  /**
   * The key that signs. Synchronous while the cached one need not be renewed.
   * @throws KeySourceError, as a rejection, when none is cached and the store does not give one
   */
  current(): ApiKey | Promise<ApiKey>;
  /**
   * The key before it, or `undefined` when the store says that there is none. It verifies and revokes, never signs.
   * @throws KeySourceError, as a rejection, when none is cached and the store does not tell
   */
  previous(): Promise<ApiKey | undefined>;
  /**
   * The current or previous key, whichever has this name (`<appId>.<keyId>`). For a name that is neither, both are
   * read again unless that was tried within `retryAfterMs`: they may have been replaced.
   * @returns `undefined` only when the store itself has just shown that it is neither
   * @throws KeySourceError, as a rejection, when the store does not tell
   */
  byName(keyName: string): Promise<ApiKey | undefined>;
  /** When the store last gave what is cached of either; `undefined` while nothing is. Asks nobody. */
  readAtMs(stage: KeyEvent['stage']): number | undefined;
}

/** How long a key may sign after the store stopped confirming it, and so after another took its place. */
export const DEFAULT_STALE_AFTER_MS = 86_400_000;

const DEFAULT_TIMINGS: Required<KeyRingTimings> = {
  refreshAfterMs: 300_000,
  refreshWaitMs: 1_500,
  staleAfterMs: DEFAULT_STALE_AFTER_MS,
  retryAfterMs: 5_000,
  loadTimeoutMs: 5_000,
};

/** @throws RangeError when a timing is not above 0 */
export function createKeyRing(source: KeySource, options: KeyRingOptions = {}): KeyRing {
  const settings = { nowMs: Date.now, onKeyEvent: () => {}, ...DEFAULT_TIMINGS, ...options };
  for (const [name, value] of Object.entries(settings)) {
    if (typeof value === 'number' && !(value > 0)) throw new RangeError(`${name} must be above 0`);
  }
  const current = createCachedKey('current', source, () => source.loadCurrent(), settings);
  const previous = createCachedKey('previous', source, () => source.loadPrevious(), settings);

  return Object.freeze({
    current: current.read,
    previous: async () => previous.read(),
    readAtMs: (stage: KeyEvent['stage']) => (stage === 'current' ? current : previous).readAtMs(),
    async byName(keyName: string) {
      const signing = await current.read();
      if (signing.name === keyName) return signing;
      // Should this fail, the current key may still prove to be the one; otherwise `confirm` fails in the same way.
      const former = await Promise.resolve(previous.read()).catch(() => undefined);
      if (former?.name === keyName) return former;
      const confirmed = await Promise.allSettled([current.confirm(), previous.confirm()]);
      for (const key of confirmed) if (key.status === 'fulfilled' && key.value?.name === keyName) return key.value;
      for (const key of confirmed) if (key.status === 'rejected') throw key.reason;
      return undefined;
    },
  });
}
