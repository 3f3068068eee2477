/** Whatever goes wrong on the way to a token, the caller is not allowed one. */

export async function statusOf(issue: () => Promise<unknown>): Promise<200 | 403> {
  try {
    await issue();
    return 200;
  } catch {
    return 403;
  }
}
