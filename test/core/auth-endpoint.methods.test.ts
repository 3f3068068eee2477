/** Methods, preflight and who may read an answer, through the whole endpoint. */
import { describe, expect, it } from 'vitest';
import { anonymous } from '../../core/identity/anonymous.ts';
import type { Rule } from '../../core/policy/rule.ts';
import { authRequest, type EndpointToTest, headerOf, sessionCookie, testEndpoint } from './auth-request.ts';

const APP = 'https://app.example';
const EVIL = 'https://evil.example';
const RULES: readonly Rule[] = [{ name: 'all', when: { kind: ['user', 'anonymous'] }, grant: { news: ['subscribe'] } }];
const LISTED: EndpointToTest = { rules: RULES, allowedOrigins: [APP], allowedHeaders: ['x-tenant'] };
const ANY: EndpointToTest = { rules: RULES, sources: [anonymous()], allowedOrigins: ['*'] };
const PLATFORM: EndpointToTest = { ...LISTED, env: { ABLY_AUTH_CORS: 'platform' } };

const NEVER_ASKED: EndpointToTest['loadCurrent'] = () => {
  throw new Error('the key was loaded');
};

describe('handle', () => {
  it('answers OPTIONS with 204, an empty body, and without the key or an identity', async () => {
    const endpoint = testEndpoint({ ...LISTED, loadCurrent: NEVER_ASKED });
    const request = { method: 'OPTIONS', cookies: [['__Host-ably-auth-session', 'bad']] as const };
    const response = await endpoint.handle(authRequest(request));
    expect([response.status, response.body, response.cookies]).toEqual([204, '', []]);
    expect(endpoint.events.map(({ kind }) => kind)).toEqual(['preflight']);
    expect(headerOf(response, 'Allow')).toBe('GET, POST, OPTIONS');
    expect(headerOf(response, 'Content-Type')).toBeUndefined();
    expect(headerOf(response, 'Cache-Control')).toContain('no-store');
    expect(headerOf(response, 'Vary')).toBe('Origin');
  });

  it.each(['PUT', 'DELETE', 'PATCH', 'HEAD', 'TRACE', 'CONNECT', 'get', 'Post', '', 'GET ', '__proto__'])(
    'answers %j with 405 and Allow, without the key',
    async (method) => {
      const endpoint = testEndpoint({ ...LISTED, loadCurrent: NEVER_ASKED });
      const response = await endpoint.handle(authRequest({ method }));
      expect([response.status, headerOf(response, 'Allow')]).toEqual([405, 'GET, POST, OPTIONS']);
    },
  );

  it.each<[string, EndpointToTest, string | undefined, string | undefined, string | undefined]>([
    ['a listed origin', LISTED, APP, APP, 'true'],
    ['an unlisted origin', LISTED, EVIL, undefined, undefined],
    ['the origin null', LISTED, 'null', undefined, undefined],
    ['no origin', LISTED, undefined, undefined, undefined],
    ['any origin under "*"', ANY, EVIL, '*', undefined],
    ['the origin null under "*"', ANY, 'null', '*', undefined],
    ['a listed origin where the platform answers', PLATFORM, APP, undefined, undefined],
  ])('S13: lets %s read tokens, errors and preflights alike', async (_, options, origin, allowed, credentials) => {
    const endpoint = testEndpoint(options);
    const headers = origin === undefined ? {} : { origin };
    const requests = [{}, { method: 'POST' }, { method: 'PUT' }, { query: { capability: '{' } }, { method: 'OPTIONS' }];
    const responses = await Promise.all(
      requests.map((request) => endpoint.handle(authRequest({ ...request, headers }))),
    );
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 405, 400, 204]);
    for (const response of responses) {
      expect(headerOf(response, 'Access-Control-Allow-Origin')).toBe(allowed);
      expect(headerOf(response, 'Access-Control-Allow-Credentials')).toBe(credentials);
      expect(headerOf(response, 'Access-Control-Expose-Headers') !== undefined).toBe(allowed !== undefined);
      expect(headerOf(response, 'Vary')).toBe('Origin');
    }
  });

  it('S13: lets a listed origin read why it was refused for good', async () => {
    const request = authRequest({ cookies: [sessionCookie()], query: { clientId: 'eve' }, headers: { origin: APP } });
    const response = await testEndpoint(LISTED).handle(request);
    expect(response.status).toBe(403);
    expect(headerOf(response, 'Access-Control-Allow-Origin')).toBe(APP);
    expect(headerOf(response, 'Access-Control-Expose-Headers')).toMatch(/^X-Ably-ErrorCode, X-Ably-ErrorMessage, /);
  });

  it('tells a preflight of a listed origin what it may send, and one of another nothing', async () => {
    const preflight = async (origin: string) => {
      const headers = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-evil' };
      return testEndpoint(LISTED).handle(authRequest({ method: 'OPTIONS', headers }));
    };
    const listed = await preflight(APP);
    expect(headerOf(listed, 'Access-Control-Allow-Methods')).toBe('GET, POST, OPTIONS');
    expect(headerOf(listed, 'Access-Control-Allow-Headers')).toBe(
      'authorization, content-type, x-ably-auth-resources, x-ably-auth-grant, x-ably-auth-guest, x-tenant',
    );
    const foreign = await preflight(EVIL);
    expect(foreign.status).toBe(204);
    expect(foreign.headers.filter(([name]) => name.startsWith('Access-Control-'))).toEqual([]);
  });

  it('writes headers in ASCII, whatever the request had in it', async () => {
    const endpoint = testEndpoint({ rules: RULES, allowedOrigins: [APP] });
    const hostile = 'é\r\nSet-Cookie: x=y\u2028😀';
    const requests = [
      {
        headers: { origin: hostile, authorization: hostile, 'x-request-id': hostile },
        platform: { requestId: hostile },
      },
      { method: hostile },
      { query: { clientId: hostile, capability: hostile } },
      { method: 'POST', headers: { 'content-type': hostile }, body: hostile },
    ];
    for (const request of requests) {
      const { headers } = await endpoint.handle(authRequest(request));
      for (const [name, value] of headers) expect(`${name}: ${value}`).toMatch(/^[A-Za-z-]+: [\x20-\x7e]+$/);
    }
  });
});
