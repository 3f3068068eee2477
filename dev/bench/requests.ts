/**
 * What every contender is asked, and how its answer is checked: a benchmark of wrong answers would be worthless.
 *
 * The check is written apart from core, from the specification (RSA9g), so that it cannot agree with our mistakes.
 */
import { createHmac } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** Not keys and secrets of anybody. */
export const API_KEY = 'fake-app.fake-key:not-a-secret-only-for-benchmarks';
export const SESSION_SECRET = 'not-a-secret-only-for-benchmarks-0123456789';
export const SUBJECT = 'user-42';

/** Payload 2.0, as an HTTP API sends a browser's request. `rnd` is what ably-js adds to every one. */
export function lambdaEvent(cookie: string | undefined): APIGatewayProxyEventV2 {
  const domainName = 'example.execute-api.eu-west-1.amazonaws.com';
  const userAgent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0 Safari/537.36';
  return {
    version: '2.0',
    routeKey: 'ANY /api/ably-auth',
    rawPath: '/api/ably-auth',
    rawQueryString: 'rnd=8234982374',
    headers: {
      accept: '*/*',
      'accept-encoding': 'gzip, deflate, br',
      'accept-language': 'en',
      'content-length': '0',
      host: domainName,
      'sec-fetch-site': 'same-origin',
      'user-agent': userAgent,
      'x-amzn-trace-id': 'Root=1-00000000-000000000000000000000000',
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    ...(cookie !== undefined && { cookies: [cookie] }),
    queryStringParameters: { rnd: '8234982374' },
    requestContext: {
      accountId: '000000000000',
      apiId: 'example',
      domainName,
      domainPrefix: 'example',
      http: { method: 'GET', path: '/api/ably-auth', protocol: 'HTTP/1.1', sourceIp: '203.0.113.7', userAgent },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: 'ANY /api/ably-auth',
      stage: '$default',
      time: '01/Jan/2026:00:00:00 +0000',
      timeEpoch: 1767225600000,
    },
    isBase64Encoded: false,
  };
}

/** @throws Error unless the body is a TokenRequest that Ably would accept, for this caller and no other */
export function checkAnswer(name: string, body: string, caller: 'anonymous' | 'signed-in'): void {
  const fields = JSON.parse(body) as Readonly<Record<string, unknown>>;
  const { keyName = '', ttl = '', capability = '', clientId = '', timestamp = '', nonce = '', mac } = fields;
  const text = `${keyName}\n${ttl}\n${capability}\n${clientId}\n${timestamp}\n${nonce}\n`;
  const [expectedName, secret = ''] = API_KEY.split(':');
  const expectedCapability =
    caller === 'anonymous' ? '{"notifications":["subscribe"]}' : '{"*":["publish","subscribe"]}';
  const problems = [
    keyName === expectedName ? '' : 'another key',
    mac === createHmac('sha256', secret).update(text).digest('base64') ? '' : 'a wrong mac',
    String(nonce).length >= 16 ? '' : 'a short nonce',
    Math.abs(Date.now() - Number(timestamp)) < 120_000 ? '' : 'an old timestamp',
    capability === expectedCapability ? '' : 'another capability',
    clientId === (caller === 'anonymous' ? '' : SUBJECT) ? '' : 'another clientId',
  ].filter((problem) => problem !== '');
  if (problems.length > 0) throw new Error(`${name} answered with ${problems.join(', ')}: ${body}`);
}
