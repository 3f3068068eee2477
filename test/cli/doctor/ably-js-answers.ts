/** Answers of all kinds, of which ably-js and the doctor must think alike. */
import { type Served, serve } from './endpoints.ts';

const JSON_TYPE = 'application/json';
const DETAILS = JSON.stringify({ token: 'fake', issued: 1, expires: 2, capability: '{"a":["subscribe"]}' });
/** Its exchange goes to a server that knows no key: it is taken, and then refused. */
const REQUEST = JSON.stringify({ keyName: 'app.key', timestamp: 1, nonce: 'a-fake-nonce-16c', mac: 'fake' });
const TOKEN = 'eyJh.eyJi.fake';

export interface Answer {
  readonly status?: number;
  readonly type?: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const CREDENTIALS: readonly Answer[] = [
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
export const REFUSALS: readonly Answer[] = [
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

/** Those that Node alone asks about again. */
export const ODD_ON_NODE: readonly Answer[] = [
  error(403, 'Forbidden'),
  error(403, { message: 'no' }),
  { status: 403, type: JSON_TYPE, body: '' },
];

export const title = ({ status = 200, type = 'no type', body }: Answer): string =>
  `${status} ${type} ${body.slice(0, 60)}`;

/** What is asked of Ably itself, at the same place, is refused. */
export function serveAnswer({ status = 200, type, body, headers }: Answer, page?: string): Promise<Served> {
  return serve((req, res) => {
    if (req.url === '/') return void res.writeHead(200, { 'Content-Type': 'text/html' }).end(page);
    if (req.url?.startsWith('/keys/')) {
      const { body = '', headers } = error(404, full(40400, 404), withCode(40400));
      return void res.writeHead(404, { 'Content-Type': JSON_TYPE, ...headers }).end(body);
    }
    res.writeHead(status, { ...(type !== undefined && { 'Content-Type': type }), ...headers }).end(body);
  });
}
