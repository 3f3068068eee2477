/**
 * The answer to what never reaches the core: a path that is not ours, an event that is no HTTP request.
 *
 * Same shape as the core's refusals, because the same clients read it: exactly `application/json`, the error beside
 * it in headers, never cached. Says nothing about the request.
 */
import { randomUUID } from 'node:crypto';
import type { AuthResponse } from '../../core/http.ts';
import { FIXED_HEADERS } from '../../core/wire/fixed-headers.ts';

export function refusal(status: 400 | 404 | 500, message: string): AuthResponse {
  // Ably's generic code of each status is the status times a hundred (ably-common, `protocol/errors.json`).
  const code = status * 100;
  const requestId = randomUUID();
  return {
    status,
    headers: [
      ['Content-Type', 'application/json'],
      ...FIXED_HEADERS,
      ['Vary', 'Origin'],
      ['X-Ably-ErrorCode', String(code)],
      ['X-Ably-ErrorMessage', message],
      ['X-Request-Id', requestId],
    ],
    cookies: [],
    body: JSON.stringify({ error: { code, statusCode: status, message, requestId } }),
  };
}
