/**
 * Reads the body of a Node IncomingMessage, bounded while it streams.
 *
 * After `MAX_BODY_BYTES` + 1 bytes reading pauses, which slows the sender down; the core refuses the body for its
 * length, and what becomes of the rest is the host's decision. A body that a framework consumed before us is taken
 * from where that framework put it (consumed-body.ts).
 */
import type { IncomingMessage } from 'node:http';
import { MAX_BODY_BYTES } from '../../core/limits.ts';
import { joinChunks } from './bounded-body.ts';
import { readConsumedBody } from './consumed-body.ts';

/** Undefined when the client went away before the end: there is nobody left to answer. Never rejects. */
export function readIncomingBody(req: IncomingMessage): Promise<Uint8Array | string | undefined> {
  if (!declaresBody(req)) return Promise.resolve('');
  if (req.readableEnded) return Promise.resolve(readConsumedBody(req));
  if (req.destroyed) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    const settle = (body: Uint8Array | undefined): void => {
      req.off('data', onData).off('end', onEnd).off('close', onGone).off('error', onGone);
      resolve(body);
    };
    const onData = (chunk: Uint8Array): void => {
      chunks.push(chunk);
      length += chunk.length;
      if (length <= MAX_BODY_BYTES) return;
      req.pause();
      settle(joinChunks(chunks, length));
    };
    const onEnd = (): void => settle(joinChunks(chunks, length));
    const onGone = (): void => settle(undefined);
    req.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone);
  });
}

/** RFC 9112, 6.3: a request has a body only when one of the two headers says so. */
function declaresBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}
