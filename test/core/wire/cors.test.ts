import { describe, expect, it } from 'vitest';
import { type CorsRules, corsHeaders } from '../../../core/wire/cors.ts';
import { authRequest } from '../auth-request.ts';

const APP = 'https://app.example';
const RULES: CorsRules = Object.freeze({
  mode: 'function',
  allowedOrigins: new Set([APP, 'http://localhost:5173']),
  anyOrigin: false,
  allowedHeaders: [],
});
const ANY = { ...RULES, anyOrigin: true };

const from = (origin: string | readonly string[]) => authRequest({ headers: { origin } });

describe('corsHeaders', () => {
  it.each([APP, 'http://localhost:5173'])(
    'S13: lets the listed origin %s read the answer, with credentials',
    (origin) => {
      expect(corsHeaders(RULES, from(origin))).toEqual([
        ['Vary', 'Origin'],
        ['Access-Control-Allow-Origin', origin],
        ['Access-Control-Allow-Credentials', 'true'],
        [
          'Access-Control-Expose-Headers',
          'X-Ably-ErrorCode, X-Ably-ErrorMessage, X-Ably-Auth-Grant, X-Ably-Auth-Guest, X-Ably-Auth-Refused, ' +
            'Retry-After, X-Request-Id, Server-Timing',
        ],
      ]);
    },
  );

  it.each([
    ['another scheme', 'http://app.example'],
    ['another port', 'https://app.example:8443'],
    ['a subdomain', 'https://x.app.example'],
    ['a longer name', 'https://app.example.evil.example'],
    ['a name that ends alike', 'https://evilapp.example'],
    ['upper case', 'https://APP.example'],
    ['a slash', 'https://app.example/'],
    ['the opaque origin', 'null'],
    ['nothing', ''],
    ['two in one value', `${APP}, https://evil.example`],
  ])('S13: tells an origin with %s nothing', (_, origin) => {
    expect(corsHeaders(RULES, from(origin))).toEqual([['Vary', 'Origin']]);
  });

  it('tells nothing to a request without Origin, or with two', () => {
    expect(corsHeaders(RULES, authRequest())).toEqual([['Vary', 'Origin']]);
    expect(corsHeaders(RULES, from([APP, APP]))).toEqual([['Vary', 'Origin']]);
  });

  it.each(['https://evil.example', 'null'])('S13: with "*" lets %s read without credentials', (origin) => {
    const headers = new Map(corsHeaders(ANY, from(origin)));
    expect(headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(headers.has('Access-Control-Allow-Credentials')).toBe(false);
    expect(headers.get('Vary')).toBe('Origin');
  });

  it('with "*" still names an origin that is listed beside it', () => {
    expect(new Map(corsHeaders(ANY, from(APP))).get('Access-Control-Allow-Origin')).toBe(APP);
  });

  it('writes Vary alone where the platform writes the rest', () => {
    expect(corsHeaders({ ...ANY, mode: 'platform' }, from(APP))).toEqual([['Vary', 'Origin']]);
  });
});
