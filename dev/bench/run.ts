/**
 * `npm run bench`: measures the budgets of the design, prints each with its verdict, and writes the figures into
 * docs/benchmarks.md. A missed budget is said and is not an error: on a busy machine it may be the machine.
 *
 * `-- --only warm,size` measures only these; `-- --quick` takes few rounds. Either only prints.
 */
import { parseArgs } from 'node:util';
import { describeMachine, writeFigures } from './document.ts';
import { measureCold } from './measures/cold.ts';
import { measureGrants } from './measures/grants.ts';
import { measureGrowth } from './measures/growth.ts';
import { measureHerd } from './measures/herd.ts';
import { measureRenewals } from './measures/renewals.ts';
import { measureRuntime } from './measures/runtime.ts';
import { measureServer } from './measures/server.ts';
import { measureSize } from './measures/size.ts';
import { measureSteady } from './measures/steady.ts';
import { measureWarm } from './measures/warm.ts';
import { asMarkdown, asText, type Section } from './report.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

const MEASURES: Readonly<Record<string, (workshop: Workshop) => Promise<Section>>> = {
  cold: measureCold,
  runtime: measureRuntime,
  warm: measureWarm,
  server: measureServer,
  size: measureSize,
  growth: measureGrowth,
  grants: measureGrants,
  herd: measureHerd,
  renewals: measureRenewals,
  steady: measureSteady,
};

const { values } = parseArgs({ options: { only: { type: 'string' }, quick: { type: 'boolean', default: false } } });
const wanted = values.only?.split(',') ?? Object.keys(MEASURES);
const unknown = wanted.filter((name) => !Object.hasOwn(MEASURES, name));
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}. Name any of ${Object.keys(MEASURES).join(', ')}.`);
  process.exit(1);
}

const workshop = await openWorkshop(values.quick);
const machine = describeMachine();
const sections: Section[] = [];
try {
  console.log(`${machine}\n`);
  for (const name of wanted) {
    const section = await MEASURES[name]?.(workshop);
    if (!section) continue;
    sections.push(section);
    console.log(asText(section));
  }
} finally {
  await workshop.close();
}

const missed = sections.flatMap(({ verdicts }) => verdicts).filter(({ holds }) => !holds);
console.log(missed.length === 0 ? 'All budgets hold.' : `${missed.length} missed, see above.`);
if (values.only === undefined && !values.quick) {
  await writeFigures([`${machine}.`, asMarkdown(sections)].join('\n\n'));
  console.log('Written into docs/benchmarks.md.');
}
