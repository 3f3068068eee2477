/**
 * The log: one line an event, for machines (`json`) or for a person at a terminal (`pretty`).
 *
 * Prints what an AuthEvent holds and adds nothing to it; what may be in one, and what never is, is core's to say (S10).
 */
import type { AuthEvent, OnAuthEvent } from '../../index.ts';
import { jsonLine } from './json-line.ts';

export type LogFormat = 'json' | 'pretty' | 'silent';

export type WriteLine = (event: AuthEvent) => string;

export const LOG_FORMATS: readonly LogFormat[] = ['json', 'pretty', 'silent'];

/**
 * @param print receives one line without its line break; `undefined` comes back for `silent`: no event is built then
 * @param prettyLine of pretty-line.ts, which `pretty` needs; without it the lines are JSON
 * @param json how those are written: plain, or with metrics in them, as emf-line.ts does
 */
export function createLog(
  format: LogFormat,
  print: (line: string) => void,
  prettyLine?: WriteLine,
  json: WriteLine = jsonLine,
): OnAuthEvent | undefined {
  if (format === 'silent') return undefined;
  const line = (format === 'pretty' && prettyLine) || json;
  return (event) => print(line(event));
}
