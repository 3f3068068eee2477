/** The simulation of renewals, and what docs/clocks-and-renewals.md says of it. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeRenewals, drawRenewals } from '../../dev/bench/measures/renewals.ts';
import { peak, requestsPerSecond, type Scenario } from '../../dev/bench/renewals/simulate.ts';

const NEVER = { fromSeconds: 1e9, toSeconds: 1e9 };
const CROWD: Scenario = {
  ...{ clients: 1_000, arriveWithinSeconds: 60, ttlSeconds: 3_600, jitter: 0, outage: NEVER, seconds: 4 * 3_600 },
};

function sum(asked: Uint32Array, from = 0, to = asked.length): number {
  return asked.subarray(from, to).reduce((total, count) => total + count, 0);
}

describe('requestsPerSecond', () => {
  it('without jitter repeats the first minute every hour less half a minute', () => {
    const asked = requestsPerSecond(CROWD);
    for (const wave of [0, 1, 2, 3]) {
      const from = wave * 3_570;
      expect([...asked.subarray(from, from + 60)]).toEqual([...asked.subarray(0, 60)]);
    }
    expect(sum(asked)).toBe(5 * 1_000 - sum(asked, 0, 60) + sum(asked, 4 * 3_570));
  });

  it('with jitter has every client renew within the tenth of an hour before, and fewer at a time', () => {
    const asked = requestsPerSecond({ ...CROWD, jitter: 0.1 });
    expect(sum(asked, 60, 3_600 * 0.9 - 31)).toBe(0);
    expect(sum(asked, 3_600 * 0.9 - 31, 3_630)).toBe(1_000);
    expect(peak(asked, 60, 3_630)).toBeLessThan(peak(asked, 0, 60) / 2);
  });

  it('lets clients that lost their connection try on, every 30 s in the end, until they are served', () => {
    const outage = { fromSeconds: 3_000, toSeconds: 5_000 };
    const asked = requestsPerSecond({ ...CROWD, outage });
    // All are cut off and suspended by then; each tries once in any 30 s.
    for (let from = 3_900; from < 4_900; from += 30) expect(sum(asked, from, from + 30)).toBe(1_000);
    expect(sum(asked, 5_000, 5_030)).toBe(1_000);
    expect(sum(asked, 5_030, 5_000 + 3_540)).toBe(0);
  });

  it('starts with an outage as SDKs do: after 15, 20, 25 and 30 s, each less up to a fifth', () => {
    const asked = requestsPerSecond({
      ...{ ...CROWD, clients: 1, arriveWithinSeconds: 0, seconds: 200 },
      outage: { fromSeconds: 0, toSeconds: 1e9 },
    });
    const at = [...asked].flatMap((count, second) => (count > 0 ? [second] : []));
    const pauses = at.slice(1).map((second, index) => second - (at[index] ?? 0));
    for (const [index, most] of [15, 20, 25, 30].entries()) {
      expect(pauses[index]).toBeGreaterThanOrEqual(0.8 * most - 1);
      expect(pauses[index]).toBeLessThanOrEqual(most + 1);
    }
    expect(pauses.at(-1)).toBe(30);
  });
});

describe('docs/clocks-and-renewals.md', () => {
  const { svg, runs } = drawRenewals();

  it('shows the plot that the bench draws', () => {
    expect(readFileSync('docs/renewals.svg', 'utf8')).toBe(svg);
  });

  it('gives the figures that the bench prints, and they hold', () => {
    const text = readFileSync('docs/clocks-and-renewals.md', 'utf8');
    const { rows, verdicts } = describeRenewals(runs);
    for (const row of rows) expect(text).toContain(`| ${row.join(' | ')} |`);
    expect(verdicts.filter(({ holds }) => !holds)).toEqual([]);
  });
});
