/**
 * What an endpoint answers whose config is wrong (S11): 503, and to a browser that asks beforehand what it needs to see
 * that. Loaded by the first request to one.
 *
 * What is wrong was said once; the line of each request has the id that its caller was given.
 */
import { refusal } from './auth-event.ts';
import { AuthFailure } from './errors.ts';
import type { AuthRequest, AuthResponse } from './http.ts';
import { startWatch, type WatchPorts } from './watch.ts';
import { answerFailure } from './wire/answer.ts';
import { type CorsRules, corsHeaders } from './wire/cors.ts';
import { answerPreflight } from './wire/preflight.ts';
import { requestIdOf } from './wire/request-id.ts';

export function answerMisconfigured(request: AuthRequest, rules: CorsRules, ports: WatchPorts): AuthResponse {
  const requestId = requestIdOf(request);
  const context = { requestId, cors: corsHeaders(rules, request), docsBaseUrl: undefined };
  const watch = ports.onEvent && startWatch(requestId, request, ports);
  if (request.method === 'OPTIONS') return answerPreflight(rules, request, context, watch);
  const failure = new AuthFailure('misconfigured');
  const answer = answerFailure(failure, context);
  watch?.tell(answer, refusal(failure));
  return answer;
}
