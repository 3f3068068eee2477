/**
 * What Vercel's proxy vouches for, in headers that it writes over whatever the client sent.
 *
 * True on Vercel only. Anywhere else the client writes these headers itself: mount adapters/fetch or adapters/node
 * there. (https://vercel.com/docs/headers/request-headers)
 */
import type { AuthRequest } from '../../core/http.ts';

/** @param header one header's value, several joined by commas as both `Headers` and Node do it */
export function readVercelPlatform(header: (name: string) => string | null | undefined): AuthRequest['platform'] {
  // Unlike X-Forwarded-For and X-Real-IP, the first is not replaced by what a proxy in front of Vercel claims. Were
  // any of them ever a list, its last element would be the one that Vercel added.
  const forwarded = header('x-vercel-forwarded-for') || header('x-real-ip');
  const clientIp = forwarded?.split(',').at(-1)?.trim();
  const requestId = header('x-vercel-id');
  return { ...(clientIp && { clientIp }), ...(requestId && { requestId }) };
}
