/** X-Ray's own trace of an invocation, from the variable that Lambda sets for each. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLambdaHandler } from '../../adapters/aws-lambda/handler.ts';
import { readTrace } from '../../adapters/aws-lambda/read-trace.ts';
import { testEndpoint } from '../core/auth-request.ts';
import { RULES } from '../safety/support.ts';
import httpApi2 from './fixtures/http-api-2.0.json' with { type: 'json' };

const ROOT = 'Root=1-5759e988-bd862e3fe1be46a994272793';
const TRACE = { traceId: '5759e988bd862e3fe1be46a994272793', parentSpanId: '53995c3f42cd8ad8' };
const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

afterEach(() => vi.unstubAllEnvs());

describe('the trace of an invocation', () => {
  it.each([
    [`${ROOT};Parent=53995c3f42cd8ad8;Sampled=1`, true],
    [`${ROOT};Parent=53995c3f42cd8ad8;Sampled=0`, false],
    [`Self=1-5759e988-000000000000000000000000;${ROOT};Parent=53995c3f42cd8ad8;Sampled=1;Lineage=1:a87bd80c:0`, true],
  ])('%s is read as W3C writes it', (header, sampled) => {
    expect(readTrace(header)).toEqual({ ...TRACE, sampled });
  });

  it.each([
    undefined,
    '',
    ROOT,
    `${ROOT};Sampled=1`,
    `${ROOT};Parent=53995c3f42cd8ad8`,
    `${ROOT};Parent=53995c3f42cd8ad8;Sampled=?`,
    'Root=1-5759e988-xyz;Parent=53995c3f42cd8ad8;Sampled=1',
    `${ROOT.toUpperCase()};Parent=53995c3f42cd8ad8;Sampled=1`,
  ])('%s is none', (header) => {
    expect(readTrace(header)).toBeUndefined();
  });

  it('is of each invocation anew, and comes after what the caller sends', async () => {
    const endpoint = testEndpoint({ rules: RULES });
    const handler = createLambdaHandler(endpoint);
    const ask = async (headers: Record<string, string>) => {
      await handler({ ...httpApi2, headers: { ...httpApi2.headers, ...headers } }, undefined);
      const event = endpoint.events.at(-1);
      return event && 'traceId' in event ? event.traceId : undefined;
    };
    expect(await ask({})).toBeUndefined();
    vi.stubEnv('_X_AMZN_TRACE_ID', `${ROOT};Parent=53995c3f42cd8ad8;Sampled=1`);
    expect(await ask({})).toBe(TRACE.traceId);
    expect(await ask({ traceparent: TRACEPARENT })).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(await ask({ traceparent: 'x' })).toBe(TRACE.traceId);
    vi.stubEnv('_X_AMZN_TRACE_ID', `Root=1-00000001-000000000000000000000002;Parent=53995c3f42cd8ad8;Sampled=1`);
    expect(await ask({})).toBe('00000001000000000000000000000002');
  });
});
