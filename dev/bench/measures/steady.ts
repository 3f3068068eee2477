/** Whether the heap grows while a warm function serves: a million requests, and what is kept of each. */
import { pathToFileURL } from 'node:url';
import { OUR_LAMBDA } from '../bundle.ts';
import { type Caller, eventJson, ourCookie, SETTINGS } from '../callers.ts';
import { Companion } from '../children.ts';
import { atMost, type Section } from '../report.ts';
import type { Workshop } from '../workshop.ts';

const CALLERS: readonly Caller[] = ['anonymous', 'signed-in'];
/** Far below anything that a request could leave behind by mistake: the smallest object has 16 bytes or more. */
const NOISE_BYTES = 1;

export async function measureSteady(workshop: Workshop): Promise<Section> {
  const requests = workshop.quick ? 100_000 : 1_000_000;
  const program = await workshop.make('dev/bench/programs/steady.ts');
  const handler = await workshop.make(OUR_LAMBDA);
  const measured: { readonly caller: Caller; readonly startMb: number; readonly bytesPerRequest: number }[] = [];
  for (const caller of CALLERS) {
    const args = [pathToFileURL(handler.path).href, eventJson(ourCookie(caller)), String(requests)];
    const child = new Companion(program.path, args, SETTINGS, ['--expose-gc']);
    const { heapBytes } = await child.hear<{ heapBytes: readonly number[] }>();
    await child.stop();
    const [start = Number.NaN] = heapBytes;
    const end = heapBytes.at(-1) ?? Number.NaN;
    measured.push({ caller, startMb: start / 1e6, bytesPerRequest: (end - start) / requests });
  }
  return {
    title: `Steady: ${requests.toLocaleString('en')} requests after a warm-up`,
    columns: ['caller', 'heap at the start', 'bytes kept a request'],
    rows: measured.map(({ caller, startMb, bytesPerRequest }) => [
      caller,
      `${startMb.toFixed(1)} MB`,
      bytesPerRequest.toFixed(3),
    ]),
    verdicts: measured.map(({ caller, bytesPerRequest }) =>
      atMost(
        `steady, ${caller}: no growth of the heap`,
        NOISE_BYTES,
        bytesPerRequest,
        `${bytesPerRequest.toFixed(3)} B`,
      ),
    ),
  };
}
