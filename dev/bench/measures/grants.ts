/**
 * What remembering saves: how many checks it costs a person with two hundred rooms to open them, and how many each
 * renewal. The verdicts are about what is counted; the time of a renewal stands beside it to be seen.
 */
import { Companion } from '../children.ts';
import type { GrantsResult } from '../programs/grants.ts';
import { atMost, type Section } from '../report.ts';
import { median } from '../stats.ts';
import type { Workshop } from '../workshop.ts';

export async function measureGrants(workshop: Workshop): Promise<Section> {
  const renewals = workshop.quick ? 50 : 1_000;
  const program = await workshop.make('dev/bench/programs/grants.ts');
  const child = new Companion(program.path, [String(renewals)], {});
  const { results } = await child.hear<{ results: readonly GrantsResult[] }>();
  await child.stop();
  return {
    title: `Grants: a person with 200 rooms, ${renewals.toLocaleString('en')} renewals`,
    columns: ['remembered by', 'rooms', 'checks to open them', 'checks a renewal', 'µs a renewal'],
    rows: results.map(({ where, rooms, opening, renewing, microseconds }) => [
      where,
      String(rooms),
      String(opening),
      String(renewing / renewals),
      median(microseconds).toFixed(0),
    ]),
    verdicts: results
      .filter(({ where }) => where !== 'client')
      .flatMap(({ where, rooms, opening, renewing }) => [
        atMost(`grants, ${where}: one check for each new room`, rooms, opening, String(opening)),
        atMost(`grants, ${where}: no check at a renewal`, 0, renewing, String(renewing)),
      ]),
  };
}
