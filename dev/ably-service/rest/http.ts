/**
 * HTTP in and out: body formats, CORS, the envelope that browsers ask for, and errors with Ably's headers.
 *
 * Knows no route and no right. CORS is open: ably-js in a browser sets `withCredentials` on each request that carries
 * an Authorization header, and then `*` is not accepted, so the Origin is echoed; this service has no cookies to guard.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AblyError, badRequest } from '../errors.ts';
import { decodeValue, encodeValue, type Format } from '../wire.ts';

/** Of a request body; Ably's own limit for messages is 64 KiB, tokens and revocations are far smaller. */
const MAX_BODY_BYTES = 1024 * 1024;

export interface RestRequest {
  readonly method: string;
  /** Path segments, decoded. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  header(name: string): string | undefined;
  /** The parsed body: JSON, msgpack or a form; undefined when empty. */
  readonly body: unknown;
}

export interface RestResponse {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function readRequest(incoming: IncomingMessage): Promise<RestRequest> {
  const url = requestUrl(incoming);
  const header = (name: string): string | undefined => {
    const value = incoming.headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  return {
    method: incoming.method ?? 'GET',
    path: decodePath(url.pathname),
    query: url.searchParams,
    header,
    body: parseBody(await readBytes(incoming), header('content-type') ?? ''),
  };
}

/** The request target is written by the client and need not be a URL; what is none becomes the root, which is 404. */
export function requestUrl(incoming: IncomingMessage): URL {
  const text = `http://service.invalid${incoming.url ?? '/'}`;
  return new URL(URL.canParse(text) ? text : 'http://service.invalid/');
}

function decodePath(pathname: string): string[] {
  try {
    return pathname.split('/').slice(1).map(decodeURIComponent);
  } catch {
    throw badRequest('the path is not valid percent-encoding');
  }
}

async function readBytes(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw badRequest('the body is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseBody(bytes: Buffer, contentType: string): unknown {
  if (bytes.length === 0) return undefined;
  if (contentType.startsWith('application/x-www-form-urlencoded')) {
    return Object.fromEntries(new URLSearchParams(bytes.toString('utf8')));
  }
  return decodeValue(contentType.startsWith('application/x-msgpack') ? 'msgpack' : 'json', bytes);
}

export function corsHeaders(incoming: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {
    'Access-Control-Allow-Origin': incoming.headers.origin ?? '*',
    'Access-Control-Expose-Headers': 'Link, X-Ably-ErrorCode, X-Ably-ErrorMessage',
    Vary: 'Origin',
  };
  if (incoming.headers.origin !== undefined) headers['Access-Control-Allow-Credentials'] = 'true';
  if (incoming.method === 'OPTIONS') {
    headers['Access-Control-Allow-Methods'] = 'GET, POST, OPTIONS';
    headers['Access-Control-Allow-Headers'] = String(incoming.headers['access-control-request-headers'] ?? '*');
    headers['Access-Control-Max-Age'] = '600';
  }
  return headers;
}

export function errorResponse(error: AblyError): RestResponse {
  return {
    status: error.statusCode,
    body: { error: error.toErrorInfo() },
    headers: {
      'X-Ably-ErrorCode': String(error.code),
      // Messages may quote what a client sent; a header value must stay ASCII without line breaks.
      'X-Ably-ErrorMessage': error.message.replace(/[^\x20-\x7e]/g, '?'),
    },
  };
}

export function writeResponse(incoming: IncomingMessage, outgoing: ServerResponse, response: RestResponse): void {
  const url = requestUrl(incoming);
  const format = responseFormat(incoming, url);
  // Browsers cannot read the Link header of every answer, so ably-js asks there for status and headers in the body.
  const enveloped = url.searchParams.has('envelope');
  const body = enveloped
    ? { statusCode: response.status, headers: response.headers ?? {}, response: response.body }
    : response.body;
  outgoing.writeHead(enveloped ? 200 : response.status, {
    ...corsHeaders(incoming),
    ...response.headers,
    'Cache-Control': 'no-store',
    // Exactly this, without a charset: ably-js in Node recognises an error body by it.
    ...(body === undefined ? {} : { 'Content-Type': format === 'json' ? 'application/json' : 'application/x-msgpack' }),
  });
  outgoing.end(body === undefined ? undefined : encodeValue(format, body));
}

function responseFormat(incoming: IncomingMessage, url: URL): Format {
  const asked = url.searchParams.get('envelope') ?? url.searchParams.get('format') ?? incoming.headers.accept ?? '';
  return asked.includes('msgpack') ? 'msgpack' : 'json';
}
