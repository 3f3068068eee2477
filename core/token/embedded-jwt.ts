/**
 * The app's own JWT around a credential of Ably's: signed, or encrypted, with the app's secret, so that the app's own
 * servers can read who their caller is from the same token. Ably reads only what is embedded, and never learns the
 * secret; nothing of the outer JWT gives a right at Ably.
 *
 * Encrypting hides the outer claims alone. Ably must find the embedded credential, so it stands in the protected header
 * of a JWE, which is not encrypted.
 *
 * Spec: https://ably.com/docs/auth/token#embedded ; RFC 7515 (JWS), RFC 7516 section 5.1 and RFC 7518 sections 4.5 and
 * 5.3 (JWE: `dir`, A256GCM)
 */
import { createCipheriv, createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { deriveKey } from '../keys/derive-key.ts';

export interface OuterJwt {
  readonly secret: KeyObject;
  readonly place: 'header' | 'payload';
  readonly encrypted: boolean;
}

export interface Embedded {
  /** An Ably JWT or an Ably token. */
  readonly token: string;
  /** When it ends, in milliseconds since the epoch: Ably refuses an outer `exp` that is later. */
  readonly expiresMs: number;
}

/** @param text at least 32 bytes. For encryption a key of its own is derived from it (RFC 5869). */
export function outerSecret(text: string, encrypted: boolean): KeyObject {
  return encrypted ? deriveKey(text, 'embedded-jwt') : createSecretKey(text, 'utf8');
}

/**
 * @param claims the app's own, without `iat` and `exp`
 * @returns the compact serialisation
 */
export function embed({ token, expiresMs }: Embedded, outer: OuterJwt, claims: object, nowMs: number): string {
  const { secret, place, encrypted } = outer;
  const inHeader = encrypted || place === 'header';
  const embedded = { 'x-ably-token': token };
  const payload = {
    ...claims,
    iat: Math.floor(nowMs / 1000),
    exp: Math.floor(expiresMs / 1000),
    ...(!inHeader && embedded),
  };
  if (encrypted) return encrypt({ alg: 'dir', enc: 'A256GCM', typ: 'JWT', ...embedded }, payload, secret);
  const header = { alg: 'HS256', typ: 'JWT', ...(inHeader && embedded) };
  const signingInput = `${base64urlJson(header)}.${base64urlJson(payload)}`;
  return `${signingInput}.${createHmac('sha256', secret).update(signingInput).digest('base64url')}`;
}

/** 96 random bits a token: safe for the first 2^32 under one secret (NIST SP 800-38D section 8.3). */
function encrypt(header: object, payload: object, key: KeyObject): string {
  const protectedHeader = base64urlJson(header);
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(protectedHeader, 'ascii'));
  const ciphertext = Buffer.concat([cipher.update(JSON.stringify(payload), 'utf8'), cipher.final()]);
  // The second part, an encrypted key, is empty: both sides have the key itself.
  const parts = [iv, ciphertext, cipher.getAuthTag()].map((bytes) => bytes.toString('base64url'));
  return `${protectedHeader}..${parts.join('.')}`;
}

function base64urlJson(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
