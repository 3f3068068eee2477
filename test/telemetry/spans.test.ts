/** Events as spans, in the real OpenTelemetry SDK with its exporter in memory. */
import * as api from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSpans, type SpansOptions } from '../../adapters/telemetry/spans.ts';
import { toEach } from '../../adapters/telemetry/to-each.ts';
import { startWatch } from '../../core/watch.ts';
import { type AuthEvent, configureEndpoint } from '../../index.ts';
import {
  authRequest,
  KEY_NAME,
  NOW_MS,
  type RequestToWrite,
  sessionCookie,
  testEndpoint,
} from '../core/auth-request.ts';
import { RULES } from '../safety/support.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const BOB: RequestToWrite = { cookies: [sessionCookie({ subject: 'bob' })] };

let exporter: InMemorySpanExporter;
let provider: BasicTracerProvider;

beforeEach(() => {
  exporter = new InMemorySpanExporter();
  provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  api.trace.setGlobalTracerProvider(provider);
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterEach(async () => {
  await provider.shutdown();
  api.trace.disable();
  api.context.disable();
});

/** What the request left behind: its span, and those of its stages in order. */
async function spansOf(request: RequestToWrite, options?: SpansOptions) {
  const endpoint = testEndpoint({ rules: RULES });
  await endpoint.handle(authRequest(request));
  const sink = createSpans(api, options);
  for (const event of endpoint.events) sink(event);
  return finished();
}

function finished() {
  const spans = exporter.getFinishedSpans();
  const whole = spans.find(({ name }) => name.startsWith('ably-auth '));
  if (!whole) throw new Error('no span');
  return { whole, stages: spans.filter((span) => span !== whole) };
}

const millis = ([seconds, nanos]: ReadableSpan['startTime']): number => seconds * 1000 + nanos / 1e6;

describe('the span of a request', () => {
  it('says what its line says, under names of OpenTelemetry where it has some', async () => {
    const { whole } = await spansOf({ ...BOB, platform: { requestId: 'r-1' } });
    expect(whole.name).toBe('ably-auth issued');
    expect(whole.kind).toBe(api.SpanKind.SERVER);
    expect(whole.status).toEqual({ code: api.SpanStatusCode.UNSET });
    expect(whole.attributes).toEqual({
      'http.response.status_code': 200,
      'http.response.body.size': expect.any(Number),
      'enduser.pseudo.id': expect.stringMatching(/^[\w-]{16}$/),
      'ably_auth.outcome': 'issued',
      'ably_auth.request_id': 'r-1',
      'ably_auth.key_name': KEY_NAME,
      'ably_auth.key_fingerprint': expect.stringMatching(/^[\w-]{8}$/),
      'ably_auth.source': 'session',
      'ably_auth.identity_kind': 'user',
      'ably_auth.rules': ['members'],
      'ably_auth.format': 'token-request',
      'ably_auth.ttl_ms': 3_600_000,
      'ably_auth.resources': 2,
    });
  });

  it('has a span in it for each stage, one after the other, with the times of the event', () => {
    let atMs = 0;
    const ports = { onEvent: createSpans(api), nowMs: () => NOW_MS, elapsedMs: () => atMs };
    const watch = startWatch('r-1', authRequest(), ports);
    for (const [stage, ms] of [
      ['keys', 1.5],
      ['identify', 20.25],
      ['decide', 0.125],
    ] as const) {
      atMs += ms;
      watch.passed(stage);
    }
    atMs += 8;
    watch.tell(
      { status: 403, headers: [], cookies: [], body: '' },
      { kind: 'refused', reason: 'no-rule', code: 40300 },
    );
    const { whole, stages } = finished();
    expect(millis(whole.startTime)).toBeCloseTo(NOW_MS, 2);
    expect(millis(whole.endTime)).toBeCloseTo(NOW_MS + 29.875, 2);
    const seen = stages.map(({ name, startTime, endTime }) => [
      name,
      millis(startTime) - NOW_MS,
      millis(endTime) - NOW_MS,
    ]);
    expect(seen.map(([name]) => name)).toEqual(['keys', 'identify', 'decide']);
    for (const [index, ms] of [0, 1.5, 21.75].entries()) expect(seen[index]?.[1]).toBeCloseTo(ms, 2);
    for (const [index, ms] of [1.5, 21.75, 21.875].entries()) expect(seen[index]?.[2]).toBeCloseTo(ms, 2);
    for (const stage of stages) expect(stage.parentSpanContext?.spanId).toBe(whole.spanContext().spanId);
  });

  it('is an error where the fault is ours, and not where the caller brought too little', async () => {
    const refused = await spansOf({ cookies: [['__Host-ably-auth-session', 'x']] });
    expect(refused.whole.status.code).toBe(api.SpanStatusCode.UNSET);
    expect(refused.whole.attributes).toMatchObject({ 'ably_auth.reason': 'bad-credential', 'ably_auth.code': 40101 });
    exporter.reset();
    const endpoint = testEndpoint({ rules: [] });
    await endpoint.handle(authRequest());
    for (const event of endpoint.events) createSpans(api)(event);
    expect(finished().whole.status).toEqual({ code: api.SpanStatusCode.ERROR, message: 'misconfigured' });
  });

  it('is there for preflights too, and for nothing that no request is', async () => {
    const { whole, stages } = await spansOf({ method: 'OPTIONS' });
    expect([whole.name, whole.attributes['ably_auth.allowed'], stages.length]).toEqual([
      'ably-auth preflight',
      false,
      0,
    ]);
    exporter.reset();
    createSpans(api)({ kind: 'misconfigured', problems: [] });
    createSpans(api)({ kind: 'clock', state: 'right' });
    expect(exporter.getFinishedSpans()).toEqual([]);
  });
});

describe('whose part it is', () => {
  it('continues the trace of the caller', async () => {
    const { whole } = await spansOf({ ...BOB, headers: { traceparent: `00-${TRACE}-${SPAN}-01` } });
    expect(whole.spanContext().traceId).toBe(TRACE);
    expect(whole.parentSpanContext).toMatchObject({ traceId: TRACE, spanId: SPAN, isRemote: true });
  });

  it('is not recorded where the caller does not record', async () => {
    const endpoint = testEndpoint({ rules: RULES });
    await endpoint.handle(authRequest({ ...BOB, headers: { traceparent: `00-${TRACE}-${SPAN}-00` } }));
    for (const event of endpoint.events) createSpans(api)(event);
    expect(exporter.getFinishedSpans()).toEqual([]);
  });

  it('is a trace of its own where anybody may call, with a link to the caller’s', async () => {
    const headers = { traceparent: `00-${TRACE}-${SPAN}-00` };
    const { whole } = await spansOf({ ...BOB, headers }, { publicEndpoint: true });
    expect(whole.spanContext().traceId).not.toBe(TRACE);
    expect(whole.parentSpanContext).toBeUndefined();
    expect(whole.links.map(({ context }) => context)).toMatchObject([{ traceId: TRACE, spanId: SPAN }]);
  });

  it('is a trace of its own without a caller who has one', async () => {
    const { whole } = await spansOf(BOB);
    expect(whole.parentSpanContext).toBeUndefined();
    expect(whole.links).toEqual([]);
  });

  it('belongs to the app’s own span, through all that is waited for, where the app traces its server', async () => {
    const endpoint = configureEndpoint({
      definition: { build: () => ({ sources: [], rules: [] }) },
      env: {},
      keySource: { ok: false, problems: [] },
      onEvent: toEach(createSpans(api)),
    });
    const request = authRequest({ headers: { traceparent: `00-${TRACE}-${SPAN}-01` } });
    const tracer = api.trace.getTracer('the app');
    const server = await tracer.startActiveSpan('GET /api/ably-auth', async (span) => {
      await endpoint.handle(request);
      span.end();
      return span;
    });
    const whole = exporter.getFinishedSpans().find(({ name }) => name === 'ably-auth refused');
    expect(whole?.parentSpanContext?.spanId).toBe(server.spanContext().spanId);
    expect(whole?.kind).toBe(api.SpanKind.INTERNAL);
  });
});

describe('several sinks', () => {
  it('hear of everything, whatever one of them throws, now or later', async () => {
    const heard: AuthEvent[] = [];
    const sink = toEach(
      () => {
        throw new Error('this sink is broken');
      },
      (() => Promise.reject(new Error('and this one later'))) as unknown as () => void,
      (event) => heard.push(event),
    );
    const event = { kind: 'clock', state: 'right' } as const;
    expect(() => sink(event)).not.toThrow();
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard).toEqual([event]);
  });
});
