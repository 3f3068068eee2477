/** Not hammering an endpoint that asked to be left alone, and saying once that nobody is signed in any more. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type AblyAuthError, createAblyAuth } from '../../client/index.ts';
import { parseRetryAfterMs } from '../../client/retry-after.ts';
import { type Answering, type AuthServer, giveToken, startAuthServer } from './auth-server.ts';
import { call } from './call.ts';

const started: AuthServer[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const server of started.splice(0)) await server.close();
});

async function serve(answer: Answering): Promise<AuthServer> {
  const server = await startAuthServer(answer);
  started.push(server);
  return server;
}

const refuse =
  (status: number, code: number, headers: Readonly<Record<string, string>> = {}): Answering =>
  (_, response) =>
    response
      .writeHead(status, { 'Content-Type': 'application/json', ...headers })
      .end(JSON.stringify({ error: { code, statusCode: status, message: 'Not now.' } }));

const failure = (error: unknown): unknown => error;

describe('Retry-After', () => {
  it('is kept: meanwhile the same refusal is answered without asking, then the endpoint is asked again', async () => {
    const server = await serve((request, response, count) =>
      count === 1 ? refuse(503, 50000, { 'Retry-After': '30' })(request, response, count) : giveToken(response, count),
    );
    const auth = createAblyAuth({ url: server.url });
    const start = Date.now();
    vi.useFakeTimers({ now: start, toFake: ['Date'] });
    for (let asked = 0; asked < 5; asked++) {
      expect(await call(auth).catch(failure)).toMatchObject({ code: 50000, statusCode: 503, message: 'Not now.' });
    }
    expect(server.seen.length).toBe(1);
    vi.setSystemTime(start + 31_000);
    await expect(call(auth)).resolves.toMatchObject({ nonce: 'nonce-2' });
  });

  it('counts for those too who were waiting for their turn', async () => {
    const server = await serve(refuse(503, 50000, { 'Retry-After': '30' }));
    const auth = createAblyAuth({ url: server.url });
    await Promise.all([call(auth), call(auth), call(auth)].map((one) => one.catch(failure)));
    expect(server.seen.length).toBe(1);
  });

  it('means nothing beside 403: whoever is refused for good and tries all the same is asked about', async () => {
    const server = await serve(refuse(403, 40300, { 'Retry-After': '30' }));
    const auth = createAblyAuth({ url: server.url });
    await call(auth).catch(failure);
    await call(auth).catch(failure);
    expect(server.seen.length).toBe(2);
  });

  const now = Date.parse('2030-01-01T00:00:00Z');
  it.each([
    ['5', 5_000],
    [' 5 ', 5_000],
    ['86400', 300_000],
    ['Tue, 01 Jan 2030 00:00:10 GMT', 10_000],
    ['Mon, 31 Dec 2029 00:00:00 GMT', 0],
    ['0', 0],
    ['-5', 0],
    ['soon', 0],
    ['', 0],
    [null, 0],
  ])('%s is %d ms: five minutes at most', (value, waitMs) => {
    expect(parseRetryAfterMs(value, now)).toBe(waitMs);
  });
});

describe('onSignedOut', () => {
  it('is called once, and again only after a credential has come in between', async () => {
    let signedIn = true;
    const server = await serve((request, response, count) =>
      signedIn ? giveToken(response, count) : refuse(401, 40101)(request, response, count),
    );
    const told: AblyAuthError[] = [];
    const auth = createAblyAuth({ url: server.url, onSignedOut: (error) => told.push(error) });
    const ask = (): Promise<unknown> => call(auth).catch(failure);
    await ask();
    expect(told.length).toBe(0);
    signedIn = false;
    await ask();
    await ask();
    expect(told.map(({ code, statusCode }) => [code, statusCode])).toEqual([[40101, 401]]);
    signedIn = true;
    await ask();
    signedIn = false;
    await ask();
    await ask();
    expect(told.length).toBe(2);
  });

  it.each([
    [401, 40160],
    [401, 42910],
    [403, 40300],
    [503, 50000],
  ])('is not called for %d / %d: signing in would not help', async (status, code) => {
    const server = await serve(refuse(status, code));
    let told = 0;
    const auth = createAblyAuth({ url: server.url, onSignedOut: () => told++ });
    await call(auth).catch(failure);
    await call(auth).catch(failure);
    expect(told).toBe(0);
  });
});
