/**
 * A line of the log on standard output, as it is. Lambda's own `console.log` writes its time and request id before a line,
 * or with JSON logs puts it as text into an object of its own; either way no metric filter could read what is in it.
 *
 * Returns when the line is out: a frozen function does not finish it later. After one `console.log` in the process Node has
 * made the pipe non-blocking, which then takes a part of a line, or none, when its reader is behind. A reader that is slow
 * is waited for, at most two seconds a line; one that has stopped, once: a log that nobody reads loses lines and holds up no
 * callers.
 */
import { writeSync } from 'node:fs';

const STDOUT = 1;
const PAUSE_MS = 2;
const WAITS_AT_MOST_MS = 2_000;

/** What is still to come of a line that has begun. It goes out before the next one, or neither could be read. */
let unfinished: Uint8Array | undefined;
/** The reader was waited for in vain, and no line has gone out since. */
let isStuck = false;

export function printLine(line: string): void {
  if (unfinished) unfinished = writeAll(unfinished);
  if (unfinished) return;
  const whole = Buffer.from(`${line}\n`);
  const rest = writeAll(whole);
  if (rest && rest.length < whole.length) unfinished = rest;
}

/** Gives back what was not taken. */
function writeAll(bytes: Uint8Array): Uint8Array | undefined {
  let rest = bytes;
  const untilMs = isStuck ? 0 : performance.now() + WAITS_AT_MOST_MS;
  for (;;) {
    rest = rest.subarray(writeSome(rest));
    isStuck = rest.length > 0;
    if (!isStuck) return undefined;
    if (performance.now() >= untilMs) return rest;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  }
}

function writeSome(bytes: Uint8Array): number {
  try {
    return writeSync(STDOUT, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
    throw error;
  }
}
