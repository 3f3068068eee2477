/**
 * The endpoint as a Vercel function in the Web-standard form, `export default { fetch }`.
 *
 * Not one export per method: Vercel would then answer other methods itself, without our headers.
 */
import type { AuthEndpoint } from '../../core/auth-endpoint.ts';
import { createFetchHandler } from '../fetch/handler.ts';
import { readVercelPlatform } from './read-platform.ts';

export interface VercelHandler {
  readonly fetch: (request: Request) => Promise<Response>;
}

export function createVercelHandler(endpoint: AuthEndpoint): VercelHandler {
  return {
    fetch: createFetchHandler(endpoint, {
      platform: ({ headers }: Request) => readVercelPlatform((name) => headers.get(name)),
    }),
  };
}
