/** What a log needs that is not plain JSON. Few functions have one, so a prebuilt one loads this only where it is asked for. */
import type { Environment } from '../../core/settings.ts';
import { openMetrics } from '../telemetry/emf-line.ts';
import { prettyLine } from '../telemetry/pretty-line.ts';
import type { FurtherLines } from './open-log.ts';

export function furtherLines(env: Environment): FurtherLines {
  return { prettyLine, ...(env.ABLY_AUTH_METRICS && { metrics: openMetrics(env) }) };
}
