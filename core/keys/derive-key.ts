/**
 * A key of its own for one purpose out of a secret, so that nothing but Ably's formats is signed with a raw one (S16):
 * HKDF-SHA-256 (RFC 5869) without a salt, of one block. Written as the two HMACs that it is, because Node's own takes
 * 0.4 ms of a cold start when it is first used, and HMAC is there for the signature anyway. A test holds the two together.
 */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/** @param label another one for each purpose */
export function deriveKey(secret: string | Buffer, label: string): KeyObject {
  const extracted = createHmac('sha256', '').update(secret).digest();
  return createSecretKey(createHmac('sha256', extracted).update(`ably-auth-functions ${label}\x01`).digest());
}
