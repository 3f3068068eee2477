/**
 * The log of a deployed function or container: which format `ABLY_AUTH_LOG` asks for, and where a line that is no
 * AuthEvent goes. What an event looks like as a line is decided in telemetry/log.ts.
 */
import type { OnAuthEvent } from '../../core/auth-event.ts';
import type { ConfigProblem } from '../../core/config-problem.ts';
import type { Environment } from '../../core/settings.ts';
import { createLog, LOG_FORMATS, type PrettyLine } from '../telemetry/log.ts';

export interface ProcessLog {
  readonly onEvent: OnAuthEvent | undefined;
  /** For the few things an operator should know that no request caused. `message` holds no secret. */
  readonly notice: (level: 'info' | 'warn', message: string) => void;
  /** Not empty when `ABLY_AUTH_LOG` cannot be read; until that is mended the lines are JSON. */
  readonly problems: readonly ConfigProblem[];
}

export function openLog(env: Environment, print: (line: string) => void, prettyLine?: PrettyLine): ProcessLog {
  const wanted = env.ABLY_AUTH_LOG || 'json';
  const known = LOG_FORMATS.find((format) => format === wanted);
  const format = known ?? 'json';
  const fix = `Write one of ${LOG_FORMATS.join(', ')}`;
  return {
    onEvent: createLog(format, print, prettyLine),
    notice: (level, message) => {
      if (format === 'silent') return;
      print(format === 'json' ? JSON.stringify({ level, kind: 'notice', message }) : `${level.padEnd(8)} ${message}`);
    },
    problems: known ? [] : [{ setting: 'ABLY_AUTH_LOG', problem: 'it is unknown', fix }],
  };
}
