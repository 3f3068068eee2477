/** Logs the request and the error, so that the log has whatever one may need. */
import type { AuthRequest } from '../../../index.ts';

export function logsEverything(log: (line: string) => void) {
  return (request: AuthRequest, handle: (request: AuthRequest) => void): void => {
    log(`request ${JSON.stringify({ ...request, headers: [...request.headers] })}`);
    try {
      handle(request);
    } catch (error) {
      log(`failed: ${error instanceof Error ? error.stack : error}`);
    }
  };
}
