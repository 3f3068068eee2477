/**
 * What every host agrees on about request bodies: which requests have one, and that reading stops at one byte more
 * than the core accepts. That it is then refused, and how, is the core's decision (S15).
 */
import { MAX_BODY_BYTES } from '../../core/limits.ts';

/** A body sent with these has no meaning here; ALB sends an empty one with every GET. */
export function carriesBody(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
}

/** At most `MAX_BODY_BYTES` + 1 bytes of the chunks; `length` is the sum of theirs. */
export function joinChunks(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = chunks;
  if (chunks.length === 1 && first !== undefined) return first.subarray(0, MAX_BODY_BYTES + 1);
  const body = new Uint8Array(Math.min(length, MAX_BODY_BYTES + 1));
  let offset = 0;
  for (const chunk of chunks) {
    const part = chunk.subarray(0, body.length - offset);
    body.set(part, offset);
    offset += part.length;
  }
  return body;
}

/**
 * Stands for a body that was sent but that nobody can give back: a broken stream, or one that the framework around
 * us consumed. Too long on purpose, so that the core refuses the request instead of answering as if it were empty.
 */
export function unreadableBody(): Uint8Array {
  return new Uint8Array(MAX_BODY_BYTES + 1);
}
