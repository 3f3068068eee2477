/**
 * `Request` -> AuthRequest, for every host that speaks the web's own types.
 *
 * The client controls URL, headers and body. `Headers` has joined what came twice by then, with ", ": a second
 * Authorization is seen as one value that verifies nowhere. What the platform vouches for is handed in.
 */
import type { AuthRequest } from '../../core/http.ts';
import { MAX_BODY_BYTES } from '../../core/limits.ts';
import { carriesBody, joinChunks, unreadableBody } from '../message/bounded-body.ts';
import { addHeader } from '../message/header-map.ts';
import { readCookieHeaders } from '../message/read-cookie-header.ts';
import { readQueryOf } from '../message/read-query-string.ts';

/** Consumes the body. Never rejects: a stream that breaks, or that was read before, is a body the core refuses. */
export async function readFetchRequest(request: Request, platform: AuthRequest['platform']): Promise<AuthRequest> {
  const headers = new Map<string, string[]>();
  for (const [name, value] of request.headers) addHeader(headers, name, value);
  return {
    method: request.method,
    query: readQueryOf(request.url),
    headers,
    cookies: readCookieHeaders(headers.get('cookie')),
    body: carriesBody(request.method) ? await readBody(request) : '',
    platform,
  };
}

async function readBody(request: Request): Promise<Uint8Array | string> {
  if (request.body === null) return '';
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    const reader = request.body.getReader();
    while (length <= MAX_BODY_BYTES) {
      const { done, value } = await reader.read();
      if (done) return joinChunks(chunks, length);
      chunks.push(value);
      length += value.length;
    }
    // Left unread and not cancelled: Vercel's launcher goes on feeding a stream that was cancelled, and dies of it.
    reader.releaseLock();
    return joinChunks(chunks, length);
  } catch {
    return unreadableBody();
  }
}
