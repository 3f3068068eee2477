/**
 * Cold start: a new process imports the bundled handler and answers its first event. What counts is what a handler adds
 * to an empty one; every round starts each of them once.
 *
 * Of the three clocks the table shows two: the time from just before the import to the answer, which leaves out how long
 * the system takes to start and end a process, and the processor time for it, which waiting does not lengthen.
 */
import { pathToFileURL } from 'node:url';
import { eventJson } from '../callers.ts';
import { runToEnd } from '../children.ts';
import { type Contender, coldContenders, coldVerdicts, EMPTY } from '../cold-contenders.ts';
import { openLocalSecrets } from '../local-secrets.ts';
import { type Section, withSpread } from '../report.ts';
import { checkAnswer } from '../requests.ts';
import { pairwise, summarise } from '../stats.ts';
import type { Workshop } from '../workshop.ts';

interface Sample {
  readonly sinceImportMs: number;
  readonly sinceStartMs: number;
  readonly cpuMs: number;
  readonly wallMs: number;
}

export async function measureCold(workshop: Workshop): Promise<Section> {
  const stores = await openLocalSecrets();
  const contenders = coldContenders(stores);
  const samples = new Map<string, Sample[]>(contenders.map(({ name }) => [name, []]));
  try {
    // The first round fills the file system's cache.
    for (let round = -1; round < (workshop.quick ? 3 : 25); round++) {
      for (const contender of contenders) {
        const sample = await startCold(contender, workshop);
        if (round >= 0) samples.get(contender.name)?.push(sample);
      }
    }
  } finally {
    stores.close();
  }

  const clock = (name: string, pick: keyof Sample): readonly number[] =>
    (samples.get(name) ?? []).map((sample) => sample[pick]);
  const added = (name: string, pick: keyof Sample): readonly number[] =>
    pairwise(clock(name, pick), clock(EMPTY, pick), (a, b) => a - b);
  return {
    title: 'Cold start: what a handler adds to an empty one',
    columns: ['handler, key from', 'added ms (quartiles)', 'added processor ms', 'whole process, ms'],
    rows: contenders.map(({ name }) => [
      name,
      name === EMPTY ? '—' : withSpread(summarise(added(name, 'sinceImportMs'))),
      name === EMPTY ? '—' : withSpread(summarise(added(name, 'cpuMs'))),
      withSpread(summarise(clock(name, 'wallMs'))),
    ]),
    verdicts: coldVerdicts('cold', (name) => added(name, 'sinceImportMs')),
  };
}

async function startCold({ name, entry, env }: Contender, workshop: Workshop): Promise<Sample> {
  const probe = await workshop.make('dev/bench/programs/cold-probe.ts');
  const handler = await workshop.make(entry);
  const { output, wallMs } = await runToEnd(probe.path, [pathToFileURL(handler.path).href, eventJson(undefined)], env);
  const { result, ...clocks } = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as Omit<Sample, 'wallMs'> & {
    readonly result: { readonly body: string };
  };
  if (name !== EMPTY) checkAnswer(name, result.body, 'anonymous');
  return { ...clocks, wallMs };
}
