/**
 * The events of Lambda's front doors, each made from a recorded one as its gateway would make it, never a mixture.
 *
 * In hostile mode names are upper-cased, a repeated name comes in two spellings, and empty maps are null: all of which
 * gateways, consoles and emulators have been seen to do.
 */
import type { NameValue } from '../../../core/http.ts';
import albMulti from '../fixtures/alb-multi.json' with { type: 'json' };
import albSingle from '../fixtures/alb-single.json' with { type: 'json' };
import { CLIENT_IP, type WireRequest } from '../support/exchange.ts';
import { lastMap, lowerCased, mapValues, multiMap } from '../support/header-lines.ts';

type Json = Readonly<Record<string, unknown>>;

interface RecordedV2 {
  readonly headers: Readonly<Record<string, string>>;
  readonly requestContext: { readonly http: Json };
}

interface RecordedRest {
  readonly headers: Readonly<Record<string, string>>;
  readonly requestContext: Json;
}

export function driveV2(recorded: RecordedV2, request: WireRequest, hostile: boolean): Json {
  const lines = lowerCased(appendForwarded(request.headers ?? []));
  const cookies = lines.filter(([name]) => name === 'cookie').flatMap(([, value]) => value.split('; '));
  const sent = mapValues(multiMap(lines.filter(([name]) => name !== 'cookie')), (values) => values.join(','));
  const query = multiMap([...new URLSearchParams(request.rawQuery ?? '')]);
  const { requestContext } = recorded;
  return {
    ...recorded,
    rawQueryString: request.rawQuery ?? '',
    ...(cookies.length > 0 && { cookies }),
    headers: hostile ? upperCased({ ...recorded.headers, ...sent }) : { ...recorded.headers, ...sent },
    ...(request.rawQuery && { queryStringParameters: mapValues(query, (values) => values.join(',')) }),
    requestContext: { ...requestContext, http: { ...requestContext.http, method: request.method } },
    ...encodedBody(request),
  };
}

export function driveRest(recorded: RecordedRest, request: WireRequest, hostile: boolean, body: Json): Json {
  const lines = appendForwarded(request.headers ?? []);
  const query: NameValue[] = [...new URLSearchParams(request.rawQuery ?? '')];
  const { requestContext } = recorded;
  return {
    ...recorded,
    httpMethod: request.method,
    ...headerMaps(recorded.headers, lines, hostile),
    queryStringParameters: query.length === 0 ? null : lastMapExact(query),
    multiValueQueryStringParameters: query.length === 0 ? null : multiMapExact(query),
    requestContext: { ...requestContext, httpMethod: request.method },
    ...body,
  };
}

export function driveAlbSingle(request: WireRequest, hostile: boolean): Json {
  const lines = lowerCased(appendForwarded(request.headers ?? []));
  const headers = { ...albSingle.headers, ...lastMap(lines) };
  const query = rawPairs(request.rawQuery);
  return {
    ...albSingle,
    httpMethod: request.method,
    headers: hostile ? upperCased(headers) : headers,
    queryStringParameters: hostile && query.length === 0 ? null : lastMapExact(query),
    ...(encodedBody(request) ?? { body: '', isBase64Encoded: false }),
  };
}

export function driveAlbMulti(request: WireRequest, hostile: boolean): Json {
  const lines = lowerCased(appendForwarded(request.headers ?? []));
  const headers = { ...albMulti.multiValueHeaders, ...multiMap(lines) };
  const query = rawPairs(request.rawQuery);
  return {
    ...albMulti,
    httpMethod: request.method,
    multiValueHeaders: hostile ? twoSpellings(headers) : headers,
    multiValueQueryStringParameters: hostile && query.length === 0 ? null : multiMapExact(query),
    ...(encodedBody(request) ?? { body: '', isBase64Encoded: false }),
    ...(hostile && { headers: null, queryStringParameters: null }),
  };
}

/** Front doors append the address that they saw to whatever the client wrote. */
function appendForwarded(lines: readonly NameValue[]): NameValue[] {
  const sent = lines.filter(([name]) => name.toLowerCase() === 'x-forwarded-for').map(([, value]) => value);
  const others = lines.filter(([name]) => name.toLowerCase() !== 'x-forwarded-for');
  return [...others, ['X-Forwarded-For', [...sent, CLIENT_IP].join(', ')]];
}

function headerMaps(recorded: Readonly<Record<string, string>>, lines: readonly NameValue[], hostile: boolean): Json {
  const multiValueHeaders = { ...mapValues(recorded, (value) => [value]), ...multiMap(lines) };
  if (hostile) return { headers: null, multiValueHeaders: twoSpellings(multiValueHeaders) };
  return { headers: { ...recorded, ...lastMap(lines) }, multiValueHeaders };
}

/** Measured of HTTP APIs: everything but text and a few structured types is base64, and so is a form. */
export function encodedBody({ headers = [], body }: WireRequest): Json | undefined {
  if (body === undefined) return undefined;
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  const isText = /^(?:text\/|application\/(?:json|xml|javascript))/.test(type);
  return isText
    ? { body, isBase64Encoded: false }
    : { body: Buffer.from(body).toString('base64'), isBase64Encoded: true };
}

/** A load balancer decodes nothing. */
function rawPairs(rawQuery: string | undefined): NameValue[] {
  if (!rawQuery) return [];
  return rawQuery.split('&').map((pair) => {
    const equals = pair.indexOf('=');
    return equals === -1 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
  });
}

/** Query names keep their case, unlike header names. */
function multiMapExact(pairs: readonly NameValue[]): Record<string, string[]> {
  const map = new Map<string, string[]>();
  for (const [name, value] of pairs) map.set(name, [...(map.get(name) ?? []), value]);
  return Object.fromEntries(map);
}

function lastMapExact(pairs: readonly NameValue[]): Record<string, string> {
  return mapValues(multiMapExact(pairs), (values) => values.at(-1) ?? '');
}

function upperCased<T>(map: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name.toUpperCase(), value]));
}

function twoSpellings(map: Readonly<Record<string, readonly string[]>>): Record<string, readonly string[]> {
  const spelled: Record<string, readonly string[]> = {};
  for (const [name, [first = '', ...more]] of Object.entries(map)) {
    spelled[name.toUpperCase()] = [first];
    if (more.length > 0) spelled[name.toLowerCase()] = more;
  }
  return spelled;
}
