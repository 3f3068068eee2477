/**
 * AuthResponse -> Node's ServerResponse, in one write.
 *
 * A flat list of headers and a known length let Node send head and body together, without building a header map.
 */
import type { ServerResponse } from 'node:http';
import type { AuthResponse } from '../../core/http.ts';

/** @throws ERR_INVALID_CHAR before anything is sent, when a header holds what HTTP does not allow */
export function writeNodeResponse(response: AuthResponse, res: ServerResponse): void {
  const { status, headers, cookies, body } = response;
  const raw: string[] = [];
  for (const [name, value] of headers) raw.push(name, value);
  for (const cookie of cookies) raw.push('Set-Cookie', cookie);
  // RFC 9110, 8.6: a 204 has no Content-Length. To HEAD Node sends the head alone.
  if (status !== 204) raw.push('Content-Length', String(Buffer.byteLength(body)));
  res.writeHead(status, raw);
  if (status === 204) res.end();
  else res.end(body);
}
