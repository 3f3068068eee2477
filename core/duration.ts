/**
 * Durations as people write them in a config or a setting: a whole number and its unit, `90s`, `15m`, `1h`, `1d`.
 * A bare number is refused: Ably counts in milliseconds, JWTs in seconds, and a guess would be wrong by a thousand.
 */

export type Duration = `${number}${'s' | 'm' | 'h' | 'd'}`;

const MS_PER_UNIT: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds, or `undefined` when the text is not a duration. Always a multiple of 1,000. */
export function parseDurationMs(text: string): number | undefined {
  const match = /^(\d{1,9})([smhd])$/.exec(text.trim());
  const msPerUnit = MS_PER_UNIT[match?.[2] ?? ''];
  return match && msPerUnit !== undefined ? Number(match[1]) * msPerUnit : undefined;
}
