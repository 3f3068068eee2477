/**
 * Node's IncomingMessage -> AuthRequest, for the hosts that speak it (node, Vercel's classic signature).
 *
 * The client controls method, target, headers and body. What the platform vouches for differs from host to host, and
 * so does who read the body: both are handed in.
 */
import type { IncomingMessage } from 'node:http';
import type { AuthRequest } from '../../core/http.ts';
import { addHeader } from './header-map.ts';
import { readCookieHeaders } from './read-cookie-header.ts';
import { readQueryOf } from './read-query-string.ts';

export function readIncomingMessage(
  req: IncomingMessage,
  body: AuthRequest['body'],
  platform: AuthRequest['platform'],
): AuthRequest {
  const headers = readRawHeaders(req.rawHeaders);
  return {
    method: req.method ?? '',
    query: readQueryOf(req.url ?? ''),
    headers,
    cookies: readCookieHeaders(headers.get('cookie')),
    body,
    platform,
  };
}

/**
 * One pass over name, value, name, value. Not Node's `headers`: it silently drops a second Authorization, and the core
 * must see it to refuse it (S15).
 */
function readRawHeaders(raw: readonly string[]): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (let i = 0; i < raw.length; i += 2) addHeader(headers, raw[i] ?? '', raw[i + 1] ?? '');
  return headers;
}
