/**
 * A line of the log on standard output, as it is. Lambda's own `console.log` writes its time and request id before a line,
 * or with JSON logs puts it as text into an object of its own; either way no metric filter could read what is in it.
 *
 * Written with one call that returns when the line is out: a frozen function does not finish it later.
 */
import { writeSync } from 'node:fs';

const STDOUT = 1;

export function printLine(line: string): void {
  writeSync(STDOUT, `${line}\n`);
}
