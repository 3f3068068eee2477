/** The answer to OPTIONS, and the event of it. */
import { describe, expect, it } from 'vitest';
import type { AuthEvent } from '../../../core/auth-event.ts';
import { startWatch } from '../../../core/watch.ts';
import type { CorsRules } from '../../../core/wire/cors.ts';
import { answerPreflight, preflightHeaders } from '../../../core/wire/preflight.ts';
import { authRequest, NOW_MS } from '../auth-request.ts';

const APP = 'https://app.example';
const EVIL = 'https://evil.example';
const RULES: CorsRules = Object.freeze({
  mode: 'function',
  allowedOrigins: new Set([APP]),
  anyOrigin: false,
  allowedHeaders: [],
});
const CONTEXT = { requestId: 'request-1', cors: [['Vary', 'Origin']] as const, docsBaseUrl: undefined };

const from = (origin: string) => authRequest({ method: 'OPTIONS', headers: { origin } });

describe('answerPreflight', () => {
  it('has no body, no content type, and is never cached by anybody but the browser', () => {
    const answer = answerPreflight(RULES, from(EVIL), CONTEXT, undefined);
    expect(answer).toEqual({
      status: 204,
      headers: [
        ['Allow', 'GET, POST, OPTIONS'],
        ['X-Request-Id', 'request-1'],
        ['Cache-Control', 'private, no-cache, no-store, max-age=0, must-revalidate'],
        ['CDN-Cache-Control', 'no-store'],
        ['Vercel-CDN-Cache-Control', 'no-store'],
        ['Netlify-CDN-Cache-Control', 'no-store'],
        ['X-Content-Type-Options', 'nosniff'],
        ['Vary', 'Origin'],
      ],
      cookies: [],
      body: '',
    });
  });

  it('names the methods of the endpoint that is asked', () => {
    const context = { ...CONTEXT, methods: 'POST, OPTIONS' };
    const headers = new Map(answerPreflight(RULES, from(APP), context, undefined).headers);
    expect(headers.get('Allow')).toBe('POST, OPTIONS');
    expect(headers.get('Access-Control-Allow-Methods')).toBe('POST, OPTIONS');
  });

  it('tells whether the page may call, and not which it is', () => {
    const events: AuthEvent[] = [];
    for (const origin of [APP, EVIL]) {
      const ports = { onEvent: (event: AuthEvent) => events.push(event), nowMs: () => NOW_MS, elapsedMs: () => 0 };
      answerPreflight(RULES, from(origin), CONTEXT, startWatch('request-1', from(origin), ports));
    }
    expect(events).toMatchObject([
      { kind: 'preflight', status: 204, requestId: 'request-1', allowed: true },
      { kind: 'preflight', allowed: false },
    ]);
    expect(JSON.stringify(events)).not.toContain('.example');
  });
});

describe('preflightHeaders', () => {
  it('names the methods and headers that a listed origin may use', () => {
    expect(preflightHeaders(RULES, from(APP))).toEqual([
      ['Access-Control-Allow-Methods', 'GET, POST, OPTIONS'],
      [
        'Access-Control-Allow-Headers',
        'authorization, content-type, x-ably-auth-resources, x-ably-auth-grant, x-ably-auth-guest',
      ],
      ['Access-Control-Max-Age', '600'],
    ]);
  });

  it("adds the config's own headers", () => {
    const rules = { ...RULES, allowedHeaders: ['x-tenant', 'X-Trace'] };
    expect(new Map(preflightHeaders(rules, from(APP))).get('Access-Control-Allow-Headers')).toMatch(
      /^authorization, .*, x-tenant, X-Trace$/,
    );
  });

  it('names nothing to an origin that is not listed, nor where the platform answers', () => {
    expect(preflightHeaders(RULES, from('https://evil.example'))).toEqual([]);
    expect(preflightHeaders(RULES, from('null'))).toEqual([]);
    expect(preflightHeaders({ ...RULES, mode: 'platform' }, from(APP))).toEqual([]);
  });
});
