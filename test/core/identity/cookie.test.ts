import { describe, expect, it } from 'vitest';
import { clearCookie, cookieName, cookieValues, writeCookie } from '../../../core/identity/cookie.ts';
import { authRequest } from '../auth-request.ts';

describe('cookieName', () => {
  it('is bound to the host where cookies are secure, and another one where they are not', () => {
    expect([cookieName('session', true), cookieName('session', false)]).toEqual([
      '__Host-ably-auth-session',
      'ably-auth-session-dev',
    ]);
  });
});

describe('writeCookie', () => {
  it('keeps the secure one from scripts, plain HTTP and other sites', () => {
    expect(writeCookie(cookieName('session', true), 'v1.a.b.c', 60)).toBe(
      '__Host-ably-auth-session=v1.a.b.c; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure',
    );
  });

  it('never has a Domain, which __Host- forbids, and no Secure for the local server', () => {
    expect(writeCookie(cookieName('session', false), 'x', 60)).toBe(
      'ably-auth-session-dev=x; Path=/; Max-Age=60; HttpOnly; SameSite=Lax',
    );
  });
});

describe('clearCookie', () => {
  it('has the attributes of the cookie that it clears', () => {
    expect(clearCookie('__Host-ably-auth-session')).toBe(
      '__Host-ably-auth-session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure',
    );
  });
});

describe('cookieValues', () => {
  const request = authRequest({
    cookies: [
      ['ably-auth-session-dev', 'dev'],
      ['__Host-ably-auth-session', 'one'],
      ['__host-ably-auth-session', 'lower case'],
      ['__Host-ably-auth-session', ''],
      ['__Host-ably-auth-session ', 'space'],
    ],
  });

  it('finds every value of exactly this name, in the order sent', () => {
    expect(cookieValues(request, '__Host-ably-auth-session')).toEqual(['one', '']);
    expect(cookieValues(request, 'ably-auth-session-dev')).toEqual(['dev']);
    expect(cookieValues(request, 'constructor')).toEqual([]);
  });

  it('S15: looks through a hundred thousand cookies at once', () => {
    const cookies = Array.from({ length: 100_000 }, (_, index) => [`c${index}`, 'x'.repeat(8)] as const);
    expect(cookieValues(authRequest({ cookies }), 'c99999')).toEqual(['xxxxxxxx']);
  });
});
