/** ably-java, with `authUrl`: Android, Kotlin and the JVM, and Flutter on Android. Reads JSON with Gson. */
import { isJsonObject, readJsonObject } from '../../read-json-object.ts';
import { isNumber } from '../credential.ts';
import { header } from '../headers.ts';
import { type Client, tokenProblem } from './client.ts';

export const ablyJava: Client = {
  name: 'ably-java',
  ask: {
    headers: [
      ['Accept', 'application/json'],
      ['X-Ably-Version', '2'],
    ],
  },
  problem: (answer) => {
    const type = header(answer, 'content-type') ?? 'application/json';
    if (answer.body === '') return 'an empty answer is error 80019';
    if (type.startsWith('text/plain') || type.startsWith('application/jwt')) return tokenProblem(answer.body);
    if (!type.startsWith('application/json'))
      return 'the Content-Type is error 406, which ends the connection for good';
    const fields = readJsonObject(answer.body);
    if (!fields) return 'JSON that is no object is error 406, which ends the connection for good';
    if ('issued' in fields) return detailsProblem(fields);
    if (typeof fields.keyName !== 'string')
      return 'JSON without "issued" is taken for a TokenRequest, and this one has no keyName';
    return requestProblem(fields, answer.body);
  },
  afterRefusal: ({ status, body }) => {
    const error = readJsonObject(body)?.error;
    // An error object without its numbers has a statusCode of 0, which is fatal to nobody.
    const said = isJsonObject(error) ? (isNumber(error.statusCode) ? error.statusCode : 0) : status;
    return said >= 400 && said < 500 && said !== 401 ? 'stops' : 'retries';
  },
};

function detailsProblem({ token, issued, expires }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof token !== 'string') return 'JSON with "issued" is taken for TokenDetails, and this one has no token';
  for (const [name, value] of Object.entries({ issued, expires })) {
    if (value !== undefined && !isWhole(value)) return `${name} is no whole number`;
  }
  return tokenProblem(token);
}

function requestProblem(
  { ttl, timestamp, capability }: Readonly<Record<string, unknown>>,
  text: string,
): string | undefined {
  if (capability !== undefined && typeof capability !== 'string') return 'a capability that is no string is not parsed';
  if (/"(?:ttl|timestamp)"\s*:\s*-?\d+[.eE]/.test(text)) return 'ttl and timestamp must be written as whole numbers';
  for (const [name, value] of Object.entries({ ttl, timestamp })) {
    if (value !== undefined && value !== null && !isWhole(value)) return `${name} is no whole number`;
  }
  return undefined;
}

/** A text of digits will do. */
function isWhole(value: unknown): boolean {
  return Number.isSafeInteger(value) || (typeof value === 'string' && /^-?\d+$/.test(value));
}
