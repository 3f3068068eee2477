/**
 * ably-js: on Node, in browsers and in React Native. Two readers of one kind of answer: Node goes by an exact content type
 * of an error, a browser by a readable `X-Ably-ErrorCode`.
 */
import { isJsonObject } from '../../read-json-object.ts';
import { isNumber } from '../credential.ts';
import type { Exchange } from '../exchange.ts';
import { header } from '../headers.ts';
import { type AfterRefusal, type Client, tokenProblem } from './client.ts';

const MAX_CHARS = 131_072;
const FATAL_CODES: readonly unknown[] = [40102, 40171];

export const ablyJs: Client = {
  name: 'ably-js',
  ask: { params: [['rnd', '0123456789']], headers: [['Accept', 'application/json, text/plain']] },
  problem: (answer) => {
    const type = header(answer, 'content-type');
    if (answer.status === 204 || answer.body === '') return 'an empty answer is error 40170';
    if (type === undefined) return 'an answer without a Content-Type is error 40170';
    if (answer.body.length > MAX_CHARS) return `more than ${MAX_CHARS} characters are error 40170`;
    if (type.includes('application/json')) return jsonProblem(answer.body);
    if (!type.includes('text/plain') && !type.includes('application/jwt')) return 'the Content-Type is error 40170';
    if (answer.body.startsWith('{') && type.includes('text/plain'))
      return 'JSON that is labelled as text is error 40170';
    return tokenProblem(answer.body);
  },
  afterRefusal: (answer) => {
    const outcomes = [onNode(answer), inBrowser(answer)];
    return outcomes.every((outcome) => outcome === outcomes[0]) ? onNode(answer) : oppositeOfStatus(answer);
  },
};

function jsonProblem(text: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'what is labelled as JSON is none: error 40170';
  }
  if (typeof value === 'string') return tokenProblem(value);
  if (!isJsonObject(value)) return 'JSON that is no object is error 40170';
  if ('response' in value) return 'a browser takes the key "response" for an envelope, and waits until it times out';
  if (!('issued' in value) && !('keyName' in value)) return 'JSON with neither "issued" nor "keyName" is error 40170';
  return undefined;
}

function onNode(answer: Exchange): AfterRefusal {
  if (header(answer, 'content-type') !== 'application/json') return byHeader(answer);
  try {
    return byBody(JSON.parse(answer.body)) ?? byHeader(answer);
  } catch {
    // It fails over the body, with a code that it retries.
    return 'retries';
  }
}

export function inBrowser(answer: Exchange): AfterRefusal {
  if (header(answer, 'x-ably-errorcode') === undefined) return byStatus(answer.status);
  try {
    return byBody(JSON.parse(answer.body)) ?? byHeader(answer);
  } catch {
    return byHeader(answer);
  }
}

/** Without both numbers it is an error of no known kind. */
function byBody(body: unknown): AfterRefusal | undefined {
  if (!isJsonObject(body) || !body.error) return undefined;
  const { code, statusCode } = isJsonObject(body.error) ? body.error : {};
  if (!isNumber(code) || !isNumber(statusCode)) return 'retries';
  return FATAL_CODES.includes(code) ? 'stops' : byStatus(statusCode);
}

function byHeader(answer: Exchange): AfterRefusal {
  return FATAL_CODES.includes(Number(header(answer, 'x-ably-errorcode'))) ? 'stops' : byStatus(answer.status);
}

function byStatus(status: number): AfterRefusal {
  return status === 403 ? 'stops' : 'retries';
}

/** One of the two platforms does not do what the status says. */
function oppositeOfStatus({ status }: Exchange): AfterRefusal {
  return status === 403 ? 'retries' : 'stops';
}
