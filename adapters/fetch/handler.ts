/**
 * The endpoint for any host that turns a `Request` into a `Response`: Next.js route handlers, Hono, Bun, Deno,
 * Cloudflare Workers. Decides nothing.
 */
import type { AuthEndpoint } from '../../core/auth-endpoint.ts';
import type { AuthRequest } from '../../core/http.ts';
import { readFetchRequest } from './read-request.ts';
import { writeFetchResponse } from './write-response.ts';

export interface FetchHandlerOptions<Args extends unknown[]> {
  /**
   * What the host itself vouches for; it receives whatever the host passes beside the request (Deno's connection
   * info, a Workers context). Default: nothing, because a `Request` alone holds only what the client wrote. Never
   * fill it from a header that the host does not overwrite.
   */
  readonly platform?: (request: Request, ...args: Args) => AuthRequest['platform'];
}

export function createFetchHandler<Args extends unknown[] = []>(
  endpoint: AuthEndpoint,
  options: FetchHandlerOptions<Args> = {},
): (request: Request, ...args: Args) => Promise<Response> {
  const { platform } = options;
  return async (request, ...args) => {
    const known = platform === undefined ? {} : platform(request, ...args);
    return writeFetchResponse(await endpoint.handle(await readFetchRequest(request, known)));
  };
}
