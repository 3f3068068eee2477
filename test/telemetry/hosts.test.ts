/** The sinks behind real hosts: a Node server that an app traces, and the functions that people make of the package. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as api from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { createHandler as createLambda } from '../../adapters/aws-lambda/library.ts';
import { createHandler as createFetch } from '../../adapters/fetch/library.ts';
import { createHandler as createNode } from '../../adapters/node/library.ts';
import { logLines, toEach } from '../../adapters/telemetry/library.ts';
import { createSpans } from '../../adapters/telemetry/spans.ts';
import { anonymous, defineAuth, type OnAuthEvent } from '../../index.ts';
import httpApi2 from '../adapters/fixtures/http-api-2.0.json' with { type: 'json' };
import { emfProblems } from './emf-schema.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`;
const env = { ABLY_API_KEY: 'appid.keyid:obviously-a-fake-secret' };
const auth = defineAuth(() => ({
  sources: [anonymous()],
  rules: [{ name: 'all', when: { kind: 'anonymous' }, grant: { news: ['subscribe'] } }],
}));

afterEach(() => {
  api.trace.disable();
  api.context.disable();
});

function recording(): InMemorySpanExporter {
  const exporter = new InMemorySpanExporter();
  api.trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return exporter;
}

async function serve(onEvent: OnAuthEvent): Promise<string> {
  const server = createServer(createNode(auth, { env, onEvent }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe('a Node server of an app', () => {
  it('has a line and a span of each request, in the trace of the caller', async () => {
    const exporter = recording();
    const lines: string[] = [];
    const url = await serve(
      toEach(logLines({ print: (line) => lines.push(line), metricsOf: 'chat' }), createSpans(api)),
    );
    const response = await fetch(url, { headers: { traceparent: TRACEPARENT } });
    expect(response.status).toBe(200);
    const [line = '{}'] = lines.filter((text) => text.includes('"issued"'));
    const requestId = response.headers.get('x-request-id');
    expect(JSON.parse(line)).toMatchObject({ requestId, traceId: TRACE, FunctionName: 'chat', Issued: 1 });
    expect(emfProblems(line)).toEqual([]);
    const [span] = exporter.getFinishedSpans().filter(({ name }) => name === 'ably-auth issued');
    expect(span?.spanContext().traceId).toBe(TRACE);
    expect(span?.attributes['ably_auth.request_id']).toBe(requestId);
  });

  it('answers whatever a sink does', async () => {
    const url = await serve(() => {
      throw new Error('this sink is broken');
    });
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(url, { method: 'OPTIONS' })).status).toBe(204);
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(405);
  });
});

describe('one event a request', () => {
  it.each([
    ['GET', 'issued'],
    ['DELETE', 'refused'],
    ['OPTIONS', 'preflight'],
  ])('by %s, on Lambda and wherever a Request comes', async (method, kind) => {
    const kinds: string[] = [];
    const onEvent: OnAuthEvent = (event) => 'requestId' in event && kinds.push(event.kind);
    const event = structuredClone(httpApi2);
    event.requestContext.http.method = method;
    await createLambda(auth, { env, onEvent })({ ...event, headers: {}, cookies: [], body: undefined }, undefined);
    await createFetch(auth, { env, onEvent })(new Request('https://app.example/api/ably-auth', { method }));
    expect(kinds).toEqual([kind, kind]);
  });
});
