/**
 * The same requests and answers through every host and every generation of event: what reaches the core, and what
 * reaches the client, may differ only in what a platform itself takes away (the traits of a host).
 */
import { afterAll, describe, expect, it } from 'vitest';
import { everyHost } from './hosts/every-host.ts';
import { createProbe, onlyRequest, type WireRequest } from './support/exchange.ts';
import { JSON_TYPE, READ_CASES } from './support/read-cases.ts';
import { createTable } from './support/table.ts';

const LONG_DATE = 'b=2; Path=/; Expires=Sun, 22 Nov 2026 10:11:12 GMT; HttpOnly';

const table = createTable();
afterAll(() => table.print('what reaches the core'));

describe.each(everyHost)('$name reads', (host) => {
  it.each(READ_CASES)('$title', async ({ title, request, expected }) => {
    await table.record(host.name, title, async () => {
      const probe = createProbe();
      await host.exchange(probe.endpoint, request);
      expected(onlyRequest(probe), host);
    });
  });
});

/** `Request` itself refuses such a thing. */
const acceptBodyOnGet = everyHost.filter(({ webStandard }) => !webStandard);

describe.each(acceptBodyOnGet)('$name', (host) => {
  it('ignores the body of a GET', async () => {
    await table.record(host.name, 'GET with a body', async () => {
      const probe = createProbe();
      const body = '{"clientId":"a"}';
      expect((await host.exchange(probe.endpoint, { method: 'GET', headers: [JSON_TYPE], body })).status).toBe(200);
      expect(onlyRequest(probe).body).toHaveLength(0);
    });
  });
});

const answers = createTable();
afterAll(() => answers.print('what reaches the client'));

describe.each(everyHost)('$name answers', (host) => {
  const get: WireRequest = { method: 'GET' };

  it('status, headers and body', async () => {
    await answers.record(host.name, 'status, headers, body', async () => {
      const body = '{"error":{"message":"é✓😀"}}';
      const { endpoint } = createProbe({
        status: 401,
        headers: [
          ['Content-Type', 'application/json'],
          ['X-Ably-ErrorCode', '40101'],
          ['Vary', 'Origin'],
        ],
        body,
      });
      const answer = await host.exchange(endpoint, get);
      expect(answer).toMatchObject({ status: 401, body, setCookies: [] });
      expect(answer.headers.get('content-type')).toBe('application/json');
      expect(answer.headers.get('x-ably-errorcode')).toBe('40101');
      expect(answer.headers.get('vary')).toBe('Origin');
    });
  });

  it('several cookies, never joined', async () => {
    await answers.record(host.name, 'several cookies', async () => {
      const cookies = ['a=1; Path=/; Secure; HttpOnly', LONG_DATE, 'c=; Max-Age=0'];
      const { endpoint } = createProbe({ cookies });
      expect((await host.exchange(endpoint, get)).setCookies).toEqual(cookies);
    });
  });

  it('one cookie', async () => {
    await answers.record(host.name, 'one cookie', async () => {
      const { endpoint } = createProbe({ cookies: [LONG_DATE] });
      expect((await host.exchange(endpoint, get)).setCookies).toEqual([LONG_DATE]);
    });
  });

  it('a header that comes twice', async () => {
    await answers.record(host.name, 'repeated header', async () => {
      const { endpoint } = createProbe({
        headers: [
          ['Vary', 'Origin'],
          ['Vary', 'Cookie'],
        ],
      });
      const { headers } = await host.exchange(endpoint, get);
      expect(headers.get('vary')).toBe('Origin, Cookie');
    });
  });

  it('204 without a body', async () => {
    await answers.record(host.name, '204', async () => {
      const { endpoint } = createProbe({ status: 204, headers: [['Access-Control-Max-Age', '600']], body: '' });
      const answer = await host.exchange(endpoint, { method: 'OPTIONS' });
      expect(answer).toMatchObject({ status: 204, body: '' });
      expect(answer.headers.get('access-control-max-age')).toBe('600');
      expect(answer.headers.has('content-length')).toBe(false);
    });
  });
});
