/**
 * An event as a line of the log that CloudWatch turns into metrics by itself, without an agent and without a call: the
 * embedded metric format (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
 *
 * The same line as ever, with the figures beside what they are about, so that whoever sees a peak finds its requests. One
 * dimension, the function: every further one would make another set of metrics, each of which is paid for.
 */
import type { AuthEvent, ConfigProblem, Environment } from '../../index.ts';
import { jsonLine } from './json-line.ts';

export const METRICS_NAMESPACE = 'AblyAuth';

type Unit = 'Count' | 'Milliseconds';

/** Every metric there is, and its unit. docs/observability.md says what each is good for. */
export const METRICS = {
  Issued: 'Count',
  Refused: 'Count',
  Failed: 'Count',
  Revoked: 'Count',
  NotRevoked: 'Count',
  KeyFailures: 'Count',
  Duration: 'Milliseconds',
  KeysDuration: 'Milliseconds',
  IdentifyDuration: 'Milliseconds',
  GateDuration: 'Milliseconds',
  DecideDuration: 'Milliseconds',
} as const satisfies Record<string, Unit>;

export type MetricName = keyof typeof METRICS;
type Figures = Partial<Record<MetricName, number>>;

/** @param functionName the value of the dimension `FunctionName` */
export function createEmfLine(functionName: string): (event: AuthEvent) => string {
  return (event) => {
    const line = jsonLine(event);
    const figures = figuresOf(event);
    const names = Object.keys(figures) as MetricName[];
    if (names.length === 0) return line;
    const directive = {
      Namespace: METRICS_NAMESPACE,
      Dimensions: [['FunctionName']],
      Metrics: names.map((name) => ({ Name: name, Unit: METRICS[name] })),
    };
    const Timestamp = 'startedAtMs' in event ? event.startedAtMs : Date.now();
    const _aws = { Timestamp, CloudWatchMetrics: [directive] };
    const metrics = JSON.stringify({ FunctionName: functionName, ...figures, _aws });
    return `${line.slice(0, -1)},${metrics.slice(1)}`;
  };
}

/** What `ABLY_AUTH_METRICS` asks for, read where it is set. */
export function openMetrics(env: Environment): {
  readonly line: (event: AuthEvent) => string;
  readonly problems: readonly ConfigProblem[];
} {
  const setting = 'ABLY_AUTH_METRICS';
  const problems: ConfigProblem[] = [];
  if (env[setting] !== 'emf') problems.push({ setting, problem: 'it is unknown', fix: 'Write emf, or leave it out' });
  else if (env.ABLY_AUTH_LOG && env.ABLY_AUTH_LOG !== 'json') {
    const fix = 'Leave ABLY_AUTH_LOG out, or this one';
    problems.push({
      setting,
      problem: 'its metrics are in the lines of a JSON log, and ABLY_AUTH_LOG names another',
      fix,
    });
  }
  return { line: createEmfLine(env.AWS_LAMBDA_FUNCTION_NAME || 'ably-auth'), problems };
}

function figuresOf(event: AuthEvent): Figures {
  switch (event.kind) {
    case 'issued':
    case 'refused': {
      const { status, durationMs, stagesMs } = event;
      const { keys, identify, gate, decide } = stagesMs;
      return {
        // Noughts as well: the average of each is then its share of the requests.
        Issued: status < 400 ? 1 : 0,
        Refused: status >= 400 && status < 500 ? 1 : 0,
        Failed: status >= 500 ? 1 : 0,
        Duration: durationMs,
        ...(keys !== undefined && { KeysDuration: keys }),
        ...(identify !== undefined && { IdentifyDuration: identify }),
        ...(gate !== undefined && { GateDuration: gate }),
        ...(decide !== undefined && { DecideDuration: decide }),
      };
    }
    case 'revoked':
      return { Revoked: event.targets - event.failed, NotRevoked: event.failed, Duration: event.durationMs };
    case 'key':
      return ['load-failed', 'refresh-failed', 'expired'].includes(event.event.kind) ? { KeyFailures: 1 } : {};
    case 'preflight':
    case 'misconfigured':
    case 'clock':
      return {};
  }
}
