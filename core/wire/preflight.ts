/**
 * The answer to OPTIONS: what a browser wants to know before a page of another origin may ask. Loaded by the first; phones
 * and servers send none, nor do pages of our own origin.
 *
 * Needs no key and no identity. Who may read answers is decided in cors.ts.
 */
import type { AuthRequest, AuthResponse, NameValue } from '../http.ts';
import type { Watch } from '../watch.ts';
import { type AnswerContext, METHODS } from './answer.ts';
import { allowedOrigin, type CorsRules } from './cors.ts';
import { FIXED_HEADERS } from './fixed-headers.ts';

/** Templates write the same where a gateway must: see infra. */
export const ALLOWED_HEADERS =
  'authorization, content-type, x-ably-auth-resources, x-ably-auth-grant, x-ably-auth-guest';

/** And its event. */
export function answerPreflight(
  rules: CorsRules,
  request: AuthRequest,
  context: AnswerContext,
  watch: Watch | undefined,
): AuthResponse {
  const { requestId, cors, methods = METHODS } = context;
  const preflight = preflightHeaders(rules, request, methods);
  const answer: AuthResponse = {
    status: 204,
    headers: [['Allow', methods], ['X-Request-Id', requestId], ...FIXED_HEADERS, ...cors, ...preflight],
    cookies: [],
    body: '',
  };
  watch?.tell(answer, { kind: 'preflight', allowed: preflight.length > 0 });
  return answer;
}

/** None for a page that may not call. */
export function preflightHeaders(rules: CorsRules, request: AuthRequest, methods = METHODS): readonly NameValue[] {
  if (allowedOrigin(rules, request) === undefined) return [];
  return [
    ['Access-Control-Allow-Methods', methods],
    ['Access-Control-Allow-Headers', [ALLOWED_HEADERS, ...rules.allowedHeaders].join(', ')],
    // Ten minutes: a page that renews every few minutes is spared the second request.
    ['Access-Control-Max-Age', '600'],
  ];
}
