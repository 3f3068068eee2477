import { describe, expect, it } from 'vitest';
import { type ClassifiedEvent, classifyEvent } from '../../adapters/aws-lambda/classify-event.ts';
import { describeEvent } from '../../adapters/aws-lambda/describe-event.ts';
import { createLambdaHandler } from '../../adapters/aws-lambda/handler.ts';
import albHealthCheck from './fixtures/alb-health-check.json' with { type: 'json' };
import albMulti from './fixtures/alb-multi.json' with { type: 'json' };
import albSingle from './fixtures/alb-single.json' with { type: 'json' };
import functionUrl from './fixtures/function-url.json' with { type: 'json' };
import httpApi1 from './fixtures/http-api-1.0.json' with { type: 'json' };
import httpApi2 from './fixtures/http-api-2.0.json' with { type: 'json' };
import notHttp from './fixtures/not-http.json' with { type: 'json' };
import rest1 from './fixtures/rest-1.0.json' with { type: 'json' };
import { LAMBDA_CONTEXT } from './hosts/lambda-hosts.ts';
import { createProbe, deepFreeze, onlyRequest } from './support/exchange.ts';

describe('createLambdaHandler', () => {
  it('makes a handler of exactly two parameters, or Node.js 24 on Lambda would not start it', () => {
    expect(createLambdaHandler(createProbe().endpoint)).toHaveLength(2);
  });

  it('serves several front doors with one handler', async () => {
    const probe = createProbe();
    const handler = createLambdaHandler(probe.endpoint);
    for (const event of [httpApi2, rest1, albSingle, albMulti, functionUrl, httpApi1]) {
      await handler(deepFreeze(event), LAMBDA_CONTEXT);
    }
    expect(probe.seen).toHaveLength(6);
  });

  it('works without a context, as the console and emulators call it', async () => {
    const probe = createProbe();
    await createLambdaHandler(probe.endpoint)(deepFreeze(albSingle), undefined);
    expect(onlyRequest(probe).platform).toEqual({ clientIp: '203.0.113.7' });
  });
});

describe('classifyEvent', () => {
  it.each([
    ['an HTTP API 2.0', httpApi2, 'http-2.0'],
    ['a Function URL', functionUrl, 'http-2.0'],
    ['a REST API', rest1, 'rest-1.0'],
    ['an HTTP API 1.0', httpApi1, 'rest-1.0'],
    ['an ALB', albSingle, 'alb'],
    ['an ALB in multi-value mode', albMulti, 'alb'],
    ['an ALB health check', albHealthCheck, 'alb'],
  ] as const)('recognises %s', (_, event, kind: ClassifiedEvent['kind']) => {
    expect(classifyEvent(event).kind).toBe(kind);
  });

  it('does not go by fields that other generations have too: version, rawPath, cookies', () => {
    expect(classifyEvent({ ...rest1, version: '2.0', rawPath: '/api/ably-auth', cookies: [] }).kind).toBe('rest-1.0');
    expect(classifyEvent({ ...httpApi2, version: '1.0' }).kind).toBe('http-2.0');
    expect(classifyEvent({ ...albSingle, version: '2.0' }).kind).toBe('alb');
  });
});

describe('an event that is no HTTP request', () => {
  const junk = {
    null: null,
    'a string': 'ping',
    'a number': 0,
    nothing: undefined,
    'a list': [],
    'an empty object': {},
  };
  const halves = {
    'half a 2.0 event': { requestContext: { http: {} }, headers: 7, cookies: 7 },
    'half a REST event': { httpMethod: 'GET', requestContext: {}, multiValueHeaders: { a: 5 } },
    'half an ALB event': { requestContext: { elb: {} } },
  };

  it.each(Object.entries({ ...notHttp, ...junk, ...halves }))('%s is refused quietly', async (_, event) => {
    const probe = createProbe();
    const lines: string[] = [];
    const handler = createLambdaHandler(probe.endpoint, { onUnknownEvent: (line) => lines.push(line) });
    const result = await handler(deepFreeze(event), LAMBDA_CONTEXT);

    expect(probe.seen).toHaveLength(0);
    expect(Object.keys(result).sort()).toEqual(['body', 'headers', 'isBase64Encoded', 'statusCode']);
    expect(result).toMatchObject({ statusCode: 400, isBase64Encoded: false });
    expect(JSON.parse(result.body ?? '')).toEqual({
      error: { code: 40000, statusCode: 400, message: expect.any(String), requestId: expect.any(String) },
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^[ -~]{10,200}$/);
  });

  it('is named in the line for the log', async () => {
    const shapes = Object.values(notHttp).map((event) => ({ ...classifyEvent(event), shape: describeEvent(event) }));
    expect(shapes).toEqual([
      { kind: 'unknown', shape: 'VPC Lattice' },
      { kind: 'unknown', shape: 'records of aws:sqs' },
      { kind: 'unknown', shape: 'records of aws:sns' },
      { kind: 'unknown', shape: 'an event of aws.events' },
      { kind: 'unknown', shape: 'an object with source' },
      { kind: 'unknown', shape: 'an object with headers, multiValueHeaders, requestContext, isBase64Encoded' },
    ]);
  });

  it('cannot write a line of its own into the log, nor a long one', () => {
    const event = { 'x\n{"level":"info"}': 1, [`long${'g'.repeat(9_999)}`]: 1 };
    expect(classifyEvent(event)).toEqual({ kind: 'unknown' });
    expect(describeEvent(event)).toMatch(/^[\w .:,?-]{1,120}$/);
  });

  it('is refused even when nobody listens or the listener throws', async () => {
    const { endpoint } = createProbe();
    expect(await createLambdaHandler(endpoint)({}, LAMBDA_CONTEXT)).toMatchObject({ statusCode: 400 });
    const onUnknownEvent = (): never => {
      throw new Error('the log is full');
    };
    expect(await createLambdaHandler(endpoint, { onUnknownEvent })({}, LAMBDA_CONTEXT)).toMatchObject({
      statusCode: 400,
    });
  });
});
