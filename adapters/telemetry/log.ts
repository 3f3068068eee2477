/**
 * The log: one line an event, for machines (`json`) or for a person at a terminal (`pretty`).
 *
 * Prints what an AuthEvent holds and adds nothing to it; what may be in one, and what never is, is core's to say (S10).
 */
import type { AuthEvent, OnAuthEvent } from '../../index.ts';
import { jsonLine } from './json-line.ts';

export type LogFormat = 'json' | 'pretty' | 'silent';

/** `prettyLine` of pretty-line.ts, where it is at hand. */
export type PrettyLine = (event: AuthEvent) => string;

export const LOG_FORMATS: readonly LogFormat[] = ['json', 'pretty', 'silent'];

/**
 * @param print receives one line without its line break; `undefined` comes back for `silent`: no event is built then
 * @param prettyLine what `pretty` needs; without it the lines are JSON
 */
export function createLog(
  format: LogFormat,
  print: (line: string) => void,
  prettyLine?: PrettyLine,
): OnAuthEvent | undefined {
  if (format === 'silent') return undefined;
  const line = (format === 'pretty' && prettyLine) || jsonLine;
  return (event) => print(line(event));
}
