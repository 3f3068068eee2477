/** Puts what came onto a span, as instrumentations do that record headers and the error: an operator can find anything. */
import type { Span } from '@opentelemetry/api';
import type { AuthRequest } from '../../../index.ts';

export function recordsRequests(span: Span) {
  return (request: AuthRequest, error: unknown): void => {
    for (const [name, values] of request.headers) span.setAttribute(`http.request.header.${name}`, [...values]);
    span.setAttribute(
      'http.request.cookies',
      request.cookies.map((cookie) => cookie.join('=')),
    );
    span.setAttribute('url.query', request.query.map((pair) => pair.join('=')).join('&'));
    if (error instanceof Error) span.recordException(error);
  };
}
