/**
 * AuthResponse -> `Response`. Each Set-Cookie is appended as a header of its own: joined, their dates' commas would
 * tear them apart.
 */
import type { AuthResponse } from '../../core/http.ts';

export function writeFetchResponse(response: AuthResponse): Response {
  const headers = new Headers();
  for (const [name, value] of response.headers) headers.append(name, value);
  for (const cookie of response.cookies) headers.append('Set-Cookie', cookie);
  // Even an empty string is a body to `Response`, and a 204 may have none.
  return new Response(response.status === 204 ? null : response.body, { status: response.status, headers });
}
