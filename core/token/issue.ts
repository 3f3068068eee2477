/**
 * Turns settled params into the credential that goes over the wire, and names its media type.
 * Which format was chosen before; nothing of the caller's identity is known here.
 */
import { AuthFailure } from '../errors.ts';
import type { ApiKey } from '../keys/api-key.ts';
import { MAX_JWT_BYTES, MAX_TOKEN_JSON_BYTES } from '../limits.ts';
import type { SettledParams, TokenFormat } from './settled-params.ts';
import { signAblyJwt } from './sign-ably-jwt.ts';
import { signTokenRequest } from './sign-token-request.ts';

export interface IssuedCredential {
  readonly format: TokenFormat;
  /** Exactly these: clients choose their parser by it, and one that is unknown to them is an error (RSA8c). */
  readonly mediaType: 'application/json' | 'application/jwt';
  /** No envelope, no line break at its end: ably-js would keep it as part of the token. */
  readonly body: string;
}

/** @throws AuthFailure `credential-too-large` (503) */
export function issueCredential(
  apiKey: ApiKey,
  format: TokenFormat,
  params: SettledParams,
  nowMs: number,
): IssuedCredential {
  switch (format) {
    case 'token-request': {
      const body = JSON.stringify(signTokenRequest(apiKey, params, { timestampMs: nowMs }));
      return { format, mediaType: 'application/json', body: within(MAX_TOKEN_JSON_BYTES, body) };
    }
    case 'jwt':
      return { format, mediaType: 'application/jwt', body: within(MAX_JWT_BYTES, signAblyJwt(apiKey, params, nowMs)) };
  }
}

/** A credential that no SDK can use is refused here, where the log can say why, and not at Ably as a broken header. */
function within(maxBytes: number, body: string): string {
  const bytes = Buffer.byteLength(body);
  if (bytes > maxBytes) throw new AuthFailure('credential-too-large', `${bytes} bytes, at most ${maxBytes}`);
  return body;
}
