/** What an adapter hands on as vouched for: addresses, ids and claims, and never a word of the client's. */
import { describe, expect, it } from 'vitest';
import { createLambdaHandler } from '../../adapters/aws-lambda/handler.ts';
import { forwardedClientIp } from '../../adapters/aws-lambda/read-platform.ts';
import { createFetchHandler } from '../../adapters/fetch/handler.ts';
import { createNetlifyHandler } from '../../adapters/netlify/handler.ts';
import { createVercelHandler } from '../../adapters/vercel/handler.ts';
import type { AuthRequest } from '../../core/http.ts';
import httpApi1 from './fixtures/http-api-1.0.json' with { type: 'json' };
import httpApi2 from './fixtures/http-api-2.0.json' with { type: 'json' };
import rest1 from './fixtures/rest-1.0.json' with { type: 'json' };
import { LAMBDA_CONTEXT } from './hosts/lambda-hosts.ts';
import { createProbe, deepFreeze, onlyRequest } from './support/exchange.ts';

async function platformOf(
  event: { readonly requestContext: object },
  authorizer?: unknown,
): Promise<AuthRequest['platform']> {
  const probe = createProbe();
  const requestContext = { ...event.requestContext, ...(authorizer !== undefined && { authorizer }) };
  await createLambdaHandler(probe.endpoint)(deepFreeze({ ...event, requestContext }), LAMBDA_CONTEXT);
  return onlyRequest(probe).platform;
}

describe('verifiedClaims', () => {
  const claims = deepFreeze({
    sub: 'u1',
    'cognito:groups': '[admin poweruser]',
    email_verified: 'true',
    exp: '1795342272',
  });
  const context = deepFreeze({ principalId: 'u1', integrationLatency: 12, tenant: 't1' });
  const iam = deepFreeze({
    userArn: 'arn:aws:iam::123456789012:user/u1',
    userId: 'AIDAEXAMPLE',
    accountId: '123456789012',
  });

  it.each([
    ['JWT authorizer, payload 2.0', httpApi2, { jwt: { claims, scopes: null } }, claims],
    ['Lambda authorizer, payload 2.0', httpApi2, { lambda: context }, context],
    ['IAM, payload 2.0 and Function URL', httpApi2, { iam }, iam],
    ['JWT authorizer, payload 1.0', httpApi1, { claims, scopes: null }, claims],
    ['Cognito authorizer, REST', rest1, { claims }, claims],
    ['Lambda authorizer, REST', rest1, context, context],
  ])('are the very object of a %s', async (_, event, authorizer, expected) => {
    expect((await platformOf(event, authorizer)).verifiedClaims).toBe(expected);
  });

  it('of IAM in a REST API are the signed names alone, without the User-Agent beside them', async () => {
    const identity = {
      ...rest1.requestContext.identity,
      userArn: iam.userArn,
      user: 'AIDAEXAMPLE',
      caller: 'AIDAEXAMPLE',
      accountId: '123456789012',
    };
    const event = { ...rest1, requestContext: { ...rest1.requestContext, identity } };
    const { verifiedClaims = {} } = await platformOf(event);
    expect(verifiedClaims).toMatchObject({ userArn: iam.userArn, user: 'AIDAEXAMPLE' });
    expect(Object.keys(verifiedClaims)).not.toContain('userAgent');
    expect(Object.keys(verifiedClaims)).not.toContain('sourceIp');
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['an empty authorizer', {}],
    ['a JWT authorizer without claims', { jwt: {} }],
    ['null members', { jwt: null, lambda: null, iam: null }],
    ['a list', [claims]],
    ['text', 'admin'],
  ])('are absent when payload 2.0 brings %s', async (_, authorizer) => {
    expect(await platformOf(httpApi2, authorizer)).not.toHaveProperty('verifiedClaims');
  });
});

describe('forwardedClientIp', () => {
  it.each([
    ['203.0.113.7', ['203.0.113.7']],
    ['203.0.113.7', ['198.51.100.66, 203.0.113.7']],
    ['203.0.113.7', ['198.51.100.66', '10.0.0.1 ,203.0.113.7']],
    ['203.0.113.7', ['203.0.113.7:4711']],
    ['2001:db8::7', ['2001:db8::7']],
    ['2001:db8::7', ['198.51.100.66, [2001:db8::7]:4711']],
    ['2001:db8::7', ['[2001:db8::7]']],
  ])('is %s of %j', (expected, values) => {
    expect(forwardedClientIp(new Map([['x-forwarded-for', values]]))).toBe(expected);
  });

  it('is unknown without the header, and when its last element is empty', () => {
    expect(forwardedClientIp(new Map())).toBeUndefined();
    expect(forwardedClientIp(new Map([['x-forwarded-for', ['198.51.100.66,']]]))).toBeFalsy();
  });
});

describe('createFetchHandler', () => {
  it('takes what the host vouches for from the hook, with all that the host passes', async () => {
    const probe = createProbe();
    const handler = createFetchHandler(probe.endpoint, {
      platform: (_request: Request, info: { readonly remoteAddr: { readonly hostname: string } }) => ({
        clientIp: info.remoteAddr.hostname,
      }),
    });
    await handler(new Request('https://auth.example/'), { remoteAddr: { hostname: '203.0.113.7' } });
    expect(onlyRequest(probe).platform).toEqual({ clientIp: '203.0.113.7' });
  });

  it('knows nothing without one, whatever the headers say', async () => {
    const probe = createProbe();
    const headers = { 'x-forwarded-for': '198.51.100.66', 'cf-connecting-ip': '198.51.100.66' };
    await createFetchHandler(probe.endpoint)(new Request('https://auth.example/', { headers }));
    expect(onlyRequest(probe).platform).toEqual({});
  });
});

describe('createVercelHandler', () => {
  const platformFor = async (headers: Record<string, string>): Promise<AuthRequest['platform']> => {
    const probe = createProbe();
    await createVercelHandler(probe.endpoint).fetch(new Request('https://auth.example/', { headers }));
    return onlyRequest(probe).platform;
  };

  it('prefers the header that a proxy in front of Vercel cannot replace', async () => {
    const headers = {
      'x-vercel-forwarded-for': '203.0.113.7',
      'x-real-ip': '198.51.100.1',
      'x-forwarded-for': '198.51.100.2',
    };
    expect(await platformFor(headers)).toEqual({ clientIp: '203.0.113.7' });
    expect(await platformFor({ 'x-real-ip': '203.0.113.7' })).toEqual({ clientIp: '203.0.113.7' });
  });

  it('never goes by X-Forwarded-For', async () => {
    expect(await platformFor({ 'x-forwarded-for': '198.51.100.2' })).toEqual({});
  });
});

describe('createNetlifyHandler', () => {
  it('works without a context, and then knows nothing', async () => {
    const probe = createProbe();
    const headers = { 'x-nf-client-connection-ip': '198.51.100.66' };
    await createNetlifyHandler(probe.endpoint)(new Request('https://auth.example/', { headers }), undefined);
    expect(onlyRequest(probe).platform).toEqual({});
  });
});
