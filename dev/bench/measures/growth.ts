/**
 * Whether the cost of an answer grows in step with its input. The exponent is fitted to the sizes; the one between the
 * two largest is what the verdict is about, because fixed costs flatter the small ones.
 */
import { Companion } from '../children.ts';
import { atMost, type Section } from '../report.ts';
import { growthExponent, median } from '../stats.ts';
import type { Workshop } from '../workshop.ts';

/** Linear is 1; what is above it leaves room for noise, and for a sort. */
const BUDGET_EXPONENT = 1.2;

type Results = Readonly<Record<string, Readonly<Record<number, readonly number[]>>>>;

export async function measureGrowth(workshop: Workshop): Promise<Section> {
  const program = await workshop.make('dev/bench/programs/growth.ts');
  const child = new Companion(program.path, [workshop.quick ? '3' : '15'], {});
  const { results } = await child.hear<{ results: Results }>();
  await child.stop();
  const shapes = Object.entries(results).map(([shape, bySize]) => {
    const points = Object.entries(bySize).map(([size, values]) => [Number(size), median(values)] as const);
    return { shape, points, fitted: growthExponent(points), last: growthExponent(points.slice(-2)) };
  });
  return {
    title: 'Growth: µs an answer',
    columns: [
      'what grows',
      ...(shapes[0]?.points ?? []).map(([size]) => size.toLocaleString('en')),
      'exponent',
      'of the last step',
    ],
    rows: shapes.map(({ shape, points, fitted, last }) => [
      shape,
      ...points.map(([, microseconds]) => microseconds.toFixed(1)),
      fitted.toFixed(2),
      last.toFixed(2),
    ]),
    verdicts: shapes.map(({ shape, last }) => atMost(`growth in ${shape}: linear`, BUDGET_EXPONENT, last)),
  };
}
