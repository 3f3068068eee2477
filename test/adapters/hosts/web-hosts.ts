/** Three hosts that speak `Request` and `Response`, with what each platform adds beside the client's own words. */
import { createFetchHandler } from '../../../adapters/fetch/handler.ts';
import { createNetlifyHandler } from '../../../adapters/netlify/handler.ts';
import { createVercelHandler } from '../../../adapters/vercel/handler.ts';
import type { NameValue } from '../../../core/http.ts';
import {
  CLIENT_IP,
  createHost,
  deepFreeze,
  type Host,
  type WireAnswer,
  type WireRequest,
} from '../support/exchange.ts';

export const VERCEL_ID = 'dub1::iad1::7xk2p-1795342272000-0a1b2c3d4e5f';
export const NETLIFY_CONTEXT = deepFreeze({ ip: CLIENT_IP, requestId: '01JD9Z3K8N7Q2R4T6V8X0Y2Z4B' });

/** Written by Vercel's proxy over whatever the client sent under these names. */
export const VERCEL_HEADERS: readonly NameValue[] = [
  ['x-forwarded-for', CLIENT_IP],
  ['x-real-ip', CLIENT_IP],
  ['x-vercel-forwarded-for', CLIENT_IP],
  ['x-vercel-id', VERCEL_ID],
];

/** `Headers` joins by itself, and `Cookie` with a semicolon where the host follows the standard. */
const JOINED = {
  repeatedHeaders: 'joined',
  repeatedQuery: 'kept',
  repeatedCookieHeaders: 'kept',
  webStandard: true,
} as const;

export const webHosts: readonly Host[] = [
  createHost({
    name: 'fetch',
    ...JOINED,
    clientIp: undefined,
    requestId: undefined,
    drive: toRequest,
    invoke: (endpoint, request) => createFetchHandler(endpoint)(request),
    read,
  }),
  createHost({
    name: 'Vercel web',
    ...JOINED,
    clientIp: CLIENT_IP,
    requestId: VERCEL_ID,
    drive: (request) => toRequest(overwritten(request, VERCEL_HEADERS)),
    invoke: (endpoint, request) => createVercelHandler(endpoint).fetch(request),
    read,
  }),
  createHost({
    name: 'Netlify',
    ...JOINED,
    clientIp: CLIENT_IP,
    requestId: NETLIFY_CONTEXT.requestId,
    drive: toRequest,
    invoke: (endpoint, request) => createNetlifyHandler(endpoint)(request, NETLIFY_CONTEXT),
    read,
  }),
];

export function overwritten(request: WireRequest, headers: readonly NameValue[]): WireRequest {
  const names = new Set(headers.map(([name]) => name));
  const kept = (request.headers ?? []).filter(([name]) => !names.has(name.toLowerCase()));
  return { ...request, headers: [...kept, ...headers] };
}

function toRequest({ method, rawQuery, headers = [], body }: WireRequest): Request {
  const url = `https://auth.example/api/ably-auth${rawQuery === undefined ? '' : `?${rawQuery}`}`;
  return new Request(url, {
    method,
    headers: headers.map(([name, value]) => [name, value] as [string, string]),
    ...(body !== undefined && { body }),
  });
}

async function read(response: Response): Promise<WireAnswer> {
  return {
    status: response.status,
    headers: new Map([...response.headers].filter(([name]) => name !== 'set-cookie')),
    setCookies: response.headers.getSetCookie(),
    body: await response.text(),
  };
}
