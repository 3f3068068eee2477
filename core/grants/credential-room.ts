/**
 * How many bytes of capability the credential of one caller has room for, whatever its format: less where it is a JWT,
 * less again where that says more than rights, or is embedded in another. `auto` has the room of a TokenRequest, unless
 * something makes it a JWT in any case.
 */
import type { Identity } from '../identity/identity.ts';
import { MAX_JWT_BYTES, MAX_TOKEN_JSON_BYTES } from '../limits.ts';
import { compileExtras } from '../policy/compile-extras.ts';
import type { Evaluation } from '../policy/evaluate.ts';
import { fillExtras } from '../policy/fill-extras.ts';
import type { JwtExtras } from '../policy/jwt-extras.ts';
import type { SettleDefaults } from '../policy/settle.ts';
import type { CredentialOptions } from './grants-choice.ts';

/** Header, times, names and signature of a JWT. */
const REST_OF_JWT_BYTES = 400;
const REST_OF_OUTER_BYTES = 400;
const REST_OF_JSON_BYTES = 1_024;

/** Base64url writes three bytes as four characters. */
const BYTES_PER_CHARACTER = 0.75;

export function credentialRoom(
  { jwt, embeddedJwt, acceptTwoMinuteWindow }: CredentialOptions,
  { matched, format: ofRule }: Evaluation,
  identity: Identity,
  clientId: string | undefined,
  defaults: SettleDefaults,
): number {
  const format = ofRule ?? defaults.format;
  const extras = [...matched.map((rule) => rule.jwt), jwt].filter((written) => written !== undefined);
  const others = Buffer.byteLength(JSON.stringify(clientId ?? '')) + extrasBytes(extras, identity);
  const mustBeJwt = extras.length > 0 || (defaults.revocable && !acceptTwoMinuteWindow);
  if (format === 'jwt' || (format === 'auto' && mustBeJwt)) return inJwt(MAX_JWT_BYTES) - others;
  if (format !== 'embedded-jwt' || embeddedJwt?.carries === 'ably-token') {
    return MAX_TOKEN_JSON_BYTES - REST_OF_JSON_BYTES - others;
  }
  const { claims, issuer, audience } = embeddedJwt ?? {};
  // Templates in it are filled with what the caller is, so that it may be longer than it is written.
  const outer = 2 * Buffer.byteLength(JSON.stringify([claims, issuer, audience, identity.subject]));
  return inJwt((MAX_JWT_BYTES - REST_OF_OUTER_BYTES) * BYTES_PER_CHARACTER - outer) - others;
}

function inJwt(characters: number): number {
  return Math.floor((characters - REST_OF_JWT_BYTES) * BYTES_PER_CHARACTER);
}

function extrasBytes(written: readonly JwtExtras[], identity: Identity): number {
  if (written.length === 0) return 0;
  try {
    const wanted = written.map((jwt) => ({ rule: '', extras: compileExtras(jwt, '', []) }));
    return Buffer.byteLength(JSON.stringify(Object.fromEntries(fillExtras(wanted, identity).extras)));
  } catch {
    // A caller whom this refuses is refused when it is issued.
    return 0;
  }
}
