/**
 * How often one caller may ask: what a deployer writes, and the port behind which requests are counted. Off unless the
 * config or `ABLY_AUTH_RATE_LIMIT` says it. Who counts as one caller is decided in who-asks.ts.
 */
import type { ConfigProblem } from '../config-problem.ts';
import { type Duration, parseDurationMs } from '../duration.ts';
import type { AuthRequest } from '../http.ts';
import type { Identified } from '../identity/identity.ts';
import type { Environment } from '../settings.ts';
import type { RecordStore } from '../stores.ts';

export interface RateLimitOptions {
  /** How many requests of one caller are answered in each window, from 1 to 1,000,000. */
  readonly requests: number;
  /** How long a window is, `1s` to `1d`. It begins with the first request in it. */
  readonly per: Duration;
  /**
   * What callers are counted by who show nothing: anonymous ones, and guests who are new. `address`: by the one that the
   * platform vouches for. `nothing`: they are not counted, for where another proxy stands in front of the platform, and
   * everybody comes from its address. Default `address`.
   */
  readonly strangersBy?: 'address' | 'nothing';
}

export interface RateLimit {
  readonly requests: number;
  readonly perMs: number;
  readonly strangersBy: 'address' | 'nothing';
}

/**
 * Counts the request of a caller.
 *
 * @returns what the store failed with, where the request could be counted by this instance alone
 * @throws AuthFailure `rate-limited` (401)
 */
export type LimitCaller = (caller: Identified, request: AuthRequest) => Promise<string | undefined>;

/** What the limit needs to know of a config. */
export interface LimitTerms {
  readonly limit: RateLimit;
  /** Pages that may call, beside our own. */
  readonly allowedOrigins: ReadonlySet<string>;
}

/** A composition root's, since the library that counts is no part of core. */
export type OpenLimit = (terms: LimitTerms, store: RecordStore | undefined, nowMs: () => number) => LimitCaller;

export interface RequestCounter {
  count(key: string): Promise<Counted>;
}

export interface Counted {
  /** There were too many; until then there will be. */
  readonly retryAfterMs?: number;
  /** What the store failed with: this instance alone has counted. */
  readonly outage?: string;
}

const SETTING = 'ABLY_AUTH_RATE_LIMIT';
const MAX_REQUESTS = 1_000_000;
const MAX_WINDOW_MS = 86_400_000;

/** What the config says beats the environment: `false` there is no limit. */
export function readRateLimit(
  written: RateLimitOptions | false | undefined,
  env: Environment,
  problems: ConfigProblem[],
): RateLimit | undefined {
  if (written === false || (written === undefined && !env[SETTING])) return undefined;
  const setting = written === undefined ? SETTING : 'rateLimit';
  const [, count = '', per = ''] = /^(\d{1,7})\/(\w+)$/.exec(env[SETTING]?.trim() ?? '') ?? [];
  const options: Partial<RateLimitOptions> | null = written ?? { requests: Number(count), per: per as Duration };
  const { requests = 0, strangersBy = 'address', ...rest } = typeof options === 'object' && options ? options : {};
  const perMs = parseDurationMs(String(rest.per)) ?? 0;
  const fix = setting === SETTING ? 'Write 60/1m for sixty a minute' : "Write { requests: 60, per: '1m' }";
  if (!Number.isSafeInteger(requests) || requests < 1 || requests > MAX_REQUESTS) {
    problems.push({ setting, problem: 'its requests are not a whole number from 1 to 1,000,000', fix });
  } else if (perMs < 1_000 || perMs > MAX_WINDOW_MS) {
    problems.push({ setting, problem: 'its window is not a duration from 1s to 1d', fix });
  } else if (strangersBy !== 'address' && strangersBy !== 'nothing') {
    problems.push({ setting: `${setting}.strangersBy`, problem: 'it is unknown', fix: 'Write address or nothing' });
  }
  return { requests, perMs, strangersBy };
}
