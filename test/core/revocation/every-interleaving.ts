/**
 * Runs concurrent tasks in every order in which their steps can follow each other. A step is a moment at which the
 * outside sees or does something (a store reads, Ably records); between two steps of its own a task is alone.
 */

/** Runs `effect` when the schedule says so. */
export type Step = <Result>(effect: () => Result) => Promise<Result>;

export interface Play {
  readonly tasks: readonly Promise<unknown>[];
  /** Called when all have ended; throws when what came of it must not be. */
  readonly check: () => void;
}

/** @returns how many orders there were */
export async function everyInterleaving(start: (step: Step) => Play): Promise<number> {
  let choices: number[] = [];
  for (let orders = 1; ; orders += 1) {
    const widths = await play(start, choices);
    // The next schedule: the last choice that has another way to go takes it.
    let last = widths.length - 1;
    while (last >= 0 && (choices[last] ?? 0) + 1 >= (widths[last] ?? 0)) last -= 1;
    if (last < 0) return orders;
    choices = widths.slice(0, last + 1).map((_, at) => choices[at] ?? 0);
    choices[last] = (choices[last] ?? 0) + 1;
  }
}

/** @returns how many ways there were to go at each moment */
async function play(start: (step: Step) => Play, choices: readonly number[]): Promise<readonly number[]> {
  const waiting: (() => void)[] = [];
  const step: Step = (effect) =>
    new Promise((resolve, reject) => {
      waiting.push(() => {
        try {
          resolve(effect());
        } catch (error) {
          reject(error);
        }
      });
    });
  const { tasks, check } = start(step);
  let running = tasks.length;
  for (const task of tasks) {
    const end = (): void => {
      running -= 1;
    };
    task.then(end, end);
  }
  const widths: number[] = [];
  while (running > 0) {
    await untilQuiet(waiting, () => running);
    if (running === 0) break;
    const [go] = waiting.splice(choices[widths.length] ?? 0, 1);
    widths.push(waiting.length + 1);
    go?.();
  }
  await Promise.allSettled(tasks);
  check();
  return widths;
}

/** Every task that has not ended waits for a step; one may wait for several. */
async function untilQuiet(waiting: readonly unknown[], running: () => number): Promise<void> {
  for (let quiet = 0; quiet < 2; ) {
    const before = waiting.length;
    await new Promise((resolve) => setImmediate(resolve));
    quiet = waiting.length === before && waiting.length >= Math.min(running(), 1) ? quiet + 1 : 0;
  }
}
