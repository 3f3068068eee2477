/** What a cold start reads: the entry and all that it imports statically, minified. */
import { OUR_LAMBDA } from '../bundle.ts';
import { atMost, type Section } from '../report.ts';
import type { Workshop } from '../workshop.ts';

const BUDGET_BYTES = 60_000;

export async function measureSize(workshop: Workshop): Promise<Section> {
  const contenders = [
    ['ours', OUR_LAMBDA],
    ['tutorial, key from the environment', 'dev/bench/tutorial/lambda.ts'],
    ['tutorial, key from Secrets Manager', 'dev/bench/tutorial/lambda-secrets-manager.ts'],
  ] as const;
  const made = await Promise.all(contenders.map(async ([name, entry]) => ({ name, ...(await workshop.make(entry)) })));
  const ours = made[0]?.staticBytes ?? Number.NaN;
  return {
    title: 'Size: what a Lambda cold start reads',
    columns: ['handler', 'read at once', 'read on first use, if ever'],
    rows: made.map(({ name, staticBytes, totalBytes }) => [
      name,
      kilobytes(staticBytes),
      kilobytes(totalBytes - staticBytes),
    ]),
    verdicts: [atMost('size: at most 60 KB read at a cold start', BUDGET_BYTES, ours, kilobytes(ours))],
  };
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`;
}
