/**
 * What the doctor says that ably-js does, held against ably-js on Node: the same answers are given to both. What a browser,
 * ably-java and ably-cocoa do is known from elsewhere: see docs/clients.md.
 */
import * as Ably from 'ably';
import { afterEach, describe, expect, it } from 'vitest';
import { ablyJs } from '../../../cli/doctor/clients/ably-js.ts';
import { exchange } from '../../../cli/doctor/exchange.ts';
import { untilState } from '../../stage.ts';
import { type Served, serve } from './endpoints.ts';

const JSON_TYPE = 'application/json';
const DETAILS = JSON.stringify({ token: 'fake', issued: 1, expires: 2, capability: '{"a":["subscribe"]}' });
/** Its exchange goes to a server that knows no key: it is taken, and then refused. */
const REQUEST = JSON.stringify({ keyName: 'app.key', timestamp: 1, nonce: 'a-fake-nonce-16c', mac: 'fake' });
const TOKEN = 'eyJh.eyJi.fake';

interface Answer {
  readonly status?: number;
  readonly type?: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const CREDENTIALS: readonly Answer[] = [
  { type: JSON_TYPE, body: DETAILS },
  { type: JSON_TYPE, body: REQUEST },
  { type: 'application/json; charset=utf-8', body: DETAILS },
  { type: 'application/jwt', body: TOKEN },
  { type: 'text/plain; charset=utf-8', body: TOKEN },
  { type: JSON_TYPE, body: JSON.stringify(TOKEN) },
  { type: 'text/html', body: TOKEN },
  { type: 'application/octet-stream', body: TOKEN },
  { type: 'application/problem+json', body: DETAILS },
  { body: TOKEN },
  { body: DETAILS },
  { type: 'text/plain', body: DETAILS },
  { type: 'application/jwt', body: '' },
  { type: JSON_TYPE, body: '' },
  { type: JSON_TYPE, body: 'null' },
  { type: JSON_TYPE, body: '[]' },
  { type: JSON_TYPE, body: '{"token":"fake"}' },
  { type: JSON_TYPE, body: JSON.stringify({ data: JSON.parse(DETAILS) }) },
  { type: JSON_TYPE, body: `${DETAILS.slice(0, -1)},"more":"${'a'.repeat(131_072)}"}` },
  { type: 'application/jwt', body: 'a'.repeat(131_073) },
];

function error(status: number, fields: unknown, more: Partial<Answer> = {}): Answer {
  return { status, type: JSON_TYPE, body: JSON.stringify({ error: fields }), ...more };
}

const full = (code: number, statusCode: number): object => ({ code, statusCode, message: 'Refused.' });
const withCode = (code: number): Partial<Answer> => ({ headers: { 'X-Ably-ErrorCode': String(code) } });

/** Those that Node and a browser read alike. */
const REFUSALS: readonly Answer[] = [
  error(403, full(40300, 403), withCode(40300)),
  error(401, full(40101, 401), withCode(40101)),
  error(401, full(40102, 401), withCode(40102)),
  error(401, full(40171, 401), withCode(40171)),
  error(401, full(40142, 401), withCode(40142)),
  error(403, full(40300, 401), withCode(40300)),
  error(401, full(40300, 403), withCode(40300)),
  error(403, full(40300, 403)),
  { status: 403, type: 'text/plain', body: 'no' },
  { status: 401, type: 'text/plain', body: 'no' },
  { status: 403, type: 'application/json; charset=utf-8', body: JSON.stringify({ error: full(40300, 403) }) },
  { status: 403, type: JSON_TYPE, body: '{"message":"no"}' },
  { status: 429, type: 'text/plain', body: 'wait' },
  { status: 503, type: 'text/html', body: '<h1>away</h1>' },
  error(500, full(50000, 500), withCode(50000)),
];

let served: Served | undefined;
afterEach(() => served?.close());

async function serveAnswer({ status = 200, type, body, headers }: Answer): Promise<string> {
  served = await serve((req, res) => {
    if (req.url?.startsWith('/keys/')) return void res.writeHead(404, { 'X-Ably-ErrorCode': '40400' }).end();
    res.writeHead(status, { ...(type !== undefined && { 'Content-Type': type }), ...headers }).end(body);
  });
  return served.url;
}

function seen(url: string): ReturnType<typeof exchange> {
  return exchange({ method: 'GET', url: new URL(url), headers: [] }, 5_000);
}

function optionsFor(url: string): Ably.ClientOptions {
  const { hostname, port } = new URL(url);
  return {
    authUrl: url,
    endpoint: hostname,
    port: Number(port),
    tls: false,
    logLevel: 0,
    disconnectedRetryTimeout: 60_000,
  };
}

const title = ({ status = 200, type = 'no type', body }: Answer): string => `${status} ${type} ${body.slice(0, 60)}`;

describe('ably-js', () => {
  it.each(CREDENTIALS.map((answer) => ({ answer, title: title(answer) })))(
    'takes or does not take $title',
    async ({ answer }) => {
      const url = await serveAnswer(answer);
      const taken = await new Ably.Rest(optionsFor(url)).auth.requestToken().then(
        () => true,
        ({ code }: Ably.ErrorInfo) => code === 40400,
      );
      expect(ablyJs.problem(await seen(url)) === undefined).toBe(taken);
    },
  );

  it.each(REFUSALS.map((answer) => ({ answer, title: title(answer) })))(
    'stops or tries again after $title',
    async ({ answer }) => {
      const url = await serveAnswer(answer);
      const client = new Ably.Realtime(optionsFor(url));
      const { state } = await untilState(client, 'failed', 'disconnected');
      client.close();
      expect(ablyJs.afterRefusal(await seen(url))).toBe(state === 'failed' ? 'stops' : 'retries');
    },
  );

  it.each([
    ['a string for an error', error(403, 'Forbidden')],
    ['an error without numbers', error(403, { message: 'no' })],
    ['JSON that is none', { status: 403, type: JSON_TYPE, body: '' }],
  ])('tries again on Node after 403 with %s, so that the doctor says it does not stop', async (_, answer) => {
    const url = await serveAnswer(answer);
    const client = new Ably.Realtime(optionsFor(url));
    expect((await untilState(client, 'failed', 'disconnected')).state).toBe('disconnected');
    client.close();
    expect(ablyJs.afterRefusal(await seen(url))).toBe('retries');
  });
});
