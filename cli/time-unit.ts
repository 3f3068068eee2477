/** Whether a time since 1970 counts seconds or milliseconds: both are met where the other belongs. */

/** In milliseconds the year 1973, in seconds one beyond 5000. */
const LEAST_MS = 100_000_000_000;

export function countsSeconds(time: number): boolean {
  return time < LEAST_MS;
}
