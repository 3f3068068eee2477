import { describe, expect, it } from 'vitest';
import { createLambdaHandler } from '../../adapters/aws-lambda/handler.ts';
import type { AuthResponse } from '../../core/http.ts';
import albHealthCheck from './fixtures/alb-health-check.json' with { type: 'json' };
import albMulti from './fixtures/alb-multi.json' with { type: 'json' };
import albSingle from './fixtures/alb-single.json' with { type: 'json' };
import httpApi1 from './fixtures/http-api-1.0.json' with { type: 'json' };
import httpApi2 from './fixtures/http-api-2.0.json' with { type: 'json' };
import rest1 from './fixtures/rest-1.0.json' with { type: 'json' };
import { LAMBDA_CONTEXT } from './hosts/lambda-hosts.ts';
import { bodyText, createProbe, deepFreeze, onlyRequest } from './support/exchange.ts';

async function read(event: unknown) {
  const probe = createProbe();
  await createLambdaHandler(probe.endpoint)(deepFreeze(event), LAMBDA_CONTEXT);
  return onlyRequest(probe);
}

async function write(event: unknown, answer: Partial<AuthResponse>): Promise<unknown> {
  return createLambdaHandler(createProbe(answer).endpoint)(deepFreeze(event), LAMBDA_CONTEXT);
}

describe('regressions in reading events', () => {
  it('decodes base64 form bodies, as HTTP APIs send every form', async () => {
    const form = 'clientId=%C3%A9&capability=%7B%7D';
    const post = { http: { ...httpApi2.requestContext.http, method: 'POST' } };
    const request = await read({
      ...httpApi2,
      headers: { ...httpApi2.headers, 'content-type': 'application/x-www-form-urlencoded' },
      requestContext: { ...httpApi2.requestContext, ...post },
      body: Buffer.from(form).toString('base64'),
      isBase64Encoded: true,
    });
    expect(bodyText(request)).toBe(form);
  });

  it.each([
    ['REST', { ...rest1, headers: null, multiValueHeaders: null }],
    ['HTTP API 1.0', { ...httpApi1, headers: null, multiValueHeaders: null }],
    ['HTTP API 2.0', { ...httpApi2, headers: null }],
    ['ALB', { ...albSingle, headers: null, queryStringParameters: null }],
  ])('survives headers: null (%s)', async (_, event) => {
    const request = await read(event);
    expect([...request.headers]).toEqual([]);
    expect(request.cookies).toEqual([]);
    expect(request.query).toEqual([]);
  });

  it('survives null and missing values inside the maps', async () => {
    const request = await read({
      ...rest1,
      headers: { A: null, B: '2' },
      multiValueHeaders: { A: null, C: [null, '3'] },
      queryStringParameters: null,
      multiValueQueryStringParameters: { a: null, b: [null] },
    });
    expect([...request.headers]).toEqual([
      ['c', ['', '3']],
      ['b', ['2']],
    ]);
    expect(request.query).toEqual([['b', '']]);
  });

  it('folds mixed-case header names into one and doubles nothing that both maps have', async () => {
    const request = await read({
      ...rest1,
      headers: { AUTHORIZATION: 'Bearer one', 'x-only-single': 'yes' },
      multiValueHeaders: {
        Authorization: ['Bearer one'],
        ORIGIN: ['https://a.example'],
        origin: ['https://b.example'],
      },
    });
    expect(request.headers.get('authorization')).toEqual(['Bearer one']);
    expect(request.headers.get('origin')).toEqual(['https://a.example', 'https://b.example']);
    expect(request.headers.get('x-only-single')).toEqual(['yes']);
  });

  it('keeps repeated query keys, and keys that differ in case alone', async () => {
    const request = await read({
      ...rest1,
      queryStringParameters: { ttl: '2', clientId: 'b', clientid: 'a' },
      multiValueQueryStringParameters: { ttl: ['1', '2'], clientId: ['b'], clientid: ['a'] },
    });
    expect(request.query).toEqual([
      ['ttl', '1'],
      ['ttl', '2'],
      ['clientId', 'b'],
      ['clientid', 'a'],
    ]);
  });

  it('does not decode a REST query a second time', async () => {
    const request = await read({ ...rest1, multiValueQueryStringParameters: { clientId: ['50%25 é+%2C'] } });
    expect(request.query).toEqual([['clientId', '50%25 é+%2C']]);
  });

  it.each([
    ['single', { ...albSingle, queryStringParameters: { 'cl%69entId': '%C3%A9+%2B%26%3D', bad: '%' } }],
    ['multi', { ...albMulti, multiValueQueryStringParameters: { 'cl%69entId': ['%C3%A9+%2B%26%3D'], bad: ['%'] } }],
  ])("decodes an ALB's query, which the load balancer does not (%s)", async (_, event) => {
    expect((await read(event)).query).toEqual([
      ['clientId', 'é +&='],
      ['bad', '%'],
    ]);
  });

  it('takes the raw query string of payload 2.0, not the map in which commas are ambiguous', async () => {
    const event = { ...httpApi2, rawQueryString: 'a=1%2C2&a=3', queryStringParameters: { a: '1,2,3' } };
    expect((await read(event)).query).toEqual([
      ['a', '1,2'],
      ['a', '3'],
    ]);
  });

  it('reads cookies from cookies[], from headers, and once when an emulator leaves them in both', async () => {
    const headers = { ...httpApi2.headers, cookie: 'a=1; b=2' };
    const expected = [
      ['a', '1'],
      ['b', '2'],
    ];
    expect((await read({ ...httpApi2, cookies: ['a=1', 'b=2'] })).cookies).toEqual(expected);
    expect((await read({ ...httpApi2, headers })).cookies).toEqual(expected);
    const both = await read({ ...httpApi2, headers, cookies: ['a=1', 'b=2'] });
    expect(both.cookies).toEqual(expected);
    expect(both.headers.get('cookie')).toEqual(['a=1; b=2']);
    expect((await read({ ...httpApi2, headers, cookies: [] })).cookies).toEqual(expected);
  });

  it('answers the health check of an ALB like any other request', async () => {
    const request = await read(albHealthCheck);
    expect(request.method).toBe('GET');
    expect(request.headers.get('user-agent')).toEqual(['ELB-HealthChecker/2.0']);
    expect(request.platform).toEqual({ requestId: LAMBDA_CONTEXT.awsRequestId });
  });
});

describe('regressions in writing results', () => {
  const answer = {
    status: 401,
    headers: [['Content-Type', 'application/json']] as const,
    cookies: ['a=1; Expires=Sun, 22 Nov 2026 10:11:12 GMT', 'b=2'],
    body: '{}',
  };

  it('puts cookies of payload 2.0 in cookies and nothing in multiValueHeaders', async () => {
    expect(await write(httpApi2, answer)).toEqual({
      statusCode: 401,
      headers: { 'Content-Type': 'application/json' },
      cookies: answer.cookies,
      body: '{}',
      isBase64Encoded: false,
    });
  });

  it.each([
    ['REST', rest1, {}],
    ['HTTP API 1.0', httpApi1, {}],
    ['ALB multi', albMulti, { statusDescription: '401 Unauthorized' }],
  ])('never has both headers and multiValueHeaders (%s)', async (_, event, more) => {
    expect(await write(event, answer)).toEqual({
      statusCode: 401,
      multiValueHeaders: { 'Content-Type': ['application/json'], 'Set-Cookie': answer.cookies },
      body: '{}',
      isBase64Encoded: false,
      ...more,
    });
  });

  it('spells Set-Cookie differently for each cookie where an ALB takes single values alone', async () => {
    expect(await write(albSingle, answer)).toEqual({
      statusCode: 401,
      statusDescription: '401 Unauthorized',
      headers: { 'Content-Type': 'application/json', 'set-cookie': answer.cookies[0], 'Set-cookie': answer.cookies[1] },
      body: '{}',
      isBase64Encoded: false,
    });
    const many = Array.from({ length: 40 }, (_, i) => `c${i}=1`);
    const { headers } = (await write(albSingle, { ...answer, cookies: many })) as { headers: Record<string, string> };
    const names = Object.keys(headers).filter((name) => name.toLowerCase() === 'set-cookie');
    expect(names.map((name) => headers[name])).toEqual(many);
  });

  it.each([200, 204, 400, 401, 403, 405, 500, 503])('gives an ALB a description of %i', async (status) => {
    const result = (await write(albSingle, { ...answer, status })) as { statusDescription: string };
    expect(result.statusDescription).toMatch(new RegExp(`^${status} [A-Z][A-Za-z ]+$`));
  });
});
