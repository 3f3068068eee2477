/**
 * How a ttl and a format are written, wherever they are: in a rule, in a config, in a setting. A value that cannot be
 * used is a problem for the list, never clamped or replaced silently.
 */
import type { ConfigProblem } from '../config-problem.ts';
import { parseDurationMs } from '../duration.ts';
import { MAX_TTL_MS, MIN_TTL_MS } from '../limits.ts';
import { TOKEN_FORMATS, type TokenFormat } from './settled-params.ts';

/** Milliseconds, or `undefined` beside a new problem. */
export function readTtlMs(text: string, setting: string, problems: ConfigProblem[]): number | undefined {
  const ttlMs = parseDurationMs(text);
  if (ttlMs !== undefined && ttlMs >= MIN_TTL_MS && ttlMs <= MAX_TTL_MS) return ttlMs;
  const problem = ttlMs === undefined ? 'it is not a duration' : 'it is less than a minute or more than 24 hours';
  problems.push({ setting, problem, fix: 'Write a number with its unit: 900s, 15m, 1h' });
  return undefined;
}

export function readTokenFormat(text: string, setting: string, problems: ConfigProblem[]): TokenFormat | undefined {
  const format = TOKEN_FORMATS.find((known) => known === text);
  if (!format)
    problems.push({ setting, problem: 'it is not a token format', fix: `Write one of ${TOKEN_FORMATS.join(', ')}` });
  return format;
}
