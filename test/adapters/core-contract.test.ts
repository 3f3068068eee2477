/**
 * The same HTTP requests through the real core: every host gives the same answer, byte for byte, but for the request's
 * id.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { everyHost } from './hosts/every-host.ts';
import { CORE_CASES, endpoint } from './support/core-cases.ts';
import type { WireAnswer } from './support/exchange.ts';
import { createTable } from './support/table.ts';

const table = createTable();
afterAll(() => table.print('the real core'));

describe('the endpoint of this suite', () => {
  it('is configured without problems', () => expect(endpoint.problems).toEqual([]));
});

describe.each(CORE_CASES)('$title', ({ title, request, status, claims, code, cookies = 0, headers = {}, hiddenBy }) => {
  const hosts = everyHost.filter((host) => !hiddenBy?.(host));
  let reference: unknown;

  it.each(hosts)('$name', async (host) => {
    await table.record(host.name, title, async () => {
      const answer = await host.exchange(endpoint, request);
      expect(answer.status).toBe(status);
      expect(answer.setCookies).toHaveLength(cookies);
      for (const [name, value] of Object.entries(headers)) expect(answer.headers.get(name)).toBe(value);
      if (claims) expect(jwtClaims(answer.body)).toMatchObject(claims);
      if (code) {
        expect(JSON.parse(answer.body).error).toMatchObject({ code, statusCode: status });
        expect(answer.headers.get('x-ably-errorcode')).toBe(String(code));
      }
      reference ??= comparable(answer);
      expect(comparable(answer)).toEqual(reference);
    });
  });
});

describe.each(everyHost)('$name', (host) => {
  it('answers with the platform’s request id where there is one', async () => {
    const { headers } = await host.exchange(endpoint, { method: 'GET' });
    expect(headers.get('x-request-id')).toMatch(host.requestId === undefined ? /^[0-9a-f-]{36}$/ : /./);
    if (host.requestId !== undefined) expect(headers.get('x-request-id')).toBe(host.requestId);
  });
});

/** What Node's server adds to every answer is the transport's, and what differs each time is the id. */
function comparable({ status, headers, setCookies, body }: WireAnswer): unknown {
  const transport = new Set(['date', 'connection', 'keep-alive', 'content-length', 'x-request-id']);
  const kept = [...headers].filter(([name]) => !transport.has(name)).sort(([a], [b]) => (a < b ? -1 : 1));
  return { status, headers: kept, setCookies, body: body.replace(/"requestId":"[^"]*"/, '"requestId":"…"') };
}

function jwtClaims(jwt: string): unknown {
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());
}
