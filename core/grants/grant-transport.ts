/**
 * How a signed grant travels: in a cookie for pages of our own site, in the header `X-Ably-Auth-Grant` for phones and for
 * pages of another site. Decides where it is read from and where the next one is to be kept; what is in it, and whether
 * it counts, is not known here.
 *
 * A cookie counts, and is written, only where no other site can have caused the request (S14); elsewhere it is as if it
 * were not there, since a grant is no credential and its absence refuses nobody.
 */
import { AuthFailure } from '../errors.ts';
import type { AuthRequest } from '../http.ts';
import { mayCountAmbient, mayWriteAmbient } from '../identity/ambient.ts';
import { clearCookie, cookieName, cookieValues, writeCookie } from '../identity/cookie.ts';
import type { Remember } from '../identity/identity.ts';

export const GRANT_HEADER = 'X-Ably-Auth-Grant';

/** What a client sends in the header that has none yet, and is told to send when it is to hold none. */
const NO_GRANT = 'new';

export interface GrantTransport {
  /** As it was sent; `undefined` when there is none. */
  readonly shown: string | undefined;
  /** @param sealed the one to hold from now on; `undefined`: none */
  keep(sealed: string | undefined, lifetimeSeconds: number): Remember;
}

/** @throws AuthFailure `bad-credential` (401) for one that is there twice (S15); the cookie is cleared by that answer */
export function openTransport(
  request: AuthRequest,
  { secureCookies, allowedOrigins }: { readonly secureCookies: boolean; readonly allowedOrigins: ReadonlySet<string> },
): GrantTransport {
  const inHeader: GrantTransport['keep'] = (sealed) => ({ headers: [[GRANT_HEADER, sealed ?? NO_GRANT]] });
  const [header, ...others] = (request.headers.get('x-ably-auth-grant') ?? []).filter((value) => value.trim() !== '');
  if (others.length > 0) throw new AuthFailure('bad-credential', 'the grant header was sent twice');
  if (header !== undefined) return { shown: header.trim() === NO_GRANT ? undefined : header.trim(), keep: inHeader };

  const name = cookieName('grant', secureCookies);
  const [shown, ...more] = mayCountAmbient(request, allowedOrigins) ? cookieValues(request, name) : [];
  if (more.length > 0)
    throw new AuthFailure('bad-credential', 'the grant cookie was sent twice', { clearCookies: [name] });
  return {
    shown,
    keep(sealed, lifetimeSeconds) {
      if (sealed === shown) return {};
      if (mayWriteAmbient(request, allowedOrigins) && request.headers.get('sec-fetch-site')?.[0] !== 'cross-site') {
        return { cookies: [sealed === undefined ? clearCookie(name) : writeCookie(name, sealed, lifetimeSeconds)] };
      }
      // A browser would drop a cookie of ours here, or nobody says whose page asked. Whoever can reads the header.
      return shown === undefined ? inHeader(sealed, lifetimeSeconds) : {};
    },
  };
}
