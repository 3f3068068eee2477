/** Keeps what is allowed in a plain object and looks the client's names up in it: `constructor` is always there. */

export function allowedOnes(
  allowed: Readonly<Record<string, readonly string[]>>,
  requested: Readonly<Record<string, readonly string[]>>,
): Record<string, readonly string[]> {
  const granted: Record<string, readonly string[]> = {};
  for (const [channel, operations] of Object.entries(requested)) {
    if (allowed[channel]) granted[channel] = operations;
  }
  return granted;
}
