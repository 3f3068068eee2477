/** How long somebody else's work is waited for. What it means to be late is for the caller to say. */

/**
 * @param late made only when the time is up: what it says may depend on how far the work has come
 * @throws what `work` throws, or what `late` makes; the work itself goes on, and a caller that can stop it does so
 */
export async function withinDeadline<Result>(
  deadlineMs: number,
  work: () => Result | Promise<Result>,
  late: () => Error,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), deadlineMs);
  });
  try {
    return await Promise.race([work(), timeUp]);
  } finally {
    clearTimeout(timer);
  }
}
