/**
 * Turns settled params into the credential that goes over the wire, and names its media type.
 * Which format was chosen before; nothing of the caller's identity is known here.
 */
import type { ApiKey } from '../keys/api-key.ts';
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

export function issueCredential(
  apiKey: ApiKey,
  format: TokenFormat,
  params: SettledParams,
  nowMs: number,
): IssuedCredential {
  switch (format) {
    case 'token-request': {
      const tokenRequest = signTokenRequest(apiKey, params, { timestampMs: nowMs });
      return { format, mediaType: 'application/json', body: JSON.stringify(tokenRequest) };
    }
    case 'jwt':
      return { format, mediaType: 'application/jwt', body: signAblyJwt(apiKey, params, nowMs) };
  }
}
