/** A limit that honest clients would meet. What is no limit at all is a config error, found by rate-limit.ts. */
import type { AuthConfig } from '../config.ts';
import { parseDurationMs } from '../duration.ts';
import type { Report } from './lint-finding.ts';

/** While a network is bad, a client of Ably's asks about every 15 s; and every tab and device of a person is one. */
const ADVISED_PER_MINUTE = 10;

export function lintRateLimit({ rateLimit }: AuthConfig, report: Report): void {
  if (!rateLimit) return;
  const { requests, per } = rateLimit;
  const minutes = Math.max(1, (parseDurationMs(String(per)) ?? 0) / 60_000);
  // Over a long window most clients ask once in a while only.
  const advised = ADVISED_PER_MINUTE * Math.min(minutes, 6);
  if (!(requests < advised)) return;
  const finding = `honest clients may meet it: each tab and device asks on connecting, and again while the network is bad`;
  report('warning', 'rateLimit.requests', finding, `Write ${advised} or more`);
}
