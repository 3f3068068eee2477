/**
 * Turns settled params into one of the two credentials that are signed here and now, and names its media type. The others
 * are issued by further-formats.ts, which only the configs that use them load.
 *
 * Which format was chosen before; nothing of the caller's identity is known here.
 */
import { AuthFailure } from '../errors.ts';
import type { ApiKey } from '../keys/api-key.ts';
import { MAX_JWT_BYTES, MAX_TOKEN_JSON_BYTES } from '../limits.ts';
import type { LeftOut } from '../policy/evaluate.ts';
import type { Settled } from '../policy/settle.ts';
import type { IssuedFormat, SettledParams, TokenFormat } from './settled-params.ts';
import { signAblyJwt } from './sign-ably-jwt.ts';
import { signTokenRequest } from './sign-token-request.ts';

export interface IssuedCredential {
  readonly format: IssuedFormat;
  /** Exactly these: clients choose their parser by it, and one that is unknown to them is an error (RSA8c). */
  readonly mediaType: 'application/json' | 'application/jwt';
  /** No envelope, no line break at its end: ably-js would keep it as part of the token. */
  readonly body: string;
}

/** A credential, and what it was made of in the end. */
export interface Issued {
  readonly credential: IssuedCredential;
  readonly params: SettledParams;
  /** Claims that a JWT was to have and has not. */
  readonly leftOut: readonly LeftOut[];
  /** Set where Ably issued it, and so dated it: the gate is asked again then. */
  readonly byAbly?: true;
  /** Absent where a rule or the config names the format. */
  readonly auto?: AutoReason;
}

/** Why `auto` became what it did. */
export type AutoReason = 'fits' | 'too-large' | 'confidential';

/** @throws AuthFailure `credential-too-large` (503) */
export function issueSigned(apiKey: ApiKey, { format, params }: Settled, nowMs: number): Issued {
  return { credential: issueCredential(apiKey, format, params, nowMs), params, leftOut: [] };
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
    default:
      throw new Error(`${format} is issued elsewhere`);
  }
}

/**
 * A credential that no SDK can use is refused here, where the log can say why, and not at Ably as a broken header.
 * @throws AuthFailure `credential-too-large` (503)
 */
export function within(maxBytes: number, body: string): string {
  const bytes = Buffer.byteLength(body);
  if (bytes > maxBytes) throw new AuthFailure('credential-too-large', `${bytes} bytes, at most ${maxBytes}`);
  return body;
}
