/**
 * What becomes of a caller who asks too often: 401 and when to come again, which every client survives, and never 429,
 * which ends Android clients for good. A store that is away refuses nobody: this instance then counts alone, and the event
 * of the request says so.
 */
import { AuthFailure } from '../errors.ts';
import type { LimitCaller, LimitTerms, RequestCounter } from './rate-limit.ts';
import { whoAsks } from './who-asks.ts';

export function refuseTooMany(terms: LimitTerms, counter: RequestCounter): LimitCaller {
  const { limit } = terms;
  return async (caller, request) => {
    const key = whoAsks(caller, request, terms);
    if (key === undefined) return undefined;
    const { retryAfterMs, outage } = await counter.count(key);
    if (retryAfterMs === undefined) return outage;
    const detail = `more than ${limit.requests} in ${limit.perMs / 1000} s${outage ? `, counted by this instance alone: ${outage}` : ''}`;
    throw new AuthFailure('rate-limited', detail, { retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMs / 1000)) });
  };
}
