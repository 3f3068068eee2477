/**
 * A server of its own around the endpoint: for containers, and for AWS's Lambda Web Functions.
 *
 * The core never routes by path, so this does: the paths given are the endpoint's, everything else is 404. Reads no
 * environment and handles no signal; the program that starts it does.
 */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { AuthEndpoint } from '../../core/auth-endpoint.ts';
import type { HealthReport } from '../../core/health/health-report.ts';
import { refusal } from '../message/refusal.ts';
import { createNodeHandler } from './handler.ts';
import { writeNodeResponse } from './write-response.ts';

export interface NodeServerOptions {
  readonly endpoint: AuthEndpoint;
  /** The address to listen on. `0.0.0.0` makes it reachable from outside the machine or container. */
  readonly host: string;
  /** 0 lets the system choose; the running server says which. */
  readonly port: number;
  /**
   * Where the endpoint answers: exact paths, or a predicate over the path as the client wrote it, undecoded.
   * Default `['/api/ably-auth']`.
   */
  readonly routes?: readonly string[] | ((path: string) => boolean);
  /** What revokes, at `/api/ably-auth-revoke`. Default: nothing is there. */
  readonly revoking?: AuthEndpoint | undefined;
  /** Answers `GET /healthz`: 200, or 503 where every request would be. Default: nobody is told. */
  readonly health?: () => HealthReport;
  /** Receives every other request. Default: 404 in the shape of our errors. */
  readonly otherwise?: RequestListener;
  /** How long `close()` waits for requests under way before it cuts them off. Default 10_000 (10 seconds). */
  readonly graceMs?: number;
}

export interface RunningNodeServer {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  /** Accepts no more connections, lets requests under way finish, closes idle ones. Safe to call twice. */
  close(): Promise<void>;
}

const REVOKE_PATH = '/api/ably-auth-revoke';
/** A request that has not arrived whole by then is cut off. Ours are a few hundred bytes. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than the 60 s idle timeout of AWS load balancers, or they reuse a connection that we are closing: a 502. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** How often a closing server looks for connections that have become idle. */
const DRAIN_INTERVAL_MS = 20;
/** How long a closing server waits for the first request of a connection, which may be on its way. */
const FIRST_REQUEST_GRACE_MS = 250;

/** @throws the system's error when the address cannot be listened on */
export async function startNodeServer(options: NodeServerOptions): Promise<RunningNodeServer> {
  const { endpoint, host, port, health, graceMs = 10_000 } = options;
  const isOurs = routePredicate(options.routes ?? ['/api/ably-auth']);
  const handle = createNodeHandler(endpoint);
  const revoke = options.revoking && createNodeHandler(options.revoking);
  const otherwise = options.otherwise ?? notFound;

  // Connections that have carried no request yet, as browsers open ahead of need. Node does not count them as idle.
  const unused = new Set<Socket>();
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS },
    (req, res) => {
      unused.delete(req.socket);
      if (!server.listening) res.shouldKeepAlive = false;
      const path = pathOf(req);
      if (isOurs(path)) handle(req, res);
      else if (revoke && path === REVOKE_PATH) revoke(req, res);
      else if (health && path === '/healthz') answerHealth(health(), res);
      else otherwise(req, res);
    },
  );
  server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  await listen(server, host, port);

  const address = server.address() as AddressInfo;
  const urlHost = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  let closed: Promise<void> | undefined;
  return {
    host: address.address,
    port: address.port,
    url: `http://${urlHost}:${address.port}`,
    close: () => {
      closed ??= drain(server, unused, graceMs);
      return closed;
    },
  };
}

function routePredicate(routes: readonly string[] | ((path: string) => boolean)): (path: string) => boolean {
  if (typeof routes === 'function') return routes;
  const paths = new Set(routes);
  return (path) => paths.has(path);
}

function pathOf(req: IncomingMessage): string {
  const url = req.url ?? '';
  const mark = url.indexOf('?');
  return mark === -1 ? url : url.slice(0, mark);
}

function notFound(_req: IncomingMessage, res: ServerResponse): void {
  writeNodeResponse(refusal(404, 'Nothing is here.'), res);
}

function answerHealth(report: HealthReport, res: ServerResponse): void {
  const headers = [
    ['Content-Type', 'application/json'],
    ['Cache-Control', 'no-store'],
  ] as const;
  const status = report.status === 'ok' ? 200 : 503;
  writeNodeResponse({ status, headers, cookies: [], body: JSON.stringify(report) }, res);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function drain(server: Server, unused: ReadonlySet<Socket>, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const idle = setInterval(() => server.closeIdleConnections(), DRAIN_INTERVAL_MS);
    const early = setTimeout(() => {
      for (const socket of unused) socket.destroy();
    }, FIRST_REQUEST_GRACE_MS);
    const deadline = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearInterval(idle);
      clearTimeout(early);
      clearTimeout(deadline);
      resolve();
    });
    server.closeIdleConnections();
  });
}
