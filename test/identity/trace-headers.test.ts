/** The caller's trace, carried on to whoever is asked about the caller, over a real connection. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { traceHeaders } from '../../adapters/identity/trace-headers.ts';
import { introspect } from '../../index.ts';
import { authRequest, type RequestToWrite, testEndpoint } from '../core/auth-request.ts';
import { RULES } from '../safety/support.ts';
import { sendJson, startApp } from './session-endpoint.ts';

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const TRACE = { traceId: 'a'.repeat(32), parentSpanId: 'b'.repeat(16), sampled: false };

const stateOf = (tracestate: string | readonly string[], traceparent = TRACEPARENT) =>
  traceHeaders(authRequest({ headers: { traceparent, tracestate } })).tracestate;

async function askedWith(request: RequestToWrite, client?: { readonly id: string; readonly secret: string }) {
  const app = await startApp((res) => sendJson(res, client ? { active: true, sub: 'ada', aud: 'x' } : { user: 'ada' }));
  const url = `${app.url}/session`;
  const source = client
    ? introspect({ url, client, require: { aud: 'x' } })
    : introspect({ url, forward: 'authorization', subject: 'user' });
  const endpoint = testEndpoint({ sources: [source], rules: RULES });
  const headers = { authorization: 'Bearer the-token', ...request.headers };
  expect((await endpoint.handle(authRequest({ ...request, headers }))).status).toBe(200);
  return app.asked[0]?.headers ?? {};
}

describe('who is asked about a caller', () => {
  it.each([undefined, { id: 'us', secret: 'a-fake-secret' }])(
    'learns the trace, beside what it needs (%j)',
    async (client) => {
      const headers = await askedWith({ headers: { traceparent: TRACEPARENT, tracestate: 'acme=1, other=x' } }, client);
      expect(headers).toMatchObject({ traceparent: TRACEPARENT, tracestate: 'acme=1,other=x' });
      expect(headers.authorization).toMatch(client ? /^Basic / : /^Bearer the-token$/);
    },
  );

  it('learns the platform’s where the caller has none, and no tracestate with it', async () => {
    const headers = await askedWith({ headers: { tracestate: 'acme=1' }, platform: { trace: TRACE } });
    expect(headers.traceparent).toBe(`00-${TRACE.traceId}-${TRACE.parentSpanId}-00`);
    expect(headers).not.toHaveProperty('tracestate');
  });

  it('learns nothing of a trace that is malformed', async () => {
    const headers = await askedWith({ headers: { traceparent: `${TRACEPARENT}-x`, tracestate: 'acme=1' } });
    expect(headers).not.toHaveProperty('traceparent');
    expect(headers).not.toHaveProperty('tracestate');
  });
});

describe('a tracestate', () => {
  it.each([
    ['acme=00f067aa0ba902b7'],
    ['a_-*/1=x y,b@c=!'],
    ['0tenant@vendor=1'],
    [`k=${'v'.repeat(256)}`],
    [Array.from({ length: 32 }, (_, index) => `k${index}=v`).join(',')],
  ])('is carried on: %s', (state) => {
    expect(stateOf(state)).toBe(state);
  });

  it('may come in several headers, with blanks and empty members', () => {
    expect(stateOf(['a=1', ' b=2 ,, \tc=3'])).toBe('a=1,b=2,c=3');
  });

  it.each([
    ['acme'],
    ['=1'],
    ['acme='],
    ['Acme=1'],
    ['acmE=1'],
    ['0acme=1'],
    ['a@b@c=1'],
    ['a@0=1'],
    [`${'k'.repeat(257)}=1`],
    [`k=${'v'.repeat(257)}`],
    ['a=b=c'],
    ['a=ä'],
    ['a=\u0000'],
    ['a=1,a=2'],
    ['a=1,b'],
    [Array.from({ length: 33 }, (_, index) => `k${index}=v`).join(',')],
    [Array.from({ length: 3 }, (_, index) => `k${index}=${'v'.repeat(200)}`).join(',')],
  ])('that is malformed is left out whole, and the trace goes on: %j', (state) => {
    expect(stateOf(state)).toBeUndefined();
    expect(traceHeaders(authRequest({ headers: { traceparent: TRACEPARENT, tracestate: state } }))).toHaveProperty(
      'traceparent',
    );
  });

  it('that is too long is not gone through: of ten million blanks that would not end', () => {
    expect(stateOf(`a=1${' '.repeat(10_000_000)}x`)).toBeUndefined();
  });

  it('is text that any header may hold, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `a=${text}`),
        ),
        (state) => {
          expect(stateOf(state) ?? 'x').toMatch(/^[\x20-\x7e]+$/);
        },
      ),
    );
  });
});
