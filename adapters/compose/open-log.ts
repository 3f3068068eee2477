/**
 * The log of a deployed function or container: which format `ABLY_AUTH_LOG` asks for, and where a line that is no
 * AuthEvent goes. What an event looks like as a line is decided in telemetry/log.ts.
 */
import type { OnAuthEvent } from '../../core/auth-event.ts';
import type { ConfigProblem } from '../../core/config-problem.ts';
import type { Environment } from '../../core/settings.ts';
import { createLog, LOG_FORMATS, type WriteLine } from '../telemetry/log.ts';

export interface ProcessLog {
  readonly onEvent: OnAuthEvent | undefined;
  /** For the few things an operator should know that no request caused. `message` holds no secret. */
  readonly notice: (level: 'info' | 'warn', message: string) => void;
  /** Not empty when a setting cannot be read; until `ABLY_AUTH_LOG` is mended the lines are JSON. */
  readonly problems: readonly ConfigProblem[];
}

/** What few functions use, and so load only then: of `ABLY_AUTH_LOG=pretty`, and of `ABLY_AUTH_METRICS`. */
export interface FurtherLines {
  readonly prettyLine?: WriteLine | undefined;
  /** What `openMetrics` of telemetry/emf-line.ts returns. */
  readonly metrics?: { readonly line: WriteLine; readonly problems: readonly ConfigProblem[] } | undefined;
}

export function openLog(env: Environment, print: (line: string) => void, further: FurtherLines = {}): ProcessLog {
  const { prettyLine, metrics } = further;
  const wanted = env.ABLY_AUTH_LOG || 'json';
  const known = LOG_FORMATS.find((format) => format === wanted);
  const format = known ?? 'json';
  const fix = `Write one of ${LOG_FORMATS.join(', ')}`;
  return {
    onEvent: createLog(format, print, prettyLine, metrics?.line),
    notice: (level, message) => {
      if (format === 'silent') return;
      print(format === 'json' ? JSON.stringify({ level, kind: 'notice', message }) : `${level.padEnd(8)} ${message}`);
    },
    problems: [
      ...(known ? [] : [{ setting: 'ABLY_AUTH_LOG', problem: 'it is unknown', fix }]),
      ...(metrics?.problems ?? []),
    ],
  };
}
