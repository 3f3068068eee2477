/**
 * Writes the answer: the credential as the SDKs of every platform read it, or a refusal that each of them understands.
 *
 * ably-js on Node takes the error from a body whose type is exactly `application/json`, in a browser only beside a
 * readable `X-Ably-ErrorCode`: so both are always there. Never `WWW-Authenticate`, which ably-java does not survive.
 */
import type { AuthFailure } from '../errors.ts';
import type { AuthResponse, NameValue } from '../http.ts';
import { clearCookie } from '../identity/cookie.ts';
import type { IssuedCredential } from '../token/issue.ts';

/**
 * No cache may keep an answer (S9): neither the browser nor a CDN, whose own headers overrule the general one.
 * `CDN-Cache-Control` is RFC 9213; Vercel and Netlify prefer their own when a project's rules set them.
 */
const NEVER_CACHED: readonly NameValue[] = [
  ['Cache-Control', 'private, no-cache, no-store, max-age=0, must-revalidate'],
  ['CDN-Cache-Control', 'no-store'],
  ['Vercel-CDN-Cache-Control', 'no-store'],
  ['Netlify-CDN-Cache-Control', 'no-store'],
];

export interface AnswerContext {
  readonly requestId: string;
  readonly cors: readonly NameValue[];
  /** Where each failure has a paragraph, `https://docs.example/errors`; its reason is the fragment. */
  readonly docsBaseUrl: string | undefined;
}

export function answerCredential(credential: IssuedCredential, context: AnswerContext): AuthResponse {
  return {
    status: 200,
    headers: [
      ['Content-Type', credential.mediaType],
      ['X-Request-Id', context.requestId],
      ...NEVER_CACHED,
      ...context.cors,
    ],
    cookies: [],
    body: credential.body,
  };
}

export function answerFailure(failure: AuthFailure, context: AnswerContext): AuthResponse {
  const { status, code, message, retryAfterSeconds } = failure.kind;
  const { requestId, docsBaseUrl, cors } = context;
  const href = docsBaseUrl === undefined ? {} : { href: `${docsBaseUrl}#${failure.reason}` };
  return {
    status,
    headers: [
      ['Content-Type', 'application/json'],
      ['X-Ably-ErrorCode', String(code)],
      ['X-Ably-ErrorMessage', message],
      ['X-Request-Id', requestId],
      ...(retryAfterSeconds === undefined ? [] : [['Retry-After', String(retryAfterSeconds)] as const]),
      ...(failure.reason === 'method-not-allowed' ? [['Allow', 'GET, POST, OPTIONS'] as const] : []),
      ...NEVER_CACHED,
      ...cors,
    ],
    cookies: failure.clearCookies.map(clearCookie),
    body: JSON.stringify({ error: { code, statusCode: status, message, requestId, ...href } }),
  };
}

export function answerPreflight(preflight: readonly NameValue[], context: AnswerContext): AuthResponse {
  return {
    status: 204,
    headers: [
      ['Allow', 'GET, POST, OPTIONS'],
      ['X-Request-Id', context.requestId],
      ...NEVER_CACHED,
      ...context.cors,
      ...preflight,
    ],
    cookies: [],
    body: '',
  };
}
