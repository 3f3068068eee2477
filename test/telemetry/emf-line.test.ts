/** The log's lines as CloudWatch takes metrics from them: valid, few, and still the lines that filters and people read. */
import { describe, expect, it } from 'vitest';
import { openLog } from '../../adapters/compose/open-log.ts';
import { memoryStore } from '../../adapters/stores/memory.ts';
import { createEmfLine, METRICS, openMetrics } from '../../adapters/telemetry/emf-line.ts';
import { jsonLine } from '../../adapters/telemetry/json-line.ts';
import { KeySourceError } from '../../core/keys/key-source.ts';
import type { AuthEvent } from '../../index.ts';
import { authRequest, NOW_MS, sessionCookie, testEndpoint } from '../core/auth-request.ts';
import { answerOf, everyOutcome } from '../safety/every-outcome.ts';
import { RULES } from '../safety/support.ts';
import { type EmfLine, emfProblems } from './emf-schema.ts';

const line = createEmfLine('auth-of-acme');
const read = (event: AuthEvent): EmfLine => JSON.parse(line(event)) as EmfLine;

function metricsIn({ _aws, ...record }: EmfLine): Record<string, unknown> {
  const names = _aws.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name));
  return Object.fromEntries(names.map((name) => [name, record[name]]));
}

async function lastEvent(request: Parameters<typeof authRequest>[0], options: Parameters<typeof testEndpoint>[0] = {}) {
  const endpoint = testEndpoint({ rules: RULES, ...options });
  await endpoint.handle(authRequest(request));
  const event = endpoint.events.at(-1);
  if (!event) throw new Error('nothing happened');
  return event;
}

const BOB = { cookies: [sessionCookie({ subject: 'bob' })] };
const durations = {
  Duration: expect.any(Number),
  KeysDuration: expect.any(Number),
  IdentifyDuration: expect.any(Number),
};

describe('a line with metrics', () => {
  it.each([
    ['{}', ' must have required property'],
    ['{"_aws":{"Timestamp":1.5,"CloudWatchMetrics":[]}}', '/_aws/Timestamp must be integer'],
    [
      '{"_aws":{"Timestamp":1700000000000,"CloudWatchMetrics":[{"Namespace":"A","Dimensions":[["F"]],"Metrics":[{"Name":"M","Unit":"ms"}]}]}}',
      '/Unit must be equal to one of the allowed values',
    ],
    [
      '{"F":7,"M":"1","_aws":{"Timestamp":1700000000000,"CloudWatchMetrics":[{"Namespace":"A","Dimensions":[["F"]],"Metrics":[{"Name":"M"}]}]}}',
      'dimension F is no text in the line',
    ],
  ])('would be refused as %s', (wrong, problem) => {
    expect(emfProblems(wrong).join()).toContain(problem);
  });

  it('is what CloudWatch reads, for whatever happens, or has none', async () => {
    let counted = 0;
    for (const outcome of everyOutcome()) {
      await answerOf(outcome);
      for (const event of outcome.endpoint.events) {
        const text = line(event);
        if (!text.includes('_aws')) {
          expect(['preflight', 'misconfigured', 'key']).toContain(event.kind);
          expect(text).toBe(jsonLine(event));
          continue;
        }
        counted += 1;
        expect(emfProblems(text), text).toEqual([]);
        for (const name of Object.keys(metricsIn(read(event)))) expect(METRICS).toHaveProperty(name);
      }
    }
    expect(counted).toBeGreaterThan(25);
  });

  it('is the line of the log, and the metrics in addition', async () => {
    const event = await lastEvent(BOB);
    const { _aws, ...record } = read(event);
    expect(record).toMatchObject(JSON.parse(jsonLine(event)) as object);
    expect(_aws).toMatchObject({ Timestamp: NOW_MS, CloudWatchMetrics: [{ Namespace: 'AblyAuth' }] });
  });

  it('has one dimension, the function, so that nothing a caller does makes another metric', async () => {
    const events = [
      await lastEvent(BOB),
      await lastEvent({ method: 'DELETE' }),
      await lastEvent({ query: { clientId: 'x' } }),
    ];
    for (const event of events) {
      const record = read(event);
      expect(record._aws.CloudWatchMetrics.map(({ Dimensions }) => Dimensions)).toEqual([[['FunctionName']]]);
      expect(record.FunctionName).toBe('auth-of-acme');
    }
  });

  it('counts a request once, as issued, as refused or as failed, with noughts for the others', async () => {
    expect(metricsIn(read(await lastEvent(BOB)))).toEqual({
      ...{ Issued: 1, Refused: 0, Failed: 0, DecideDuration: expect.any(Number) },
      ...durations,
    });
    expect(metricsIn(read(await lastEvent({ cookies: [['__Host-ably-auth-session', 'x']] })))).toMatchObject({
      ...{ Issued: 0, Refused: 1, Failed: 0 },
    });
    expect(metricsIn(read(await lastEvent({}, { rules: [] })))).toEqual({
      ...{ Issued: 0, Refused: 0, Failed: 1, Duration: expect.any(Number) },
    });
  });

  it('tells how long the gate took where there is one', async () => {
    expect(metricsIn(read(await lastEvent(BOB, { store: memoryStore() })))).toHaveProperty('GateDuration');
    expect(metricsIn(read(await lastEvent(BOB)))).not.toHaveProperty('GateDuration');
  });

  it('counts a key that cannot be read, and not that one was', async () => {
    const error = new KeySourceError('unreachable', 'ABLY_API_KEY_SECRET_ID', 'No answer.', 'Wait.');
    const broken = testEndpoint({ rules: RULES, loadCurrent: () => Promise.reject(error) });
    await broken.handle(authRequest());
    const [failed] = broken.events;
    expect(failed && metricsIn(read(failed))).toEqual({ KeyFailures: 1 });
    const [loaded] = (await (async () => {
      const endpoint = testEndpoint({ rules: RULES });
      await endpoint.handle(authRequest());
      return endpoint.events;
    })()) as [AuthEvent];
    expect(line(loaded)).toBe(jsonLine(loaded));
  });
});

describe('ABLY_AUTH_METRICS', () => {
  const settingsOf = (env: Record<string, string>) =>
    openLog(env, () => {}, { metrics: openMetrics(env) }).problems.map(
      ({ setting, problem }) => `${setting}: ${problem}`,
    );

  it.each([{}, { ABLY_AUTH_LOG: 'json' }, { ABLY_AUTH_LOG: '' }])('is emf, with a log of %j', (log) => {
    expect(settingsOf({ ABLY_AUTH_METRICS: 'emf', ...log })).toEqual([]);
  });

  it.each(['EMF', 'true', 'statsd'])('is not guessed at: %s', (value) => {
    expect(settingsOf({ ABLY_AUTH_METRICS: value })).toEqual(['ABLY_AUTH_METRICS: it is unknown']);
  });

  it.each(['pretty', 'silent'])('cannot be had from a log that is %s, and says so', (log) => {
    expect(settingsOf({ ABLY_AUTH_METRICS: 'emf', ABLY_AUTH_LOG: log })).toEqual([
      'ABLY_AUTH_METRICS: its metrics are in the lines of a JSON log, and ABLY_AUTH_LOG names another',
    ]);
  });

  it('names the function as Lambda does', async () => {
    const { line: named } = openMetrics({ ABLY_AUTH_METRICS: 'emf', AWS_LAMBDA_FUNCTION_NAME: 'auth-of-acme' });
    const { line: unnamed } = openMetrics({ ABLY_AUTH_METRICS: 'emf' });
    const event = await lastEvent(BOB);
    expect(JSON.parse(named(event))).toMatchObject({ FunctionName: 'auth-of-acme' });
    expect(JSON.parse(unnamed(event))).toMatchObject({ FunctionName: 'ably-auth' });
  });
});
