/** Answers with JSON and leaves the headers to the framework, as every tutorial does. */
import type { AuthResponse } from '../../../index.ts';

export function cacheableAnswer(tokenRequest: object): AuthResponse {
  return {
    status: 200,
    headers: [['Content-Type', 'application/json']],
    cookies: [],
    body: JSON.stringify(tokenRequest),
  };
}
