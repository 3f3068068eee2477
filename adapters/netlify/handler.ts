/**
 * The endpoint as a Netlify function, `(request, context) => Response`.
 *
 * Whoever exports it leaves `config.method` unset: Netlify does not pass on methods that are not listed, and the
 * browser's preflight would never arrive.
 */
import type { Context } from '@netlify/functions';
import type { AuthEndpoint } from '../../core/auth-endpoint.ts';
import type { AuthRequest } from '../../core/http.ts';
import { createFetchHandler } from '../fetch/handler.ts';

/**
 * As much of Netlify's context as is read; absent when a test or another host calls the function without one.
 * `clientContext` is what functions of the first generation have: there `user` holds the claims of the Netlify Identity
 * token in the Authorization header, which Netlify has verified. Current functions come without it.
 */
export type NetlifyContext =
  | (Readonly<Pick<Context, 'ip' | 'requestId'>> & { readonly clientContext?: { readonly user?: unknown } | null })
  | undefined;

export type NetlifyHandler = (request: Request, context: NetlifyContext) => Promise<Response>;

export function createNetlifyHandler(endpoint: AuthEndpoint): NetlifyHandler {
  return createFetchHandler(endpoint, { platform: readPlatform });
}

/** All are Netlify's own, and not taken from headers: X-Forwarded-For begins with whatever the client sent. */
function readPlatform(_request: Request, context: NetlifyContext): AuthRequest['platform'] {
  const { ip, requestId, clientContext } = context ?? {};
  const user = clientContext?.user;
  return {
    ...(ip && { clientIp: ip }),
    ...(requestId && { requestId }),
    ...(isClaims(user) && { verifiedClaims: user, verifiedBy: 'netlify' }),
  };
}

function isClaims(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
