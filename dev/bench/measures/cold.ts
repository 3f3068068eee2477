/**
 * Cold start: a new process imports the bundled handler and answers its first event. What counts is what a handler adds
 * to an empty one; every round starts each of them once.
 *
 * Of the three clocks the table shows two: the time from just before the import to the answer, which leaves out how long
 * the system takes to start and end a process, and the processor time for it, which waiting does not lengthen.
 */
import { pathToFileURL } from 'node:url';
import { OUR_LAMBDA } from '../bundle.ts';
import { eventJson } from '../callers.ts';
import { runToEnd, type Settings } from '../children.ts';
import { openLocalSecrets } from '../local-secrets.ts';
import { atMost, type Section, withSpread } from '../report.ts';
import { API_KEY, checkAnswer } from '../requests.ts';
import { median, pairwise, summarise } from '../stats.ts';
import type { Workshop } from '../workshop.ts';

interface Contender {
  readonly name: string;
  readonly entry: string;
  readonly env: Settings;
}

interface Sample {
  readonly sinceImportMs: number;
  readonly sinceStartMs: number;
  readonly cpuMs: number;
  readonly wallMs: number;
}

const EMPTY = 'empty';
const TUTORIAL = 'dev/bench/tutorial/lambda.ts';
const TUTORIAL_ON_AWS = 'dev/bench/tutorial/lambda-secrets-manager.ts';

export async function measureCold(workshop: Workshop): Promise<Section> {
  const stores = await openLocalSecrets();
  const environment = { ABLY_API_KEY: API_KEY };
  const contenders: readonly Contender[] = [
    { name: EMPTY, entry: 'dev/bench/contenders/empty-lambda.ts', env: {} },
    { name: 'ours, environment', entry: OUR_LAMBDA, env: environment },
    { name: 'tutorial, environment', entry: TUTORIAL, env: environment },
    { name: 'ours, extension', entry: OUR_LAMBDA, env: stores.extension },
    { name: 'ours, Secrets Manager', entry: OUR_LAMBDA, env: stores.secretsManager },
    { name: 'tutorial, Secrets Manager', entry: TUTORIAL_ON_AWS, env: stores.secretsManager },
  ];
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
  const share = (ours: string, theirs: string): number =>
    median(added(ours, 'sinceImportMs')) / median(added(theirs, 'sinceImportMs'));
  const verdict = (limit: number, budget: string, ours: string, theirs: string) =>
    atMost(`cold, key from the ${budget} of what the tutorial adds`, limit, share(ours, theirs));
  return {
    title: 'Cold start: what a handler adds to an empty one',
    columns: ['handler, key from', 'added ms (quartiles)', 'added processor ms', 'whole process, ms'],
    rows: contenders.map(({ name }) => [
      name,
      name === EMPTY ? '—' : withSpread(summarise(added(name, 'sinceImportMs'))),
      name === EMPTY ? '—' : withSpread(summarise(added(name, 'cpuMs'))),
      withSpread(summarise(clock(name, 'wallMs'))),
    ]),
    verdicts: [
      verdict(0.2, 'environment: at most a fifth', 'ours, environment', 'tutorial, environment'),
      verdict(0.2, 'extension: at most a fifth', 'ours, extension', 'tutorial, Secrets Manager'),
      verdict(0.6, 'AWS SDK: at most 0.6', 'ours, Secrets Manager', 'tutorial, Secrets Manager'),
    ],
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
