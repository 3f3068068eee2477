/**
 * A Lambda event -> AuthRequest, one reader per generation. Events are read and never written to.
 *
 * The client controls method, query, headers, cookies and body; `requestContext` is the front door's own. The maps of
 * REST and ALB events can be null or missing, whatever their types say: the console's test button sends null.
 */
import type { ALBEvent, APIGatewayProxyEvent, APIGatewayProxyEventV2, Context } from 'aws-lambda';
import type { AuthRequest, NameValue } from '../../core/http.ts';
import { carriesBody } from '../message/bounded-body.ts';
import { addHeader } from '../message/header-map.ts';
import { readCookieHeaders } from '../message/read-cookie-header.ts';
import { readQueryString } from '../message/read-query-string.ts';
import type { ClassifiedEvent } from './classify-event.ts';
import { forwardedClientIp, knownPlatform, restClaims, v2Claims } from './read-platform.ts';

type SingleMap = Readonly<Record<string, string | null | undefined>> | null | undefined;
type MultiMap = Readonly<Record<string, readonly (string | null | undefined)[] | null | undefined>> | null | undefined;

export type LambdaContext = Readonly<Pick<Context, 'awsRequestId'>> | undefined;

/** @throws TypeError on an event that only resembles its generation; nobody but a direct invocation can send one */
export function readLambdaEvent(
  classified: Exclude<ClassifiedEvent, { kind: 'unknown' }>,
  context: LambdaContext,
): AuthRequest {
  switch (classified.kind) {
    case 'http-2.0':
      return readV2(classified.event);
    case 'rest-1.0':
      return readRest(classified.event);
    case 'alb':
      return readAlb(classified.event, context);
  }
}

function readV2(event: Readonly<APIGatewayProxyEventV2>): AuthRequest {
  const { requestContext } = event;
  // A header that came twice is one value here, joined by a comma: the gateway did that, and it cannot be undone. A
  // second Authorization is therefore seen as one that verifies nowhere.
  const headers = readHeaders(event.headers, undefined);
  // The gateway moves cookies out of the headers. Emulators leave them in both places, which must not double them.
  if (event.cookies?.length) headers.set('cookie', [event.cookies.join('; ')]);
  return {
    method: requestContext.http.method,
    query: readQueryString(event.rawQueryString ?? ''),
    headers,
    cookies: readCookieHeaders(headers.get('cookie')),
    body: readBody(requestContext.http.method, event),
    platform: knownPlatform(requestContext.http.sourceIp, requestContext.requestId, v2Claims(requestContext)),
  };
}

function readRest(event: Readonly<APIGatewayProxyEvent>): AuthRequest {
  const { requestContext } = event;
  const headers = readHeaders(event.headers, event.multiValueHeaders);
  return {
    method: event.httpMethod,
    // Already decoded by the gateway: decoding again would turn a literal "%2C" into a comma.
    query: readPairs(event.queryStringParameters, event.multiValueQueryStringParameters),
    headers,
    cookies: readCookieHeaders(headers.get('cookie')),
    body: readBody(event.httpMethod, event),
    platform: knownPlatform(requestContext.identity?.sourceIp, requestContext.requestId, restClaims(requestContext)),
  };
}

function readAlb(event: Readonly<ALBEvent>, context: LambdaContext): AuthRequest {
  const headers = readHeaders(event.headers, event.multiValueHeaders);
  // Neither names nor values are decoded by the load balancer: put together again, they are the raw query string.
  const query = readPairs(event.queryStringParameters, event.multiValueQueryStringParameters);
  return {
    method: event.httpMethod,
    query: readQueryString(query.map(([name, value]) => `${name}=${value}`).join('&')),
    headers,
    cookies: readCookieHeaders(headers.get('cookie')),
    body: readBody(event.httpMethod, event),
    platform: knownPlatform(forwardedClientIp(headers), context?.awsRequestId, undefined),
  };
}

function readHeaders(single: SingleMap, multi: MultiMap): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (const [name, value] of multiPairs(multi)) addHeader(headers, name, value);
  // A few headers of an HTTP API are in the single-value map alone. What is in both must not be doubled.
  const known = new Set(headers.keys());
  for (const [name, value] of singlePairs(single)) {
    if (!known.has(name.toLowerCase())) addHeader(headers, name, value);
  }
  return headers;
}

/** The multi-value map has every value, the single-value map only the last. */
function readPairs(single: SingleMap, multi: MultiMap): NameValue[] {
  return multi ? multiPairs(multi) : singlePairs(single);
}

function multiPairs(map: MultiMap): NameValue[] {
  const pairs: NameValue[] = [];
  for (const [name, values] of Object.entries(map ?? {})) {
    for (const value of values ?? []) pairs.push([name, typeof value === 'string' ? value : '']);
  }
  return pairs;
}

function singlePairs(map: SingleMap): NameValue[] {
  const pairs: NameValue[] = [];
  for (const [name, value] of Object.entries(map ?? {})) if (typeof value === 'string') pairs.push([name, value]);
  return pairs;
}

/** HTTP APIs encode everything but text and JSON, and so every form that ably-js posts. */
function readBody(
  method: string,
  event: { readonly body?: string | null; readonly isBase64Encoded?: boolean },
): AuthRequest['body'] {
  if (!carriesBody(method) || typeof event.body !== 'string') return '';
  return event.isBase64Encoded ? Buffer.from(event.body, 'base64') : event.body;
}
