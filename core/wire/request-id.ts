/**
 * The id that joins an answer to its log line: the platform's own when it has one that is safe to repeat, else ours.
 */
import { randomUUID } from 'node:crypto';
import type { AuthRequest } from '../http.ts';

export function requestIdOf(request: AuthRequest): string {
  const given = request.platform.requestId;
  // Behind an unknown proxy even the platform's header may have been written by the client.
  return given !== undefined && /^[\x21-\x7e]{1,128}$/.test(given) ? given : randomUUID();
}
