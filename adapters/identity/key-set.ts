/**
 * The public keys of one provider, kept for as long as they may be used: when it is asked again, who waits for the
 * answer, and what serves meanwhile.
 *
 * An outage never refuses a caller (S12): known keys serve for a day without their provider, and what cannot be decided
 * then is `unavailable`. A `kid` that nobody knows makes us look again, for keys are rotated, but not at a stranger's
 * pace. All by the clock and by the requests that come, as in core/keys/cached-key.ts: a frozen function runs nothing.
 */
import { ProviderError } from './fetch-document.ts';
import type { PublicJwk } from './read-jwks.ts';

export type FoundKeys =
  | { readonly kind: 'keys'; readonly keys: readonly PublicJwk[] }
  | { readonly kind: 'unknown' }
  /** Nobody can say: the provider is out of reach. The detail is for the log. */
  | { readonly kind: 'unavailable'; readonly detail: string };

export interface KeySet {
  /** The keys that may have signed a token with this header; more than one when the provider reuses a `kid`. */
  find(kid: string, alg: string, nowMs: number): Promise<FoundKeys>;
}

/** Known keys are used without a question for this long, and then once more confirmed by the request that finds them old. */
export const FRESH_MS = 10 * 60 * 1000;
/** Known keys serve this long without their provider. */
export const STALE_MS = 24 * 60 * 60 * 1000;
/** An unknown `kid` leads to no question sooner than this after the last answer. */
export const UNKNOWN_KID_PAUSE_MS = 30 * 1000;
/** No question sooner than this after one that failed. */
export const RETRY_PAUSE_MS = 5 * 1000;
/** A caller whose key is known waits no longer than this for a confirmation. */
export const PATIENCE_MS = 1_500;
/** A question that has no answer after this long, by the clock of the requests, was frozen with the function. */
export const LOAD_LIMIT_MS = 7_000;

interface Load {
  readonly startedAtMs: number;
  /** Resolves, and never rejects. */
  readonly ended: Promise<void>;
  /** Resolves then, or when patience ends; one timer for all who wait. */
  patience?: Promise<void>;
}

/**
 * @param loadKeys asks the provider; ends by itself within seconds. Fails with a ProviderError.
 * @returns a set that asks nothing until it is asked
 */
export function createKeySet(loadKeys: () => Promise<readonly PublicJwk[]>): KeySet {
  let cached: { readonly keys: readonly PublicJwk[]; readonly readAtMs: number } | undefined;
  let failure: { readonly detail: string; readonly atMs: number } | undefined;
  let inFlight: Load | undefined;

  async function find(kid: string, alg: string, nowMs: number): Promise<FoundKeys> {
    if (cached && nowMs - cached.readAtMs >= STALE_MS) cached = undefined;
    const known = pick(kid, alg);
    if (cached && known.length > 0) {
      if (isWithin(FRESH_MS, cached.readAtMs, nowMs)) return { kind: 'keys', keys: known };
      await confirm(nowMs);
    } else if (!cached || !isWithin(UNKNOWN_KID_PAUSE_MS, cached.readAtMs, nowMs)) {
      await ask(nowMs);
    }
    const keys = pick(kid, alg);
    if (keys.length > 0) return { kind: 'keys', keys };
    // Answered since, or within the pause: there is no such key. Otherwise nobody knows whether there is one by now.
    if (cached && isWithin(UNKNOWN_KID_PAUSE_MS, cached.readAtMs, nowMs)) return { kind: 'unknown' };
    return { kind: 'unavailable', detail: failure?.detail ?? 'its keys did not come in time' };
  }

  function pick(kid: string, alg: string): readonly PublicJwk[] {
    return cached?.keys.filter((key) => key.kid === kid && key.algorithms.includes(alg)) ?? [];
  }

  /** Waits for the provider, but not long: the known keys serve. */
  async function confirm(nowMs: number): Promise<void> {
    const load = join(nowMs);
    if (!load) return;
    load.patience ??= endsWithin(load.ended, PATIENCE_MS);
    await load.patience;
  }

  /** Waits for the provider: without it there is nothing to say. */
  async function ask(nowMs: number): Promise<void> {
    await join(nowMs)?.ended;
  }

  /** The question under way, or a new one; `undefined` in the pause after one that failed. */
  function join(nowMs: number): Load | undefined {
    if (inFlight && nowMs - inFlight.startedAtMs >= LOAD_LIMIT_MS) inFlight = undefined;
    if (inFlight) return inFlight;
    if (failure && isWithin(RETRY_PAUSE_MS, failure.atMs, nowMs)) return undefined;
    const load: Load = { startedAtMs: nowMs, ended: Promise.resolve().then(() => run(nowMs, () => inFlight === load)) };
    inFlight = load;
    return load;
  }

  async function run(startedAtMs: number, isCurrent: () => boolean): Promise<void> {
    try {
      const keys = await loadKeys();
      // Overtaken by a later one: that one knows better. Dated by its start, since it may have lain in a frozen socket.
      if (cached && cached.readAtMs > startedAtMs && !isCurrent()) return;
      cached = { keys, readAtMs: startedAtMs };
      failure = undefined;
    } catch (error) {
      if (isCurrent()) failure = { detail: describe(error), atMs: startedAtMs };
    } finally {
      if (isCurrent()) inFlight = undefined;
    }
  }

  return Object.freeze({ find });
}

/** The messages of our own errors are made for the log; of another one only the class is (S10). */
function describe(error: unknown): string {
  if (error instanceof ProviderError) return error.message;
  return `its keys could not be had (${error instanceof Error ? error.constructor.name : typeof error})`;
}

/** A moment that lies in the future, since the clock was set back, is outside: the provider is asked once too often. */
function isWithin(spanMs: number, sinceMs: number, nowMs: number): boolean {
  return nowMs >= sinceMs && nowMs - sinceMs < spanMs;
}

function endsWithin(work: Promise<void>, spanMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, spanMs);
    // Timers are plain numbers on runtimes other than Node.
    (timer as { unref?: () => void }).unref?.();
    work.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
