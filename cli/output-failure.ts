/**
 * What becomes of a command whose output can no longer be written. A reader who has seen enough (`| head`) is no failure:
 * what was begun is brought to its end, and its exit code counts. Output that is lost for another reason, a full disk, is
 * said once and is exit code 2. Without a listener Node would end the process with a stack, in the middle of what it does.
 */

import { systemRefusal } from './system-error.ts';
import type { Streams } from './terminal.ts';

/** Settles when standard output takes nothing any more. */
export function whenAbandoned({ stdout, stderr }: Pick<Streams, 'stdout' | 'stderr'>): Promise<void> {
  return new Promise((settle) => {
    stdout.once('error', (error) => {
      settle();
      if (isLost(error)) stderr.write(`Standard output cannot be written: ${systemRefusal(error) ?? 'it failed'}.\n`);
    });
    stderr.once('error', isLost);
    // What is written afterwards fails as well.
    for (const stream of [stdout, stderr]) stream.on('error', () => {});
  });
}

function isLost(error: Error): boolean {
  if ((error as { readonly code?: unknown }).code === 'EPIPE') return false;
  process.once('exit', () => {
    process.exitCode = 2;
  });
  return true;
}
