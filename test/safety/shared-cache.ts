/**
 * A shared cache as CDNs are: it keeps what it may and gives it to the next one who asks. It reads its own header, then
 * the one for all CDNs (RFC 9213), then Cache-Control, which a project's own rules may have replaced.
 */
import type { AuthRequest, AuthResponse } from '../../index.ts';

export type Origin = (request: AuthRequest) => Promise<AuthResponse>;

export interface SharedCache {
  readonly ownHeader?: string;
  /** What a rule for `/api/*` writes into Cache-Control, whatever the function said. */
  readonly rewritesCacheControl?: string;
}

export function behindCache(origin: Origin, { ownHeader, rewritesCacheControl }: SharedCache = {}): Origin {
  const kept = new Map<string, AuthResponse>();
  return async (request) => {
    // Cookies are no part of the key: that is what makes it a shared cache.
    const key = `${request.method} ${JSON.stringify(request.query)} ${request.headers.get('origin') ?? ''}`;
    const hit = kept.get(key);
    if (hit) return hit;
    const response = await origin(request);
    const values = new Map(response.headers.map(([name, value]) => [name.toLowerCase(), value]));
    if (rewritesCacheControl) values.set('cache-control', rewritesCacheControl);
    const names = [ownHeader?.toLowerCase() ?? '', 'cdn-cache-control', 'cache-control'];
    const deciding = names.map((name) => values.get(name)).find((value) => value !== undefined) ?? '';
    const mayKeep = !/no-store|private|no-cache|max-age=0/.test(deciding);
    if (request.method === 'GET' && mayKeep) kept.set(key, response);
    return response;
  };
}
