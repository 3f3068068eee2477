/**
 * The alarms, and the metric filters of which two of them are made: the lines of a real endpoint's log go through the
 * patterns as CloudWatch reads them, and each is counted where it belongs and nowhere else.
 */
import { describe, expect, it } from 'vitest';
import { createEmfLine, METRICS_NAMESPACE } from '../../adapters/telemetry/emf-line.ts';
import { createLog } from '../../adapters/telemetry/log.ts';
import type { AuthEvent } from '../../core/auth-event.ts';
import { defineAuth } from '../../core/config.ts';
import { configureEndpoint } from '../../core/configure-endpoint.ts';
import { anonymous } from '../../core/identity/anonymous.ts';
import { session } from '../../core/identity/session.ts';
import { KeySourceError } from '../../core/keys/key-source.ts';
import { authRequest, NOW_MS, SESSION_SECRET, testKey } from '../core/auth-request.ts';
import { deploy } from './cloudformation.ts';
import { compileFilter } from './filter-pattern.ts';
import { LEAST, MOST, PLAIN, readTemplate } from './templates.ts';

const template = readTemplate(PLAIN);
const code = { CodeBucket: 'a-bucket', CodeKey: 'a-key.zip' };
const { resources } = deploy(template, { ...LEAST, ...code });

interface MetricFilter {
  readonly FilterPattern: string;
  readonly MetricTransformations: readonly [{ readonly MetricName: string; readonly MetricNamespace: string }];
}

const filters = Object.values(resources)
  .filter(({ Type }) => Type === 'AWS::Logs::MetricFilter')
  .map(({ Properties }) => Properties as unknown as MetricFilter);

function metricsOf(line: string): readonly string[] {
  return filters
    .filter(({ FilterPattern }) => compileFilter(FilterPattern)(line))
    .map(({ MetricTransformations: [{ MetricName }] }) => MetricName);
}

/** An endpoint whose key store can be broken and whose clock moves when told. */
function startEndpoint(json?: (event: AuthEvent) => string) {
  const lines: string[] = [];
  const store = { isBroken: false };
  let nowMs = NOW_MS;
  const onEvent = createLog('json', (line) => lines.push(line), undefined, json);
  const loadCurrent = async () => {
    if (store.isBroken) throw new KeySourceError('unreachable', 'ABLY_API_KEY_SECRET_ID', 'No answer.', 'Wait.');
    return testKey();
  };
  const endpoint = configureEndpoint({
    definition: defineAuth(() => ({
      sources: [session({ secrets: [SESSION_SECRET] }), anonymous()],
      rules: [{ name: 'all', when: { kind: 'anonymous' }, grant: { news: ['subscribe'] } }],
    })),
    env: {},
    keySource: {
      ok: true,
      source: { name: 'test', setting: 'ABLY_API_KEY_SECRET_ID', loadCurrent, loadPrevious: async () => undefined },
    },
    nowMs: () => nowMs,
    ...(onEvent && { onEvent }),
  });
  return {
    store,
    pass: (ms: number) => {
      nowMs += ms;
    },
    /** What the request was counted as, line by line. */
    async ask(...request: Parameters<typeof authRequest>): Promise<readonly (readonly string[])[]> {
      lines.length = 0;
      await endpoint.handle(authRequest(...request));
      return lines.map(metricsOf);
    },
  };
}

const FOREIGN_ID = { query: { capability: '{"secret":["publish"]}' } };
const BAD_COOKIE = { cookies: { '__Host-ably-auth-session': 'v1.a.b.c' } };

describe('the metric filters', () => {
  it('count a credential as issued, and loading the key as nothing', async () => {
    const { ask } = startEndpoint();
    expect(await ask()).toEqual([[], ['Issued']]);
    expect(await ask()).toEqual([['Issued']]);
  });

  it('count what is refused to a caller, whatever the reason', async () => {
    const { ask } = startEndpoint();
    await ask();
    expect(await ask(BAD_COOKIE)).toEqual([['Refused']]);
    expect(await ask(FOREIGN_ID)).toEqual([['Refused']]);
    expect(await ask({ method: 'DELETE' })).toEqual([['Refused']]);
  });

  it('count a key that cannot be loaded, and the request that it costs as no refusal', async () => {
    const { ask, store } = startEndpoint();
    store.isBroken = true;
    expect(await ask()).toEqual([['KeySourceFailed'], []]);
  });

  it('count a key that cannot be refreshed, while the old one still serves and nobody else would notice', async () => {
    const { ask, store, pass } = startEndpoint();
    await ask();
    store.isBroken = true;
    pass(6 * 60_000);
    expect(await ask()).toEqual([['KeySourceFailed'], ['Issued']]);
    pass(25 * 3_600_000);
    expect(await ask()).toEqual([['KeySourceFailed'], ['KeySourceFailed'], []]);
  });

  it('count the same where the lines have metrics in them', async () => {
    const { ask, store, pass } = startEndpoint(createEmfLine('ably-auth'));
    expect(await ask()).toEqual([[], ['Issued']]);
    expect(await ask(BAD_COOKIE)).toEqual([['Refused']]);
    store.isBroken = true;
    pass(6 * 60_000);
    expect(await ask()).toEqual([['KeySourceFailed'], ['Issued']]);
  });

  it('and those in the lines go by names of their own: nothing is counted twice in one place', () => {
    const namespaces = filters.map(({ MetricTransformations: [{ MetricNamespace }] }) => MetricNamespace);
    expect(namespaces).not.toContain(METRICS_NAMESPACE);
  });

  it('count nothing in a line that a prefix keeps from being JSON', () => {
    expect(metricsOf('{"kind":"issued"}')).toEqual(['Issued']);
    expect(metricsOf('2026-11-25T00:00:00Z\tINFO\t{"kind":"issued"}')).toEqual([]);
    expect(metricsOf('{"message":"{\\"kind\\":\\"issued\\"}"}')).toEqual([]);
  });
});

describe('the alarms', () => {
  const alarms = Object.entries(resources)
    .filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm')
    .map(([id, { Properties }]) => [id, Properties] as const);

  it('are these', () => {
    const seen = alarms.map(([, { AlarmName, Namespace, MetricName, Statistic, ExtendedStatistic, Threshold }]) =>
      [AlarmName, Namespace, MetricName, Statistic ?? ExtendedStatistic, Threshold].filter(Boolean).join(' '),
    );
    expect(seen).toEqual([
      'ably-auth-errors AWS/Lambda Errors Sum 1',
      'ably-auth-throttles AWS/Lambda Throttles Sum 1',
      'ably-auth-duration AWS/Lambda Duration p95 2000',
      'ably-auth-5xx AWS/ApiGateway 5xx Sum 1',
      'ably-auth-key-source AblyAuth/ably-auth KeySourceFailed Sum 1',
      'ably-auth-refusals 50',
    ]);
  });

  it.each(alarms)('%s needs three periods of several, and takes silence for good', (id, properties) => {
    expect(properties).toMatchObject({
      EvaluationPeriods: id === 'KeySourceAlarm' ? '12' : '5',
      DatapointsToAlarm: '3',
      TreatMissingData: 'notBreaching',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    });
    expect(properties).not.toHaveProperty('AlarmActions');
  });

  it('notice a key that cannot be read also where somebody asks every quarter of an hour', () => {
    const { Period, EvaluationPeriods, DatapointsToAlarm } = alarms.find(([id]) => id === 'KeySourceAlarm')?.[1] ?? {};
    const askedInWindow = (Number(Period) * Number(EvaluationPeriods)) / (15 * 60);
    expect(askedInWindow).toBeGreaterThanOrEqual(Number(DatapointsToAlarm));
  });

  it('read the metrics that the filters write', () => {
    const written = filters.map(({ MetricTransformations: [{ MetricNamespace, MetricName }] }) =>
      [MetricNamespace, MetricName].join(' '),
    );
    const refusals = alarms.find(([id]) => id === 'RefusalsAlarm')?.[1].Metrics as readonly {
      readonly MetricStat?: { readonly Metric: { readonly Namespace: string; readonly MetricName: string } };
    }[];
    const read = refusals.flatMap(({ MetricStat }) =>
      MetricStat ? [[MetricStat.Metric.Namespace, MetricStat.Metric.MetricName].join(' ')] : [],
    );
    expect([...read, 'AblyAuth/ably-auth KeySourceFailed'].sort()).toEqual(written.sort());
  });

  it('tell the topic, when there is one', () => {
    const loud = deploy(template, { ...MOST, ...code }).resources;
    for (const [id] of alarms) expect(loud[id]?.Properties.AlarmActions, id).toEqual([MOST.AlarmTopicArn]);
  });
});

describe('the dashboard', () => {
  it('is JSON, and shows every alarm and every metric of ours', () => {
    const body = String(resources.Dashboard?.Properties.DashboardBody);
    const { widgets } = JSON.parse(body) as { readonly widgets: readonly object[] };
    expect(widgets.length).toBeGreaterThan(4);
    for (const name of ['Errors', 'Throttles', 'Duration', 'ServerErrors', 'KeySource', 'Refusals']) {
      expect(body).toContain(`<${name}Alarm.Arn>`);
    }
    for (const { MetricTransformations } of filters) expect(body).toContain(MetricTransformations[0].MetricName);
  });
});
