/** Sixteen digits of Math.random, as the SDKs do it on a phone: its next values follow from its last. */

export const guessableNonce = (): string => String(Math.floor(Math.random() * 1e16)).padStart(16, '0');

/** Compares until something differs, and parses what has not been verified yet. */
export function earlyExitCompare(given: string, expected: string, onCompared: () => void): boolean {
  for (let index = 0; index < expected.length; index++) {
    onCompared();
    if (given[index] !== expected[index]) return false;
  }
  return given.length === expected.length;
}
