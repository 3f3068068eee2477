/**
 * ably_flutter, with `authCallback`: the app asks, decodes JSON, and hands the map to `TokenRequest.fromMap` or
 * `TokenDetails.fromMap`, which are strict about types. With `authUrl` the SDK beneath reads: see ably-java and ably-cocoa.
 */
import { readJsonObject } from '../../read-json-object.ts';
import { isNumber } from '../credential.ts';
import { mediaType } from '../headers.ts';
import { type Reader, tokenProblem } from './client.ts';

export const ablyFlutter: Reader = {
  name: 'ably_flutter',
  ask: { headers: [['Accept', '*/*']] },
  problem: (answer) => {
    if (mediaType(answer) !== 'application/json') return tokenProblem(answer.body);
    const fields = readJsonObject(answer.body);
    if (!fields) return 'JSON that is no object has no fromMap';
    const isDetails = typeof fields.token === 'string';
    for (const name of isDetails ? ['issued', 'expires'] : ['timestamp', 'ttl']) {
      const value = fields[name];
      const mayBeMissing = name !== 'timestamp';
      if (!isInt(value) && !(mayBeMissing && (value === undefined || value === null))) return `${name} is not an int`;
    }
    for (const name of ['keyName', 'clientId', 'capability', 'nonce', 'mac']) {
      const value = fields[name];
      if (value !== undefined && value !== null && typeof value !== 'string') return `${name} is not a String`;
    }
    return isDetails || typeof fields.keyName === 'string' ? undefined : 'there is no keyName';
  },
};

function isInt(value: unknown): boolean {
  return isNumber(value) && Number.isInteger(value);
}
