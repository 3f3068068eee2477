/**
 * AuthResponse -> the ServerResponse of a framework, on which others may have set headers before us: theirs stay, unless
 * we set the same. Uses nothing of Vercel's helpers; `res.send` would add a charset and an ETag.
 */
import type { ServerResponse } from 'node:http';
import type { AuthResponse } from '../../core/http.ts';

export function writeClassicResponse({ status, headers, cookies, body }: AuthResponse, res: ServerResponse): void {
  res.statusCode = status;
  const ours = new Set<string>();
  for (const [name, value] of headers) {
    if (ours.has(name.toLowerCase())) res.appendHeader(name, value);
    else res.setHeader(name, value);
    ours.add(name.toLowerCase());
  }
  for (const cookie of cookies) res.appendHeader('Set-Cookie', cookie);
  if (status === 204) res.end();
  else res.setHeader('Content-Length', Buffer.byteLength(body)).end(body);
}
