/**
 * A crowd of clients that keep renewing, second by second: when each asks the endpoint, for hours, also while the endpoint
 * is away. Decides nothing about the endpoint, which answers everybody at once unless it is away.
 *
 * What a client does is what Ably's SDKs do: asked by Ably it renews half a minute before the end; when that fails it stays
 * connected to the end, is then cut off, tries once at once, then after 15 s times min((n + 2) / 3, 2), less up to a fifth
 * at random (RTB1), and after two minutes every 30 s (RTN14e). `Retry-After` is not heard (ably-js 2.28.0, observed).
 */
export interface Scenario {
  readonly clients: number;
  /** All of them come within this span, as after a deploy of the app that makes every page load anew. */
  readonly arriveWithinSeconds: number;
  readonly ttlSeconds: number;
  /** The config's `ttlJitter`. */
  readonly jitter: number;
  /** While the endpoint answers nobody. */
  readonly outage: { readonly fromSeconds: number; readonly toSeconds: number };
  readonly seconds: number;
}

const PROMPTED_BEFORE_END_SECONDS = 30;
const FIRST_RETRY_SECONDS = 15;
const SUSPENDED_AFTER_SECONDS = 120;
const SUSPENDED_RETRY_SECONDS = 30;

/** @returns how often the endpoint is asked in each second; the same for the same scenario */
export function requestsPerSecond(scenario: Scenario): Uint32Array {
  const { clients, arriveWithinSeconds, ttlSeconds, jitter, outage, seconds } = scenario;
  const chance = pseudoRandom(20_260_101);
  const asked = new Uint32Array(seconds);
  const ask = (atSeconds: number): boolean => {
    const second = Math.floor(atSeconds);
    if (second < seconds) asked[second] = (asked[second] ?? 0) + 1;
    return atSeconds < outage.fromSeconds || atSeconds >= outage.toSeconds;
  };
  /** From a failure that left it without a connection until it has a credential again. */
  const retry = (sinceSeconds: number): number => {
    let at = sinceSeconds;
    for (let tries = 1; at < seconds; tries += 1) {
      const isSuspended = at - sinceSeconds >= SUSPENDED_AFTER_SECONDS;
      const backedOff = FIRST_RETRY_SECONDS * Math.min((tries + 2) / 3, 2) * (1 - 0.2 * chance());
      at += isSuspended ? SUSPENDED_RETRY_SECONDS : backedOff;
      if (ask(at)) break;
    }
    return at;
  };
  for (let client = 0; client < clients; client += 1) {
    const arrives = chance() * arriveWithinSeconds;
    let issued = ask(arrives) ? arrives : retry(arrives);
    while (issued < seconds) {
      const ends = issued + Math.floor(ttlSeconds * (1 - jitter * chance()));
      const prompted = ends - PROMPTED_BEFORE_END_SECONDS;
      if (ask(prompted)) issued = prompted;
      else issued = ask(ends) ? ends : retry(ends);
    }
  }
  return asked;
}

export function peak(asked: Uint32Array, fromSeconds = 0, toSeconds = asked.length): number {
  let most = 0;
  for (let second = fromSeconds; second < toSeconds; second += 1) most = Math.max(most, asked[second] ?? 0);
  return most;
}

/** The same sequence for the same seed, on every machine (mulberry32). */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
