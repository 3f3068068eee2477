/** Redeeming a TokenRequest through Ably's SDK: against the local service, and against servers that answer badly. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createAblyApi } from '../../adapters/ably/ably-api.ts';
import { AblyApiError } from '../../core/ably.ts';
import { parseApiKey } from '../../core/keys/parse-api-key.ts';
import { signTokenRequest } from '../../core/token/sign-token-request.ts';
import { startAblyService } from '../../dev/ably-service/ably-service.ts';
import { capabilityOf } from '../core/capability/samples.ts';

const KEY = { name: 'stageapp.stagekey', secret: 'obviously-a-fake-secret' };

const started: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of started.splice(0)) await each.close();
});

function signed(timestampMs = Date.now()) {
  const parsed = parseApiKey(`${KEY.name}:${KEY.secret}`);
  if (!parsed.ok) throw new Error(parsed.problem);
  const params = { keyName: KEY.name, ttlMs: 60_000, clientId: 'ada', capability: capabilityOf({ a: ['publish'] }) };
  return signTokenRequest(parsed.apiKey, params, { timestampMs });
}

function at(port: number) {
  return createAblyApi({ ABLY_ENDPOINT: '127.0.0.1', ABLY_PORT: String(port), ABLY_TLS: 'false' });
}

async function answering(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  started.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return at((server.address() as AddressInfo).port);
}

async function failureOf(run: Promise<unknown>): Promise<unknown> {
  const thrown = await run.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof AblyApiError)) return thrown;
  const { failure, code, statusCode, message } = thrown;
  return { failure, code, statusCode, message };
}

describe('requestToken through the SDK', () => {
  it('gives TokenDetails for what we signed, and opens its client once', async () => {
    const service = await startAblyService({ keys: [KEY] });
    started.push(service);
    const ably = at(service.port);
    const details = await ably.requestToken(signed());
    expect(details).toEqual({
      token: expect.stringMatching(/^stageapp\./),
      issued: expect.any(Number),
      expires: details.issued + 60_000,
      capability: '{"a":["publish"]}',
      clientId: 'ada',
    });
    expect((await ably.requestToken(signed())).token).not.toBe(details.token);
    expect(service.tokensIssued()).toBe(2);
  });

  it('passes on why Ably refuses, as code and status and without a word of its message', async () => {
    const service = await startAblyService({ keys: [KEY] });
    started.push(service);
    const ably = at(service.port);
    expect(await failureOf(ably.requestToken(signed(Date.now() - 300_000)))).toEqual({
      failure: 'refused',
      ...{ code: 40104, statusCode: 401, message: 'Ably answered 401 / 40104.' },
    });
    const once = signed();
    await ably.requestToken(once);
    expect(await failureOf(ably.requestToken(once))).toMatchObject({ failure: 'refused', code: 40105 });
  });

  const json = { 'content-type': 'application/json' };
  const error = (code: number, statusCode: number): string =>
    JSON.stringify({ error: { code, statusCode, message: 'names ada' } });
  const rows: readonly (readonly [string, RequestListener, object])[] = [
    [
      'is over a limit',
      (_, response) => response.writeHead(403, json).end(error(40115, 403)),
      { failure: 'refused', code: 40115, statusCode: 403 },
    ],
    [
      'is flooded and says so in headers alone',
      (_, response) => response.writeHead(429, { 'x-ably-errorcode': '42922', 'x-ably-errormessage': 'x' }).end(),
      { failure: 'refused', code: 42922, statusCode: 429 },
    ],
    [
      'has a fault of its own',
      (_, response) => response.writeHead(500, json).end(error(50000, 500)),
      { failure: 'unreachable', code: 50000, statusCode: 500 },
    ],
    ['sends a page', (_, response) => response.writeHead(200).end('<h1>ada</h1>'), { failure: 'unreachable' }],
    ['sends an error page', (_, response) => response.writeHead(502).end('<h1>ada</h1>'), { failure: 'unreachable' }],
    ['sends other JSON', (_, response) => response.writeHead(201, json).end('{"a":1}'), { failure: 'unreachable' }],
    ['hangs up', (request) => request.socket.destroy(), { failure: 'unreachable' }],
    ['never answers', () => {}, { failure: 'unreachable' }],
  ];
  it.each(rows)('asks once and says what happened when the service %s', async (_when, listener, expected) => {
    let asked = 0;
    const ably = await answering((request, response) => {
      asked += 1;
      listener(request, response);
    });
    const failure = await failureOf(ably.requestToken(signed()));
    expect(failure).toMatchObject(expected);
    expect(JSON.stringify(failure)).not.toContain('ada');
    expect(asked).toBe(1);
  });

  it('is unreachable where nobody listens, and where the settings make no address', async () => {
    expect(await failureOf(at(1).requestToken(signed()))).toMatchObject({ failure: 'unreachable' });
    const ably = createAblyApi({ ABLY_ENDPOINT: 'https://ably.example', ABLY_PORT: 'x' });
    expect(await failureOf(ably.requestToken(signed()))).toMatchObject({
      failure: 'unreachable',
      message: 'Ably cannot be called. ABLY_ENDPOINT: it is not a host name; ABLY_PORT: it is not a port.',
    });
  });

  it('knows its own failure whatever copy of the class made it', () => {
    const copy = Object.assign(new Error('x'), { name: 'AblyApiError', failure: 'refused', statusCode: 403 });
    expect(copy).toBeInstanceOf(AblyApiError);
    expect(new Error('x')).not.toBeInstanceOf(AblyApiError);
  });
});
