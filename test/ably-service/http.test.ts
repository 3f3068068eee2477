/** How the local service answers over HTTP, whatever was asked: errors, CORS, envelopes, unknown paths. */

import { describe, expect, it } from 'vitest';
import { basic, call, KEY_NAME, redeem, startService, tokenRequest } from './support.ts';

describe('the form of answers', () => {
  it('carries an error in headers and body, in exactly application/json', async () => {
    const service = await startService();

    const answer = await redeem(service.url, tokenRequest({ ttl: 86_400_001 }));

    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('x-ably-errorcode')).toBe('40003');
    expect(answer.headers.get('x-ably-errormessage')).toBe(answer.body.error.message);
  });

  it('lets a page of another origin read answers and errors, with an Authorization header', async () => {
    const service = await startService();
    const origin = 'http://page.example';

    const preflight = await call(service.url, `/keys/${KEY_NAME}/requestToken`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-headers': 'authorization,x-ably-version' },
    });
    const refused = await call(service.url, '/channels/a/messages', { headers: { origin } });

    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization,x-ably-version');
    for (const { headers } of [preflight, refused]) {
      expect(headers.get('access-control-allow-origin')).toBe(origin);
      expect(headers.get('access-control-allow-credentials')).toBe('true');
    }
    expect(refused.headers.get('access-control-expose-headers')).toContain('X-Ably-ErrorCode');
    expect(refused.body.error.code).toBe(40101);
  });

  it('has no route for a GET on requestToken, and tells the time to anyone', async () => {
    const service = await startService({ now: () => 1_700_000_000_000 });

    expect(await call(service.url, `/keys/${KEY_NAME}/requestToken`)).toMatchObject({
      status: 404,
      body: { error: { code: 40400 } },
    });
    expect((await call(service.url, '/time')).body).toEqual([1_700_000_000_000]);
    expect((await call(service.url, '//')).status).toBe(404);
  });

  it('wraps status, headers and body for browsers, which ask for an envelope', async () => {
    const service = await startService();
    const headers = basic();

    const history = await call(service.url, '/channels/a/messages?envelope=json', { headers });
    const refused = await call(service.url, '/channels/a/messages?envelope=json');

    expect(history.body).toMatchObject({ statusCode: 200, response: [] });
    expect(refused).toMatchObject({ status: 200, body: { statusCode: 401, response: { error: { code: 40101 } } } });
  });
});
