/**
 * AuthResponse -> what the front door that sent the event expects. Exactly one of `headers` and `multiValueHeaders`:
 * an ALB reads only the one its mode names, and a REST API given both merges them.
 *
 * Set-Cookie values are never joined: an Expires date has a comma.
 */
import type { ALBResult, APIGatewayProxyResult, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { AuthResponse, NameValue } from '../../core/http.ts';
import type { ClassifiedEvent } from './classify-event.ts';

export type LambdaResult = APIGatewayProxyStructuredResultV2 | APIGatewayProxyResult | ALBResult;

export function writeLambdaResult(response: AuthResponse, answered: ClassifiedEvent): LambdaResult {
  const { status: statusCode, body } = response;
  const common = { statusCode, body, isBase64Encoded: false };
  switch (answered.kind) {
    case 'http-2.0': {
      const cookies = response.cookies.length > 0 ? { cookies: [...response.cookies] } : {};
      return { ...common, headers: singleValues(response.headers), ...cookies };
    }
    case 'rest-1.0':
      return { ...common, multiValueHeaders: multiValues(response) };
    case 'alb': {
      const statusDescription = `${statusCode} ${REASON_PHRASES[statusCode] ?? ''}`.trimEnd();
      // Multi-value mode renames the maps of the event, and reads only the same map of the result.
      return answered.event.multiValueHeaders
        ? { ...common, statusDescription, multiValueHeaders: multiValues(response) }
        : { ...common, statusDescription, headers: { ...singleValues(response.headers), ...casedCookies(response) } };
    }
    case 'unknown':
      return { ...common, headers: singleValues(response.headers) };
  }
}

/** Written out because `node:http`, which has them all, is more to load than the rest of this adapter. */
const REASON_PHRASES: Readonly<Record<number, string>> = {
  200: 'OK',
  204: 'No Content',
  207: 'Multi-Status',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  405: 'Method Not Allowed',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

function multiValues({ headers, cookies }: AuthResponse): Record<string, string[]> {
  const map: Record<string, string[]> = {};
  for (const [name, value] of headers) {
    const values = Object.hasOwn(map, name) ? map[name] : undefined;
    if (values) values.push(value);
    else map[name] = [value];
  }
  if (cookies.length > 0) map['Set-Cookie'] = [...cookies];
  return map;
}

/** Where only one value fits, a header that comes twice is joined as RFC 9110, 5.3 allows. Core writes one case. */
function singleValues(headers: readonly NameValue[]): Record<string, string> {
  const map: Record<string, string> = {};
  for (const [name, value] of headers) map[name] = Object.hasOwn(map, name) ? `${map[name]}, ${value}` : value;
  return map;
}

/**
 * An ALB in single-value mode has one place for a name, but takes `set-cookie` and `Set-cookie` for two, and clients do
 * not care. Not documented by AWS, long relied upon; multi-value mode needs no such thing.
 */
function casedCookies({ cookies }: AuthResponse): Record<string, string> {
  const map: Record<string, string> = {};
  cookies.forEach((cookie, index) => {
    let bit = 1;
    const name = 'set-cookie'.replaceAll(/[a-z]/g, (letter) => {
      const upper = (index & bit) !== 0;
      bit *= 2;
      return upper ? letter.toUpperCase() : letter;
    });
    map[name] = cookie;
  });
  return map;
}
