/**
 * `ably-auth-functions/telemetry`: the sinks of the log, for an `onEvent` of one's own. Decides only what is public here;
 * spans are apart, in `ably-auth-functions/opentelemetry`, whose types need the package of that name.
 */
import type { OnAuthEvent } from '../../index.ts';
import { createEmfLine } from './emf-line.ts';
import { jsonLine } from './json-line.ts';
import { createLog } from './log.ts';
import { prettyLine } from './pretty-line.ts';

export { METRICS, METRICS_NAMESPACE, type MetricName } from './emf-line.ts';
export { toEach } from './to-each.ts';

export interface LogLinesOptions {
  /** Default `json`. */
  readonly format?: 'json' | 'pretty';
  /** Receives one line without its line break. Default: `console.log`; on Lambda give `printLine` of its entry. */
  readonly print?: (line: string) => void;
  /** CloudWatch metrics in the lines of `json`; the value of their one dimension, `FunctionName`. Default: none. */
  readonly metricsOf?: string;
}

/** The log as the prebuilt functions write it. */
export function logLines(options: LogLinesOptions = {}): OnAuthEvent {
  const { format = 'json', print = console.log, metricsOf } = options;
  const json = metricsOf === undefined ? jsonLine : createEmfLine(metricsOf);
  return createLog(format, print, prettyLine, json) ?? (() => {});
}
