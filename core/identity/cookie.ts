/**
 * How cookies of ours are named and written, and how one is found in a request.
 *
 * `__Host-` binds a cookie to exactly this host over TLS, so that no subdomain can plant one (RFC 6265bis, 4.1.3).
 * The local server speaks plain HTTP and has names of its own; neither side ever reads the other's.
 */
import type { AuthRequest } from '../http.ts';

export type CookiePurpose = 'session' | 'guest' | 'grant';

export function cookieName(purpose: CookiePurpose, secureCookies: boolean): string {
  return secureCookies ? `__Host-ably-auth-${purpose}` : `ably-auth-${purpose}-dev`;
}

/** Every value the request has under this name. More than one means that somebody planted one: refuse (S15). */
export function cookieValues(request: AuthRequest, name: string): readonly string[] {
  const values: string[] = [];
  for (const [cookie, value] of request.cookies) if (cookie === name) values.push(value);
  return values;
}

/** A Set-Cookie value. `maxAgeSeconds: 0` clears. Lax: sent on a link to the site, not on another site's requests. */
export function writeCookie(name: string, value: string, maxAgeSeconds: number): string {
  const secure = name.startsWith('__Host-') ? '; Secure' : '';
  return `${name}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${secure}`;
}

export function clearCookie(name: string): string {
  return writeCookie(name, '', 0);
}
