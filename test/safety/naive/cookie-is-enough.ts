/** Whoever sends the cookie is the user. That another site may have made the browser send it is not considered. */
import type { AuthRequest } from '../../../index.ts';

export const cookieIsEnough = (request: AuthRequest): boolean =>
  request.cookies.some(([name]) => name === '__Host-ably-auth-session');

/** Compares the Origin with the Host: after DNS rebinding both are the attacker's. */
export function originIsHost(request: AuthRequest): boolean {
  const origin = request.headers.get('origin')?.[0];
  const host = request.headers.get('x-forwarded-host')?.[0] ?? request.headers.get('host')?.[0];
  return cookieIsEnough(request) && (origin === undefined || new URL(origin).host === host);
}

/** Reads the cookie to see whose request it refuses: the attacker's bytes reach the parser all the same. */
export function parsesBeforeItRefuses(request: AuthRequest, parse: (value: string) => void): boolean {
  for (const [, value] of request.cookies) parse(value);
  return request.headers.get('sec-fetch-site')?.[0] === 'same-origin';
}
