/** The crowd of docs/clocks-and-renewals.md: a million clients, a deploy, an outage in the middle of a wave. */
import type { Scenario } from './simulate.ts';

export const HOUR_SECONDS = 3_600;

export const MILLION: Omit<Scenario, 'jitter'> = {
  clients: 1_000_000,
  arriveWithinSeconds: 60,
  ttlSeconds: HOUR_SECONDS,
  // Ten minutes, and the third wave falls into them: the worst time for it.
  outage: { fromSeconds: 2.9 * HOUR_SECONDS, toSeconds: 2.9 * HOUR_SECONDS + 600 },
  seconds: 7 * HOUR_SECONDS,
};

export const JITTERS = [0, 0.1] as const;
