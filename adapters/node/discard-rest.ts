/**
 * What becomes of an upload that nobody waits for any more: the answer is out, bytes still arrive.
 *
 * A little of it is read and thrown away, because a connection closed over unread data is reset, and a reset can
 * overtake the answer. Beyond that the client is not worth the bandwidth, and the connection ends.
 */
import type { IncomingMessage } from 'node:http';

/** As much as sixteen bodies of the largest size we accept: what a mistake looks like, not an attack. */
export const MAX_DISCARDED_BYTES = 1024 * 1024;

export function discardRest(req: IncomingMessage): void {
  let leftBytes = MAX_DISCARDED_BYTES;
  req.on('data', (chunk: Uint8Array) => {
    leftBytes -= chunk.length;
    if (leftBytes < 0) req.destroy();
  });
  req.resume();
}
