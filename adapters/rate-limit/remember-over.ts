/**
 * Answers from memory whoever is over the limit, until their window ends: they cost a store nothing, and where numbers are
 * in memory as well, a crowd that is within the limit does not push them out.
 *
 * The library would remember them too (`inMemoryBlockOnConsumed`), but without a bound, and going through all of them for
 * each that is new.
 */
import { recentCallers } from './recent-callers.ts';
import type { Tally, TallyOptions } from './tally.ts';

export function rememberOver(tally: Tally, { limit, windowMs, nowMs }: TallyOptions): Tally {
  const resetsAtMs = recentCallers<number>();
  return {
    async add(key) {
      const knownMs = resetsAtMs.get(key);
      const now = nowMs();
      // One that ends later than a window can was noted before our clock was set back: the tally puts it right.
      if (knownMs !== undefined && now < knownMs && knownMs <= now + windowMs) {
        resetsAtMs.note(key, knownMs);
        return { requests: limit + 1, resetAtMs: knownMs };
      }
      const { requests, resetAtMs } = await tally.add(key);
      // From the last that is answered on: whatever comes next is over.
      if (requests >= limit) resetsAtMs.note(key, resetAtMs);
      return { requests, resetAtMs };
    },
  };
}
