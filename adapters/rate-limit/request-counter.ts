/**
 * Counts requests with `rate-limiter-flexible`: fixed windows, over the store where there is one that instances share; while
 * that is away, by itself. Where the numbers are is decided in tally.ts, who is refused without a look there in
 * remember-over.ts.
 */
import type { RateLimit, RequestCounter } from '../../core/rate-limit/rate-limit.ts';
import { type RecordStore, StoreError } from '../../core/stores.ts';
import { rememberOver } from './remember-over.ts';
import { createMemoryTally, createStoreTally, type Tallied, type Tally } from './tally.ts';

/** What a count notes beside its verdict. */
interface Noted {
  outage?: string;
}

export async function createRequestCounter(
  { requests, perMs }: RateLimit,
  store: RecordStore | undefined,
  nowMs: () => number,
): Promise<RequestCounter> {
  const { RateLimiterRes, RateLimiterStoreAbstract } = await import('./rate-limiter-sdk.ts');

  class Limiter extends RateLimiterStoreAbstract {
    readonly #tally: Tally;

    constructor(tally: Tally, insuranceLimiter?: Limiter) {
      super({
        ...{ storeClient: tally, keyPrefix: '', points: requests, duration: perMs / 1000 },
        ...(insuranceLimiter && { insuranceLimiter }),
      });
      this.#tally = tally;
    }

    protected async _upsert(key: string, _one: number, _ms: number, _force: boolean, noted: Noted): Promise<Tallied> {
      try {
        return await this.#tally.add(key);
      } catch (error) {
        if (error instanceof StoreError) noted.outage = `${error.store}: ${error.message}`;
        throw error;
      }
    }

    protected _getRateLimiterRes(_key: string, _one: number, tallied: Tallied): InstanceType<typeof RateLimiterRes> {
      const left = Math.max(0, requests - tallied.requests);
      return new RateLimiterRes(left, Math.max(1, tallied.resetAtMs - nowMs()), tallied.requests);
    }
  }

  const options = { limit: requests, windowMs: perMs, nowMs };
  const alone = new Limiter(rememberOver(createMemoryTally(options), options));
  // A memory that others use is not for this: a crowd of callers would leave no room for a ban.
  const shared =
    store && store.name !== 'memory' && new Limiter(rememberOver(createStoreTally(store, options), options), alone);
  return Object.freeze({
    async count(key) {
      const noted: Noted = {};
      try {
        await (shared || alone).consume(key, 1, noted);
        return noted;
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        return { ...noted, retryAfterMs: refusal.msBeforeNext };
      }
    },
  } satisfies RequestCounter);
}
