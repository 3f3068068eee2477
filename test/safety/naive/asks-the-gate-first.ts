/**
 * Asks the gate, and then reads the clock to sign: between the two somebody can be cut off, and what is signed is younger
 * than the revocation.
 */
export async function asksTheGateFirst(
  isCutOff: () => Promise<boolean>,
  /** Whatever happens between the two: a look-up, a key to load. */
  meanwhile: () => Promise<void>,
  nowMs: () => number,
): Promise<number | undefined> {
  if (await isCutOff()) return undefined;
  await meanwhile();
  return Math.floor(nowMs() / 1000) * 1000;
}
