/**
 * A million clients that renew: how often the endpoint is asked at worst, with and without `ttlJitter`, and how many
 * instances of a Lambda function that takes. Simulated, so it is the same on every machine; writes docs/renewals.svg.
 */
import { writeFile } from 'node:fs/promises';
import { plot } from '../renewals/plot.ts';
import { HOUR_SECONDS, JITTERS, MILLION } from '../renewals/scenarios.ts';
import { peak, requestsPerSecond } from '../renewals/simulate.ts';
import { atMost, type Section } from '../report.ts';

const PLOT = new URL('../../../docs/renewals.svg', import.meta.url);
/** An instance serves one request at a time; what a request takes of it, warm, and when it has to be started for it. */
const WARM_SECONDS = 0.01;
const COLD_SECONDS = 0.3;

export function drawRenewals(): { readonly svg: string; readonly runs: readonly Uint32Array[] } {
  const runs = JITTERS.map((jitter) => requestsPerSecond({ ...MILLION, jitter }));
  const panels = runs.map((asked, index) => ({
    title: JITTERS[index] === 0 ? 'requests per second without ttlJitter' : `with ttlJitter ${JITTERS[index]}`,
    asked,
  }));
  return { svg: plot(panels, MILLION), runs };
}

export async function measureRenewals(): Promise<Section> {
  const { svg, runs } = drawRenewals();
  await writeFile(PLOT, svg);
  return describeRenewals(runs);
}

export function describeRenewals(runs: readonly Uint32Array[]): Section {
  const { outage, seconds } = MILLION;
  const spans: readonly (readonly [string, number, number])[] = [
    ['the minute of the deploy', 0, 60],
    ['first renewal', 60, 1.5 * HOUR_SECONDS],
    ['second renewal', 1.5 * HOUR_SECONDS, outage.fromSeconds],
    ['outage of ten minutes', outage.fromSeconds, outage.toSeconds],
    ['the minute after it', outage.toSeconds, outage.toSeconds + 60],
    ['renewals after it', outage.toSeconds + 60, seconds],
  ];
  const seen = spans.map(([, from, to]) => runs.map((asked) => peak(asked, Math.floor(from), Math.floor(to))));
  const share = ([without = 0, spread = 0]: readonly number[] = []): number => spread / without;
  return {
    title: 'Renewals: a million clients, one-hour tokens, the most requests in a second',
    columns: ['when', ...JITTERS.flatMap((jitter) => [`ttlJitter ${jitter}`, 'Lambda, warm', 'Lambda, cold'])],
    rows: spans.map(([name], index) => [
      name,
      ...(seen[index] ?? []).flatMap((rate) => [rate, rate * WARM_SECONDS, rate * COLD_SECONDS].map(whole)),
    ]),
    verdicts: [
      atMost('renewals: spread, the first wave is at most a fifth', 0.2, share(seen[1])),
      atMost('renewals: spread, the waves after an outage are at most a fifth', 0.2, share(seen[5])),
    ],
  };
}

function whole(value: number): string {
  return Math.ceil(value).toLocaleString('en-US');
}
