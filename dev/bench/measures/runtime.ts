/**
 * Cold start under AWS's runtime interface client on Node.js 24: from starting the runtime to the function's answer, as
 * on Lambda, where the client has loaded what it needs (HTTP among it) before the function.
 */
import { eventJson } from '../callers.ts';
import { type Contender, coldContenders, coldVerdicts, EMPTY } from '../cold-contenders.ts';
import { answerOnce, isRuntimeInstalled } from '../lambda-runtime.ts';
import { openLocalSecrets } from '../local-secrets.ts';
import { type Section, withSpread } from '../report.ts';
import { checkAnswer } from '../requests.ts';
import { pairwise, summarise } from '../stats.ts';
import type { Workshop } from '../workshop.ts';

const TITLE = 'Cold start under AWS’s runtime interface client, Node.js 24';

export async function measureRuntime(workshop: Workshop): Promise<Section> {
  if (!isRuntimeInstalled()) {
    const row = ['not measured: `bash test/platforms/install.sh lambda` installs it', '—', '—'];
    return {
      title: TITLE,
      columns: ['handler, key from', 'added ms (quartiles)', 'start to answer, ms'],
      rows: [row],
      verdicts: [],
    };
  }
  const stores = await openLocalSecrets();
  const contenders = coldContenders(stores);
  const samples = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  try {
    for (let round = -1; round < (workshop.quick ? 3 : 20); round++) {
      for (const contender of contenders) {
        const wallMs = await startOnce(contender, workshop);
        if (round >= 0) samples.get(contender.name)?.push(wallMs);
      }
    }
  } finally {
    stores.close();
  }
  const wall = (name: string): readonly number[] => samples.get(name) ?? [];
  const added = (name: string): readonly number[] => pairwise(wall(name), wall(EMPTY), (a, b) => a - b);
  return {
    title: TITLE,
    columns: ['handler, key from', 'added ms (quartiles)', 'start to answer, ms'],
    rows: contenders.map(({ name }) => [
      name,
      name === EMPTY ? '—' : withSpread(summarise(added(name))),
      withSpread(summarise(wall(name))),
    ]),
    verdicts: coldVerdicts('cold under the runtime client', added),
  };
}

async function startOnce({ name, entry, env }: Contender, workshop: Workshop): Promise<number> {
  const handler = await workshop.make(entry);
  const { wallMs, result } = await answerOnce(handler.path, eventJson(undefined), env);
  if (name !== EMPTY) checkAnswer(name, result.body, 'anonymous');
  return wallMs;
}
