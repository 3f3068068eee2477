/**
 * Finds the credential within a JWT of somebody else's: in the protected header (`x-ably-token`), of a JWE as well, or
 * among the claims of a JWT that is not encrypted. The outer JWT gives no right and its signature is nobody's business
 * here: Ably does not have the key either.
 *
 * [gap] Which code answers an outer JWT that outlives what it carries is not said; 40144 fits the registry's words.
 */

import { badJwt, tokenExpired } from './errors.ts';
import { asRecord } from './wire.ts';

export interface Envelope {
  /** An Ably token or an Ably JWT; never another envelope. */
  readonly token: string;
  /** `exp` of the outer JWT, in seconds; undefined where Ably cannot read it. */
  readonly expiresAtSeconds: number | undefined;
}

const NAME = 'x-ably-token';

/** Undefined for a token that carries none. Throws 40144 where something else than a token stands in its place. */
export function openEnvelope(token: string): Envelope | undefined {
  const parts = token.split('.');
  const header = decode(parts[0]);
  const encrypted = parts.length === 5;
  if (header === undefined || (parts.length !== 3 && !encrypted)) return undefined;
  const claims = encrypted ? undefined : decode(parts[1]);
  const carried = header[NAME] ?? claims?.[NAME];
  if (carried === undefined) {
    if (encrypted) throw badJwt('an encrypted JWT must carry a token in its protected header');
    return undefined;
  }
  if (typeof carried !== 'string' || carried === '') throw badJwt(`${NAME} must be a token`);
  if (encrypted) return { token: carried, expiresAtSeconds: undefined };
  const exp = claims?.exp;
  if (exp !== undefined && typeof exp !== 'number') throw badJwt('exp must be a number of seconds');
  return { token: carried, expiresAtSeconds: exp };
}

/** Throws 40144 when the envelope outlives its content, 40142 when it has ended. */
export function checkEnvelope({ expiresAtSeconds }: Envelope, innerExpiresMs: number | undefined, nowMs: number): void {
  if (expiresAtSeconds === undefined) return;
  if (innerExpiresMs !== undefined && expiresAtSeconds * 1000 > innerExpiresMs) {
    throw badJwt('the JWT must not expire later than the token that it carries');
  }
  if (expiresAtSeconds * 1000 <= nowMs) throw tokenExpired();
}

function decode(part: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    return asRecord(JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8')));
  } catch {
    return undefined;
  }
}
