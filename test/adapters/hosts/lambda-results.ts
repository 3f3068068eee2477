/** What each front door of Lambda makes of a result, and what it refuses to take. */
import type { WireAnswer } from '../support/exchange.ts';
import { mapValues } from '../support/header-lines.ts';

type Json = Readonly<Record<string, unknown>>;

export function readV2(result: unknown): WireAnswer {
  const {
    statusCode,
    headers,
    cookies = [],
    body,
    isBase64Encoded,
    ...rest
  } = result as {
    readonly statusCode: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly cookies?: readonly string[];
    readonly body: string;
    readonly isBase64Encoded: boolean;
  };
  refuseExtra(rest, isBase64Encoded);
  return { status: statusCode, headers: lowerCasedMap(headers), setCookies: cookies, body };
}

export function readMulti(result: unknown): WireAnswer {
  const {
    statusCode,
    multiValueHeaders,
    body,
    isBase64Encoded,
    statusDescription: _,
    ...rest
  } = result as {
    readonly statusCode: number;
    readonly statusDescription?: string;
    readonly multiValueHeaders: Readonly<Record<string, readonly string[]>>;
    readonly body: string;
    readonly isBase64Encoded: boolean;
  };
  refuseExtra(rest, isBase64Encoded);
  const { 'Set-Cookie': setCookies = [], ...headers } = multiValueHeaders;
  return {
    status: statusCode,
    headers: lowerCasedMap(mapValues(headers, (values) => values.join(', '))),
    setCookies,
    body,
  };
}

export function readAlbSingle(result: unknown): WireAnswer {
  expectStatusDescription(result);
  const {
    statusCode,
    headers,
    body,
    isBase64Encoded,
    statusDescription: _,
    ...rest
  } = result as {
    readonly statusCode: number;
    readonly statusDescription: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly isBase64Encoded: boolean;
  };
  refuseExtra(rest, isBase64Encoded);
  const isCookie = (name: string): boolean => name.toLowerCase() === 'set-cookie';
  const entries = Object.entries(headers);
  return {
    status: statusCode,
    headers: lowerCasedMap(Object.fromEntries(entries.filter(([name]) => !isCookie(name)))),
    setCookies: entries.filter(([name]) => isCookie(name)).map(([, value]) => value),
    body,
  };
}

/** A gateway answers 502 to a result with a key that it does not know; both header maps at once is such a mistake. */
function refuseExtra(rest: Json, isBase64Encoded: unknown): void {
  const extra = Object.keys(rest);
  if (extra.length > 0) throw new Error(`the result has keys that this front door refuses: ${extra.join(', ')}`);
  if (isBase64Encoded !== false) throw new Error('isBase64Encoded is missing');
}

export function expectStatusDescription(result: unknown): void {
  const { statusCode, statusDescription } = result as {
    readonly statusCode: number;
    readonly statusDescription: string;
  };
  if (!statusDescription.startsWith(`${statusCode} `)) throw new Error(`statusDescription is "${statusDescription}"`);
}

function lowerCasedMap(map: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(map).map(([name, value]) => [name.toLowerCase(), value]));
}
