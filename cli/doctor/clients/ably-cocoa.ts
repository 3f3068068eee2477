/** ably-cocoa, with `authUrl`: Swift and Objective-C, and Flutter on iOS. Asks for MessagePack first, and cannot do with it. */
import { isJsonObject, readJsonObject } from '../../read-json-object.ts';
import { isNumber } from '../credential.ts';
import { mediaType } from '../headers.ts';
import { type Client, tokenProblem } from './client.ts';

const STOPPING_CODES: readonly unknown[] = [40300, 40102];

export const ablyCocoa: Client = {
  name: 'ably-cocoa',
  ask: {
    params: [['format', 'msgpack']],
    headers: [
      ['Accept', 'application/x-msgpack,application/json'],
      ['X-Ably-Version', '2'],
    ],
  },
  problem: (answer) => {
    const type = mediaType(answer);
    if (type === 'text/plain' || type === 'application/jwt') return tokenProblem(answer.body);
    if (type !== 'application/json') return 'the Content-Type is an invalid MIME type';
    const fields = readJsonObject(answer.body);
    if (!fields) return 'JSON that is no object is not decoded';
    if (typeof fields.token === 'string') return tokenProblem(fields.token);
    if (typeof fields.keyName !== 'string')
      return 'JSON without "token" is taken for a TokenRequest, and this one has no keyName';
    return requestProblem(fields);
  },
  afterRefusal: ({ status, body }) => {
    const error = readJsonObject(body)?.error;
    const code = isJsonObject(error) && isNumber(error.code) ? error.code : status * 100;
    return STOPPING_CODES.includes(code) ? 'stops' : 'retries';
  },
};

/** What is dropped here is missing from what was signed: Ably then finds that the MAC does not match. */
function requestProblem({ ttl, timestamp, capability }: Readonly<Record<string, unknown>>): string | undefined {
  if (capability !== undefined && typeof capability !== 'string')
    return 'a capability that is no string is dropped, and the MAC then does not match';
  for (const [name, value] of Object.entries({ ttl, timestamp })) {
    if (value === undefined || value === null) continue;
    // With authUrl a text of digits would do; with authCallback and `fromJson` it is dropped.
    if (!isNumber(value) || !Number.isInteger(value))
      return `${name} is no whole number, and the MAC then does not match`;
    if (!survivesSeconds(value))
      return `${name} loses a millisecond on its way through seconds, and the MAC then does not match`;
  }
  return undefined;
}

/** It keeps them as seconds with fractions, and cuts off what multiplying does not bring back: 1001 becomes 1000. */
function survivesSeconds(ms: number): boolean {
  return Math.trunc((ms / 1000) * 1000) === ms;
}
