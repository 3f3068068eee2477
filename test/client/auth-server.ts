/**
 * A server on loopback that answers as a test says: for what our endpoint never answers (pages of a captive portal,
 * redirects, silence), and to see exactly what the client sends. Where the endpoint itself can run, tests use that.
 */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** Query and form together. */
  readonly fields: URLSearchParams;
  readonly inQuery: boolean;
}

export interface AuthServer {
  readonly url: string;
  readonly seen: readonly SeenRequest[];
  /** The most requests that were open at the same time. */
  mostAtOnce(): number;
  close(): Promise<void>;
}

export type Answering = (request: SeenRequest, response: ServerResponse, count: number) => void;

export async function startAuthServer(answer: Answering): Promise<AuthServer> {
  const seen: SeenRequest[] = [];
  let open = 0;
  let most = 0;
  const server = createServer(async (req, res) => {
    open += 1;
    most = Math.max(most, open);
    res.on('close', () => {
      open -= 1;
    });
    let body = '';
    for await (const chunk of req.setEncoding('utf8')) body += chunk;
    const query = new URL(req.url ?? '/', 'http://local').search.slice(1);
    const fields = new URLSearchParams([query, body].filter((part) => part !== '').join('&'));
    const request = { method: req.method ?? '', headers: req.headers, fields, inQuery: query !== '' };
    seen.push(request);
    answer(request, res, seen.length);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/ably-auth`,
    seen,
    mostAtOnce: () => most,
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

/** A TokenRequest by its shape; a number of its own makes each one known again. */
export function tokenRequest(count: number): string {
  return JSON.stringify({ keyName: 'app.key', nonce: `nonce-${count}`, timestamp: 1, ttl: 60_000, mac: 'mac' });
}

export function giveToken(
  response: ServerResponse,
  count: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(200, { 'Content-Type': 'application/json', ...headers }).end(tokenRequest(count));
}
