/**
 * Whether a credential that the browser attached by itself may count, and whether the answer may leave one there (S14).
 *
 * Browsers write Origin and Sec-Fetch-Site; pages cannot. Never compared with Host or X-Forwarded-*: those are written
 * by whoever sends the request, or by a proxy that we do not know.
 */
import type { AuthRequest } from '../http.ts';

export function mayCountAmbient(request: AuthRequest, allowedOrigins: ReadonlySet<string>): boolean {
  const origins = request.headers.get('origin') ?? [];
  const sites = request.headers.get('sec-fetch-site') ?? [];
  if (origins.length > 1 || sites.length > 1) return false;
  const [origin] = origins;
  const [site] = sites;
  // No browser sent this: curl, or a phone with a cookie jar. There is no page that could have caused it.
  if (origin === undefined && site === undefined) return true;
  // A sandboxed frame or a redirect through a foreign site: nobody in particular, even with a site of same-origin.
  if (origin === 'null') return false;
  if (origin !== undefined && allowedOrigins.has(origin)) return true;
  if (site === 'same-origin') return true;
  // Typed into the address bar: no page made this request. No page can make a browser say so of a POST.
  return site === 'none' && origin === undefined && request.method === 'GET';
}

/** Stricter: whoever sends neither header is served, but nobody says on whose behalf a cookie would be kept. */
export function mayWriteAmbient(request: AuthRequest, allowedOrigins: ReadonlySet<string>): boolean {
  const { headers } = request;
  return (headers.has('origin') || headers.has('sec-fetch-site')) && mayCountAmbient(request, allowedOrigins);
}
