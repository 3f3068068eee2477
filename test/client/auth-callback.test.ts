/** What the client sends, what it takes for a credential, and what the SDK is told otherwise. */
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { type AblyAuthOptions, createAblyAuth } from '../../client/index.ts';
import { type Answering, type AuthServer, giveToken, startAuthServer, tokenRequest } from './auth-server.ts';
import { call } from './call.ts';

const started: AuthServer[] = [];
afterEach(async () => {
  for (const server of started.splice(0)) await server.close();
});

async function authFor(answer: Answering, options: Partial<AblyAuthOptions> = {}) {
  const server = await startAuthServer(answer);
  started.push(server);
  return { server, auth: createAblyAuth({ url: server.url, ...options }) };
}

const give: Answering = (_, response, count) => giveToken(response, count);

describe('authCallback', () => {
  it('posts what the SDK asks for as a form, without what is absent, a capability as JSON', async () => {
    const { server, auth } = await authFor(give);
    const capability = { 'room:7': ['subscribe'] } as never;
    await call(auth, { clientId: 'ada', capability, ttl: 60_000, timestamp: undefined as never, nonce: null as never });
    const [request] = server.seen;
    expect(request?.method).toBe('POST');
    expect(request?.inQuery).toBe(false);
    expect(Object.fromEntries(request?.fields ?? [])).toEqual({
      clientId: 'ada',
      capability: '{"room:7":["subscribe"]}',
      ttl: '60000',
    });
  });

  it('asks by GET where that is wanted, and leaves the query of the URL as it is', async () => {
    const server = await startAuthServer(give);
    started.push(server);
    const auth = createAblyAuth({ url: `${server.url}?tenant=7`, method: 'GET' });
    await call(auth, { clientId: 'ä&b' });
    expect(server.seen.map(({ method, fields }) => [method, ...fields])).toEqual([
      ['GET', ['tenant', '7'], ['clientId', 'ä&b']],
    ]);
  });

  it('asks for its headers anew each time: an access token does not live long', async () => {
    let count = 0;
    const headers = async () => ({ Authorization: `Bearer token-${++count}` });
    const { server, auth } = await authFor(give, { headers });
    await call(auth);
    await call(auth);
    expect(server.seen.map((request) => request.headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it.each([
    ['a TokenRequest', 'application/json', tokenRequest(1), JSON.parse(tokenRequest(1))],
    ['TokenDetails', 'application/json; charset=utf-8', '{"token":"a.b","issued":1}', { token: 'a.b', issued: 1 }],
    ['an Ably JWT', 'application/jwt', 'eyJh.eyJi.c2ln', 'eyJh.eyJi.c2ln'],
    ['a token with a line break that a proxy added', 'text/plain', 'app.token\n', 'app.token'],
    ['a token as a JSON string', 'application/json', '"app.token"', 'app.token'],
  ])('gives the SDK %s', async (_, type, body, credential) => {
    const { auth } = await authFor((_request, response) => response.setHeader('Content-Type', type).end(body));
    await expect(call(auth)).resolves.toEqual(credential);
  });

  it('never gives one answer to two: each caller has a request of its own, one after the other', async () => {
    const { server, auth } = await authFor((_, response, count) => setTimeout(() => giveToken(response, count), 20));
    const nonces = (await Promise.all([call(auth), call(auth), call(auth)])).map(
      (credential) => (credential as { nonce: string }).nonce,
    );
    expect(nonces).toEqual(['nonce-1', 'nonce-2', 'nonce-3']);
    expect(server.mostAtOnce()).toBe(1);
  });
});

const refusal = (status: number, code: number, statusCode = status) =>
  [
    status,
    'application/json',
    JSON.stringify({ error: { code, statusCode, message: 'No.', requestId: 'r1' } }),
  ] as const;

describe('what is no credential', () => {
  it.each([
    ['refused for good', refusal(403, 40300), { code: 40300, statusCode: 403 }],
    ['not signed in', refusal(401, 40101), { code: 40101, statusCode: 401 }],
    ['nothing left of what was asked for', refusal(401, 40160), { code: 40160, statusCode: 401 }],
    ['too often', refusal(401, 42910), { code: 42910, statusCode: 401 }],
    ['malformed', refusal(400, 40000), { code: 40000, statusCode: 400 }],
    ['out of reach', refusal(503, 50000), { code: 50000, statusCode: 503 }],
    ['a bug', refusal(500, 50000), { code: 50000, statusCode: 500 }],
    ['403 that says 401 inside', refusal(403, 40101, 401), { code: 40300, statusCode: 403 }],
    ['401 that says 403 inside', refusal(401, 40300, 403), { code: 40101, statusCode: 401 }],
    ['a code that ends ably-js', refusal(401, 40102), { code: 40101, statusCode: 401 }],
    ['another such code', refusal(503, 40171), { code: 50000, statusCode: 503 }],
    ["a code about Ably's own tokens", refusal(401, 40142), { code: 40101, statusCode: 401 }],
    ['403 of another endpoint', [403, 'text/plain', 'Forbidden'], { code: 40300, statusCode: 403 }],
    ['401 of a gateway', [401, 'application/json', '{"message":"Unauthorized"}'], { code: 40101, statusCode: 401 }],
    ['429 of a gateway', [429, 'application/json', '{"message":"Too many"}'], { code: 42910, statusCode: 401 }],
    ['502 of a gateway', [502, 'text/plain', 'bad gateway'], { code: 50000, statusCode: 502 }],
    ['nothing there', [404, 'text/plain', 'not found'], { code: 40170, statusCode: 401 }],
    ['403 by a firewall', [403, 'text/html', '<html>Blocked</html>'], { code: 40170, statusCode: 401 }],
    ['a captive portal', [200, 'text/html; charset=utf-8', '<html>Welcome</html>'], { code: 40170, statusCode: 401 }],
    ['a page called JSON', [200, 'application/json', ' <!doctype html>'], { code: 40170, statusCode: 401 }],
    ['an empty body', [200, 'application/json', ''], { code: 40170, statusCode: 401 }],
    ['no content', [204, '', ''], { code: 40170, statusCode: 401 }],
    ['JSON that is something else', [200, 'application/json', '{"ok":true}'], { code: 40170, statusCode: 401 }],
    ['broken JSON', [200, 'application/json', '{"keyName":'], { code: 40170, statusCode: 401 }],
    ['JSON called text', [200, 'text/plain', tokenRequest(1)], { code: 40170, statusCode: 401 }],
  ] as const)('%s', async (_, [status, type, body], numbers) => {
    const { auth } = await authFor((_request, response) =>
      response.writeHead(status, type === '' ? {} : { 'Content-Type': type }).end(body),
    );
    await expect(call(auth)).rejects.toMatchObject({ name: 'AblyAuthError', ...numbers });
  });

  it('is told with the words of the endpoint and the name of the request, for the log', async () => {
    const [status, type, body] = refusal(403, 40300);
    const { auth } = await authFor((_, response) => response.writeHead(status, { 'Content-Type': type }).end(body));
    const error = await call(auth).catch((thrown: unknown) => thrown);
    expect(String(error)).toBe('No. (request r1)');
  });

  it('is a redirect, which would carry the caller’s headers to another host', async () => {
    const elsewhere = await startAuthServer(give);
    started.push(elsewhere);
    const { auth } = await authFor((_, response) => response.writeHead(307, { Location: elsewhere.url }).end(), {
      holds: 'grant',
    });
    await expect(call(auth)).rejects.toMatchObject({ code: 40170, statusCode: 401 });
    expect(elsewhere.seen).toEqual([]);
  });

  it('is a server that is not there', async () => {
    const { server, auth } = await authFor(give);
    await server.close();
    await expect(call(auth)).rejects.toMatchObject({ code: 40170, statusCode: 401 });
  });

  it('is an app that cannot say who is calling', async () => {
    const { server, auth } = await authFor(give, { headers: () => Promise.reject(new Error('refresh failed')) });
    await expect(call(auth)).rejects.toMatchObject({ code: 40170, statusCode: 401 });
    expect(server.seen).toEqual([]);
  });

  it.each([
    ['never answers', () => {}],
    ['begins an answer and never ends it', (response: ServerResponse) => response.writeHead(200).write('{"keyName"')],
  ])('is a server that %s; the next request is made all the same', async (_, hang) => {
    const { server, auth } = await authFor(
      (_request, response, count) => (count === 1 ? hang(response) : giveToken(response, count)),
      { timeoutMs: 200 },
    );
    const first = call(auth).catch((error: unknown) => error);
    expect(await first).toMatchObject({ code: 40170, statusCode: 401 });
    await expect(call(auth)).resolves.toMatchObject({ nonce: 'nonce-2' });
    expect(server.seen.length).toBe(2);
  });
});
