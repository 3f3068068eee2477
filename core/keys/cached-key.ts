/**
 * One key, kept for as long as it may be used: when the store is asked again, who waits for the answer, and what serves
 * meanwhile (S12). The ring keeps two of these, for the current key and the one before it.
 *
 * All by the clock and by the requests that come: a frozen function runs nothing, and wakes with dead connections.
 */
import type { ApiKey } from './api-key.ts';
import { type KeySource, KeySourceError } from './key-source.ts';

export interface CachedKeySettings {
  readonly refreshAfterMs: number;
  readonly refreshWaitMs: number;
  readonly staleAfterMs: number;
  readonly retryAfterMs: number;
  readonly loadTimeoutMs: number;
  readonly nowMs: () => number;
  readonly onKeyEvent: (event: KeyEvent) => void;
}

/**
 * What happened to one of the two keys. Holds no secret (S10).
 *
 * - `loaded`: read while none was cached. `refreshed`: read again, the same. `replaced`: read again, another one.
 * - `load-failed`: nothing to serve, so requests fail. `refresh-failed`: the cached key serves.
 * - `refresh-slow`: requests no longer wait for the load; the cached key serves.
 * - `expired`: the store did not confirm the cached key for `staleAfterMs`; it is dropped.
 */
export interface KeyEvent {
  readonly kind: 'loaded' | 'refreshed' | 'replaced' | 'load-failed' | 'refresh-failed' | 'refresh-slow' | 'expired';
  readonly stage: 'current' | 'previous';
  /** The name of the KeySource. */
  readonly source: string;
  /** The cached key after the event (of `expired`: before). `undefined` when there is none. */
  readonly keyName: string | undefined;
  /** Of the two failures. */
  readonly error: KeySourceError | undefined;
}

export interface CachedKey<K> {
  read(): K | Promise<K>;
  /** As the store has it now: read within the last `retryAfterMs`, or else read again. Never an old one. */
  confirm(): Promise<K>;
  /** When the store last gave the one that is cached; `undefined` while none is. Asks nobody. */
  readAtMs(): number | undefined;
}

interface Load {
  readonly serial: number;
  readonly startedAtMs: number;
  /** Resolves, and never rejects, when the load has ended or is given up. */
  ended: Promise<void>;
  /** Resolves then, or `refreshWaitMs` after the first began to wait. One timer for all. */
  patience?: Promise<void>;
  slow: boolean;
}

export function createCachedKey<K extends ApiKey | undefined>(
  stage: KeyEvent['stage'],
  source: KeySource,
  loadKey: () => K | Promise<K>,
  settings: CachedKeySettings,
): CachedKey<K> {
  const { nowMs, onKeyEvent, refreshAfterMs, refreshWaitMs, staleAfterMs, retryAfterMs, loadTimeoutMs } = settings;
  let cached: { readonly key: K; readonly serial: number; readonly readAtMs: number } | undefined;
  let failure: { readonly error: KeySourceError; readonly atMs: number } | undefined;
  let inFlight: Load | undefined;
  let serial = 0;

  function read(): K | Promise<K> {
    const now = nowMs();
    if (cached !== undefined && isWithin(refreshAfterMs, cached.readAtMs, now)) return cached.key;
    if (cached !== undefined && now - cached.readAtMs >= staleAfterMs) {
      emit('expired');
      cached = undefined;
    }
    if (isPausing(now)) return serve();
    const load = join(now);
    if (inFlight !== load) return serve();
    return cached !== undefined && load.slow ? cached.key : wait(load).then(serve);
  }

  function serve(): K | Promise<K> {
    // Also after "not found" or "not allowed": a slip during a rotation looks the same, and so does a permission that
    // has not spread yet. It gives nothing away, since only revoking the key at Ably ends it, while stopping would
    // cut every user off. The event tells the operator.
    if (cached !== undefined && nowMs() - cached.readAtMs < staleAfterMs) return cached.key;
    return Promise.reject(failure?.error ?? unreachable('did not answer in time'));
  }

  async function confirm(): Promise<K> {
    const now = nowMs();
    if (cached !== undefined && isWithin(retryAfterMs, cached.readAtMs, now)) return cached.key;
    if (!isPausing(now)) {
      const load = join(now);
      await wait(load);
      if (cached !== undefined && cached.serial >= load.serial) return cached.key;
    }
    throw failure?.error ?? unreachable('did not answer in time');
  }

  function isPausing(now: number): boolean {
    // By the clock, because the function may have been frozen meanwhile: the connection is gone, and nothing says so.
    if (inFlight !== undefined && now - inFlight.startedAtMs >= loadTimeoutMs) giveUp(inFlight);
    return failure !== undefined && isWithin(retryAfterMs, failure.atMs, now);
  }

  function wait(load: Load): Promise<void> {
    if (cached === undefined) return load.ended;
    load.patience ??= endsWithin(load.ended, refreshWaitMs).then((ended) => {
      load.slow = !ended;
      if (load.slow) emit('refresh-slow');
    });
    return load.patience;
  }

  function join(now: number): Load {
    if (inFlight !== undefined) return inFlight;
    serial += 1;
    const load: Load = { serial, startedAtMs: now, slow: false, ended: Promise.resolve() };
    inFlight = load;
    const ran = run(load);
    // Where the key was at hand it has ended already, and needs no timer.
    if (inFlight !== load) return load;
    load.ended = endsWithin(ran, loadTimeoutMs).then((ended) => {
      if (!ended) giveUp(load);
    });
    return load;
  }

  async function run(load: Load): Promise<void> {
    try {
      const key = loadKey();
      accept(load, key instanceof Promise ? await key : key);
    } catch (error) {
      // Of an error that the port does not allow, only the class: the rest may hold anything (S10).
      const kind = error instanceof Error ? error.constructor.name : typeof error;
      fail(load, error instanceof KeySourceError ? error : unreachable(`failed in an unexpected way (${kind})`));
    }
  }

  function accept(load: Load, key: K): void {
    if (inFlight === load) inFlight = undefined;
    // Given up, and overtaken by a later load. Without one, a late answer is as good as any.
    if (cached !== undefined && cached.serial > load.serial) return;
    const before = cached;
    // Dated by its start: the answer may have lain in the socket while the function was frozen.
    cached = { key, serial: load.serial, readAtMs: load.startedAtMs };
    failure = undefined;
    emit(before === undefined ? 'loaded' : before.key?.name === key?.name ? 'refreshed' : 'replaced');
  }

  function giveUp(load: Load): void {
    fail(load, unreachable('did not answer in time'));
  }

  function fail(load: Load, error: KeySourceError): void {
    if (inFlight !== load) return;
    inFlight = undefined;
    // A failure noticed only after a freeze says nothing about the store as it is now, so it starts no pause.
    failure = { error, atMs: Math.min(nowMs(), load.startedAtMs + loadTimeoutMs) };
    emit(cached === undefined ? 'load-failed' : 'refresh-failed', error);
  }

  function emit(kind: KeyEvent['kind'], error?: KeySourceError): void {
    try {
      onKeyEvent({ kind, stage, source: source.name, keyName: cached?.key?.name, error });
    } catch {
      // A log that fails must not fail the request.
    }
  }

  function unreachable(what: string): KeySourceError {
    const remediation = 'Check that the function can reach its key store.';
    return new KeySourceError('unreachable', source.setting, `The key source ${source.name} ${what}.`, remediation);
  }

  return { read, confirm, readAtMs: () => cached?.readAtMs };
}

/** A moment that lies in the future, since the clock was set back, is outside: the store is asked once too often. */
function isWithin(spanMs: number, sinceMs: number, now: number): boolean {
  return now >= sinceMs && now - sinceMs < spanMs;
}

/** Whether the work, which must not reject, ends in time. Leaves no timer behind, and none keeps the process alive. */
function endsWithin(work: Promise<void>, spanMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), spanMs);
    // Timers are plain numbers on runtimes other than Node.
    (timer as { unref?: () => void }).unref?.();
    work.then(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
