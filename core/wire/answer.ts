/**
 * Writes the answer: the credential as the SDKs of every platform read it, or a refusal that each of them understands.
 *
 * ably-js on Node takes the error from a body whose type is exactly `application/json`, in a browser only beside a
 * readable `X-Ably-ErrorCode`: so both are always there. Never `WWW-Authenticate`, at which ably-java fails inside.
 */
import type { AuthFailure } from '../errors.ts';
import type { AuthResponse, NameValue } from '../http.ts';
import { clearCookie } from '../identity/cookie.ts';
import type { Remember } from '../identity/identity.ts';
import type { IssuedCredential } from '../token/issue.ts';
import { FIXED_HEADERS } from './fixed-headers.ts';

const NOTHING: Remember = Object.freeze({});

export interface AnswerContext {
  readonly requestId: string;
  readonly cors: readonly NameValue[];
  /** Where each failure has a paragraph, `https://docs.example/errors`; its reason is the fragment. */
  readonly docsBaseUrl: string | undefined;
  /** Methods that are served here. Default: GET, POST and OPTIONS. */
  readonly methods?: string;
  /** Whether a failure says its detail, to somebody who is known and needs it. Default false: only the log does. */
  readonly explain?: boolean;
}

export const METHODS = 'GET, POST, OPTIONS';

/** @param remember what the client is to keep; names of headers as they are to be sent, values in ASCII */
export function answerCredential(
  credential: IssuedCredential,
  context: AnswerContext,
  remember: Remember = NOTHING,
): AuthResponse {
  return {
    status: 200,
    headers: [
      ['Content-Type', credential.mediaType],
      ['X-Request-Id', context.requestId],
      ...(remember.headers ?? []),
      ...FIXED_HEADERS,
      ...context.cors,
    ],
    cookies: remember.cookies ?? [],
    body: credential.body,
  };
}

export function answerFailure(failure: AuthFailure, context: AnswerContext): AuthResponse {
  const { status, code } = failure.kind;
  const retryAfterSeconds = failure.retryAfterSeconds ?? failure.kind.retryAfterSeconds;
  const { requestId, docsBaseUrl, cors, explain } = context;
  const message = explain && failure.detail ? `${failure.kind.message} ${failure.detail}` : failure.kind.message;
  const href = docsBaseUrl === undefined ? {} : { href: `${docsBaseUrl}#${failure.reason}` };
  return {
    status,
    headers: [
      ['Content-Type', 'application/json'],
      ['X-Ably-ErrorCode', String(code)],
      ['X-Ably-ErrorMessage', message],
      ['X-Request-Id', requestId],
      ...(retryAfterSeconds === undefined ? [] : [['Retry-After', String(retryAfterSeconds)] as const]),
      ...(status === 405 ? [['Allow', context.methods ?? METHODS] as const] : []),
      ...FIXED_HEADERS,
      ...cors,
    ],
    cookies: failure.clearCookies.map(clearCookie),
    body: JSON.stringify({ error: { code, statusCode: status, message, requestId, ...href } }),
  };
}

/** What is no credential: the results of revoking, how the endpoint is doing. */
export function answerDocument(status: 200 | 207 | 503, document: object, context: AnswerContext): AuthResponse {
  return {
    status,
    headers: [
      ['Content-Type', 'application/json'],
      ['X-Request-Id', context.requestId],
      ...FIXED_HEADERS,
      ...context.cors,
    ],
    cookies: [],
    body: JSON.stringify(document),
  };
}
