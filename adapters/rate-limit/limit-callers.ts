/** The limit with all it takes: what counts, and what becomes of whom (core/rate-limit). */
import type { LimitCaller, OpenLimit } from '../../core/rate-limit/rate-limit.ts';
import { refuseTooMany } from '../../core/rate-limit/refuse-too-many.ts';
import { createRequestCounter } from './request-counter.ts';

export async function limitCallers(...[terms, store, nowMs]: Parameters<OpenLimit>): Promise<LimitCaller> {
  return refuseTooMany(terms, await createRequestCounter(terms.limit, store, nowMs));
}
