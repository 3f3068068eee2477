/**
 * `Server-Timing` (https://www.w3.org/TR/server-timing/): how long each stage took, for a browser's tools and for who
 * measures pages. Loaded where the config asks for it.
 *
 * With a credential only. On a refusal the network no longer blurs what the header would say of a check: how far a
 * credential came, whether an answer was remembered. Stages are named, never a rule; and to a tenth of a millisecond.
 */
import type { AuthResponse } from '../http.ts';
import type { StagesMs } from '../watch.ts';

export function withServerTiming(answer: AuthResponse, stagesMs: StagesMs): AuthResponse {
  const stages = Object.entries(stagesMs);
  const totalMs = stages.reduce((sum, [, ms]) => sum + ms, 0);
  const value = [...stages, ['total', totalMs] as const].map(([name, ms]) => `${name};dur=${ms.toFixed(1)}`).join(', ');
  return { ...answer, headers: [...answer.headers, ['Server-Timing', value]] };
}
