/**
 * Which origins may read our answers (S13). Decided here on every platform, on errors too: a browser hides even the
 * status of an answer without these headers, and ably-js would then retry a refusal for ever.
 *
 * Whether a cookie of the caller counts is another question, answered in identity/ambient.ts.
 */
import type { AuthRequest, NameValue } from '../http.ts';

export interface CorsRules {
  /** `platform`: an API Gateway authorizer stands in front and writes these headers itself. */
  readonly mode: 'function' | 'platform';
  readonly allowedOrigins: ReadonlySet<string>;
  /** `*` was allowed; possible only where no source is ambient. */
  readonly anyOrigin: boolean;
  /** Beyond the ones that every preflight allows. */
  readonly allowedHeaders: readonly string[];
}

export const EXPOSED_HEADERS =
  'X-Ably-ErrorCode, X-Ably-ErrorMessage, X-Ably-Auth-Grant, X-Ably-Auth-Guest, X-Ably-Auth-Refused, Retry-After, X-Request-Id, Server-Timing';

const VARY: NameValue = ['Vary', 'Origin'];

/** On every answer, of any status. */
export function corsHeaders(rules: CorsRules, request: AuthRequest): readonly NameValue[] {
  const allowed = allowedOrigin(rules, request);
  if (allowed === undefined) return [VARY];
  return [
    VARY,
    ['Access-Control-Allow-Origin', allowed],
    // Browsers refuse credentials together with "*", and here they would mean nothing.
    ...(allowed === '*' ? [] : [['Access-Control-Allow-Credentials', 'true'] as const]),
    ['Access-Control-Expose-Headers', EXPOSED_HEADERS],
  ];
}

/** `undefined` also where a gateway answers that. */
export function allowedOrigin(rules: CorsRules, request: AuthRequest): string | undefined {
  if (rules.mode === 'platform') return undefined;
  const origins = request.headers.get('origin');
  const origin = origins?.length === 1 ? origins[0] : undefined;
  if (origin !== undefined && rules.allowedOrigins.has(origin)) return origin;
  return rules.anyOrigin ? '*' : undefined;
}
