import { describe, expect, it } from 'vitest';
import { configureEndpoint, session } from '../../index.ts';
import { authRequest, headerOf, SESSION_SECRET, testEndpoint } from '../core/auth-request.ts';
import { ALLOWED_ORIGIN, answerOf, everyOutcome } from './every-outcome.ts';
import { byPattern, byPrefix, bySuffix, reflected } from './naive/suffix-origin-check.ts';
import { headerSource, RULES } from './support.ts';

/** Origins that are not ours, beside the naive check that takes them for it. */
const FOREIGN: readonly (readonly [string, (origin: string) => object])[] = [
  ['https://evilapp.example', bySuffix],
  ['https://evil.example?app.example', bySuffix],
  ['http://app.example', bySuffix],
  ['https://app.example.evil.example', byPrefix],
  ['https://app.example:8443', byPrefix],
  ['https://app.example/', byPrefix],
  ['https://app.example@evil.example', byPrefix],
  ['https://appXexample', byPattern],
  ['https://evil.example/https://app.example', byPattern],
  ['HTTPS://APP.EXAMPLE', byPattern],
  ['null', reflected],
  ['file://', reflected],
  ['https://sub.app.example', reflected],
  ['https://app.example.', reflected],
  ['https://app.example:443', reflected],
  [' https://app.example', reflected],
  ['https://app.example, https://app.example', reflected],
  ['*', reflected],
  ['', reflected],
];

const endpoint = testEndpoint({ rules: RULES, allowedOrigins: [ALLOWED_ORIGIN, 'http://localhost:3000'] });

const corsNames = (headers: readonly (readonly [string, string])[]) =>
  headers.map(([name]) => name).filter((name) => /^access-control-/i.test(name));

describe('S13 exact origins', () => {
  it.each(FOREIGN)('%j is let in by a naive check, and by ours not', async (origin, naive) => {
    expect(naive(origin)).toMatchObject({ 'Access-Control-Allow-Origin': origin });
    for (const method of ['GET', 'POST', 'OPTIONS', 'PUT']) {
      const response = await endpoint.handle(authRequest({ method, headers: { origin } }));
      expect(corsNames(response.headers)).toEqual([]);
      expect(headerOf(response, 'Vary')).toBe('Origin');
    }
  });

  it('two Origin headers are none, even when both are allowed', async () => {
    const response = await endpoint.handle(authRequest({ headers: { origin: [ALLOWED_ORIGIN, ALLOWED_ORIGIN] } }));
    expect(corsNames(response.headers)).toEqual([]);
  });

  it.each([ALLOWED_ORIGIN, 'http://localhost:3000'])('%s may read the answer, and its preflight', async (origin) => {
    const headers = { origin, 'access-control-request-headers': 'x-evil' };
    for (const method of ['GET', 'OPTIONS']) {
      const response = await endpoint.handle(authRequest({ method, headers }));
      expect(headerOf(response, 'Access-Control-Allow-Origin')).toBe(origin);
      expect(headerOf(response, 'Access-Control-Allow-Credentials')).toBe('true');
      // Ours, never what was asked for: an allow-list that repeats the question is none.
      expect(headerOf(response, 'Access-Control-Allow-Headers') ?? '').not.toContain('x-evil');
    }
  });

  for (const outcome of everyOutcome({ origin: ALLOWED_ORIGIN })) {
    const title = `an allowed origin can read ${outcome.name}`;
    const test = async () => {
      const { response } = await answerOf(outcome);
      expect(headerOf(response, 'Vary')).toBe('Origin');
      expect(headerOf(response, 'Access-Control-Allow-Origin')).toBe(ALLOWED_ORIGIN);
      expect(headerOf(response, 'Access-Control-Expose-Headers')).toContain('X-Ably-ErrorCode');
    };
    // Which origins a config that cannot be used would have allowed is not known.
    if (outcome.name !== 'misconfigured') it(title, test);
  }

  // The origins are known here, only the key is not.
  it('an allowed origin can read that the key is missing', async () => {
    const { handle } = configureEndpoint({
      definition: { build: () => ({ sources: [headerSource('sso', 'x-user')], rules: RULES }) },
      env: { ABLY_AUTH_ALLOWED_ORIGINS: ALLOWED_ORIGIN },
      keySource: { ok: false, problems: [{ setting: 'ABLY_API_KEY', problem: 'not set', fix: 'Set it' }] },
    });
    const response = await handle(authRequest({ headers: { origin: ALLOWED_ORIGIN } }));
    expect(response.status).toBe(503);
    expect(headerOf(response, 'Access-Control-Allow-Origin')).toBe(ALLOWED_ORIGIN);
  });

  it('every answer varies by Origin, with an Origin or without', async () => {
    for (const outcome of [...everyOutcome(), ...everyOutcome({ origin: 'https://evil.example' })]) {
      const response = await outcome.endpoint.handle(outcome.request);
      expect(headerOf(response, 'Vary')).toBe('Origin');
      expect(corsNames(response.headers)).toEqual([]);
    }
  });

  it('* stands beside no cookie, and lets no credentials through', async () => {
    const ambient = testEndpoint({
      allowedOrigins: ['*'],
      rules: RULES,
      sources: [session({ secrets: [SESSION_SECRET] })],
    });
    expect(ambient.problems.map(({ problem }) => problem).join()).toMatch(/"\*" stands beside/);
    const open = testEndpoint({ allowedOrigins: ['*'], rules: RULES, sources: [headerSource('sso', 'x-user')] });
    const response = await open.handle(
      authRequest({ headers: { origin: 'https://anywhere.example', 'x-user': 'bob' } }),
    );
    expect(headerOf(response, 'Access-Control-Allow-Origin')).toBe('*');
    expect(headerOf(response, 'Access-Control-Allow-Credentials')).toBeUndefined();
    expect(headerOf(response, 'Vary')).toBe('Origin');
  });

  it.each([
    'null',
    'app.example',
    'https://app.example/',
    'https://*.app.example/',
    'https://APP.example',
    'https://app.example:443',
    'https://a@app.example',
    'ftp://app.example',
    'file://',
    'https://app.example/path',
    'javascript:alert(1)',
    'https://app.example?',
    '',
  ])('%j cannot be allowed, because no browser sends it so, or many do', (origin) => {
    expect(testEndpoint({ rules: RULES, allowedOrigins: [origin] }).problems).toHaveLength(1);
  });

  // new URL accepts it, and keeps it as it is: a pattern that its author believes in, and that matches nothing.
  it('a wildcard in a host name allows nobody', async () => {
    const { handle } = testEndpoint({ rules: RULES, allowedOrigins: ['https://*.app.example'] });
    const response = await handle(authRequest({ headers: { origin: 'https://sub.app.example' } }));
    expect(corsNames(response.headers)).toEqual([]);
  });

  it('a preflight allows no header that the config does not name, and no name with a line break', () => {
    expect(testEndpoint({ rules: RULES, allowedHeaders: ['x-tenant'] }).problems).toEqual([]);
    for (const name of ['x-a\r\nSet-Cookie: a=b', 'x a', '', '*', 'x,y']) {
      expect(testEndpoint({ rules: RULES, allowedHeaders: [name] }).problems).toHaveLength(1);
    }
  });
});
