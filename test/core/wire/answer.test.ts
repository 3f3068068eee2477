import { describe, expect, it } from 'vitest';
import { AuthFailure, FAILURES, type FailureReason } from '../../../core/errors.ts';
import { answerCredential, answerFailure } from '../../../core/wire/answer.ts';
import { headerOf } from '../auth-request.ts';

const CORS = [['Vary', 'Origin']] as const;
const CONTEXT = Object.freeze({ requestId: 'request-1', cors: CORS, docsBaseUrl: undefined });

const NEVER_CACHED = [
  ['Cache-Control', 'private, no-cache, no-store, max-age=0, must-revalidate'],
  ['CDN-Cache-Control', 'no-store'],
  ['Vercel-CDN-Cache-Control', 'no-store'],
  ['Netlify-CDN-Cache-Control', 'no-store'],
  ['X-Content-Type-Options', 'nosniff'],
];

describe('answerCredential', () => {
  it('is the credential and nothing around it', () => {
    const credential = { format: 'jwt', mediaType: 'application/jwt', body: 'a.b.c' } as const;
    expect(answerCredential(credential, CONTEXT)).toEqual({
      status: 200,
      headers: [['Content-Type', 'application/jwt'], ['X-Request-Id', 'request-1'], ...NEVER_CACHED, ...CORS],
      cookies: [],
      body: 'a.b.c',
    });
  });
});

describe('answerCredential, with something to be remembered', () => {
  it('adds its headers and cookies, and is as little cacheable as ever', () => {
    const credential = { format: 'jwt', mediaType: 'application/jwt', body: 'a.b.c' } as const;
    const remember = { cookies: ['a=b; Path=/'], headers: [['X-Ably-Auth-Guest', 'v1.a.b.c']] } as const;
    const answer = answerCredential(credential, CONTEXT, remember);
    expect(answer.cookies).toEqual(['a=b; Path=/']);
    expect(headerOf(answer, 'X-Ably-Auth-Guest')).toBe('v1.a.b.c');
    expect(answer.headers).toEqual(expect.arrayContaining(NEVER_CACHED));
  });
});

describe('answerFailure', () => {
  it('says the same in body and headers, in the order that readers expect', () => {
    expect(answerFailure(new AuthFailure('no-rule', 'for the log'), CONTEXT)).toEqual({
      status: 403,
      headers: [
        ['Content-Type', 'application/json'],
        ['X-Ably-ErrorCode', '40300'],
        ['X-Ably-ErrorMessage', 'No rule grants this identity anything.'],
        ['X-Request-Id', 'request-1'],
        ...NEVER_CACHED,
        ...CORS,
      ],
      cookies: [],
      body: '{"error":{"code":40300,"statusCode":403,"message":"No rule grants this identity anything.","requestId":"request-1"}}',
    });
  });

  it.each(Object.keys(FAILURES) as FailureReason[])(
    'S9, S10: %s is never cached, and keeps its detail to itself',
    (reason) => {
      const answer = answerFailure(new AuthFailure(reason, 'not-for-callers'), CONTEXT);
      expect(answer.headers).toEqual(expect.arrayContaining(NEVER_CACHED));
      expect(JSON.stringify(answer)).not.toContain('not-for-callers');
      expect(headerOf(answer, 'WWW-Authenticate')).toBeUndefined();
    },
  );

  it('names the methods with a 405 and nowhere else', () => {
    const allowed = (reason: FailureReason) => headerOf(answerFailure(new AuthFailure(reason), CONTEXT), 'Allow');
    const reasons = Object.keys(FAILURES) as FailureReason[];
    expect(reasons.filter((reason) => allowed(reason) !== undefined)).toEqual([
      'method-not-allowed',
      'post-only',
      'get-only',
    ]);
    expect(allowed('method-not-allowed')).toBe('GET, POST, OPTIONS');
  });

  it('says when to come back', () => {
    const wait = (reason: FailureReason) => headerOf(answerFailure(new AuthFailure(reason), CONTEXT), 'Retry-After');
    expect([wait('key-unavailable'), wait('misconfigured'), wait('internal')]).toEqual(['5', '30', undefined]);
  });

  it('links to the paragraph about the failure when there is such a page', () => {
    const context = { ...CONTEXT, docsBaseUrl: 'https://docs.example/errors' };
    const { error } = JSON.parse(answerFailure(new AuthFailure('no-rule'), context).body);
    expect(error.href).toBe('https://docs.example/errors#no-rule');
  });

  it('S2: clears the cookies that failed, each by a value of its own', () => {
    const clearCookies = ['__Host-ably-auth-session', 'ably-auth-session-dev'];
    const { cookies } = answerFailure(new AuthFailure('bad-credential', undefined, { clearCookies }), CONTEXT);
    expect(cookies).toEqual([
      '__Host-ably-auth-session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure',
      'ably-auth-session-dev=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax',
    ]);
  });
});
