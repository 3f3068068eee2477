/**
 * Hosts that are handed Node's own request and response, driven over a real socket, byte by byte: no HTTP client
 * stands in between to tidy up what is sent.
 */
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createNodeHandler } from '../../../adapters/node/handler.ts';
import { createVercelClassicHandler } from '../../../adapters/vercel/classic-handler.ts';
import type { AuthEndpoint } from '../../../core/auth-endpoint.ts';
import { createHost, type Host, type HostTraits, type WireAnswer, type WireRequest } from '../support/exchange.ts';
import { sendRaw } from '../support/raw-socket.ts';
import { overwritten, VERCEL_HEADERS, VERCEL_ID } from './web-hosts.ts';

const EVERYTHING = { repeatedHeaders: 'kept', repeatedQuery: 'kept', repeatedCookieHeaders: 'kept' } as const;
const NODE_TRAITS: HostTraits = { ...EVERYTHING, clientIp: '127.0.0.1', requestId: undefined };
const VERCEL_TRAITS: HostTraits = { ...EVERYTHING, clientIp: '203.0.113.7', requestId: VERCEL_ID };

export const socketHosts: readonly Host[] = [
  socketHost('Node', NODE_TRAITS, (request) => request, createNodeHandler),
  socketHost('Vercel classic', VERCEL_TRAITS, onVercel, createVercelClassicHandler),
  socketHost('Vercel classic, body read', VERCEL_TRAITS, onVercel, (endpoint) => {
    const handle = createVercelClassicHandler(endpoint);
    return async (req, res) => handle(await withHelpers(req), res);
  }),
];

function socketHost(
  name: string,
  traits: HostTraits,
  drive: (request: WireRequest) => WireRequest,
  listener: (endpoint: AuthEndpoint) => RequestListener,
): Host {
  return createHost({
    name,
    ...traits,
    drive,
    invoke: (endpoint, request) => serveOnce(listener(endpoint), request),
    read: (answer) => answer,
  });
}

function onVercel(request: WireRequest): WireRequest {
  return overwritten(request, VERCEL_HEADERS);
}

async function serveOnce(listener: RequestListener, request: WireRequest): Promise<WireAnswer> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    return await sendRaw((server.address() as AddressInfo).port, request);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/**
 * What Vercel's runtime does before a classic function when its helpers are on: the stream is read to its end, a copy
 * takes its place behind `read` and the `data` and `end` events, and `body` parses on first use.
 */
async function withHelpers(req: IncomingMessage): Promise<IncomingMessage> {
  if (req.headers['content-type'] === undefined) return req;
  const bytes = await buffer(req);
  const copy = new PassThrough();
  const original = req.on.bind(req);
  req.read = copy.read.bind(copy);
  req.on = ((name: string, listener: (...args: unknown[]) => void) =>
    name === 'data' || name === 'end' ? copy.on(name, listener) : original(name, listener)) as typeof req.on;
  copy.end(bytes);
  return req;
}
