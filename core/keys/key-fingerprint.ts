/**
 * A short text that tells one secret of a key from another, for logs and for an operator who compares two deployments:
 * after a rotation the key's name may be the same and its secret another.
 *
 * Taken from a key derived for nothing else (RFC 5869), so that it is no hash of the secret that a table could know, and
 * nothing is signed with what it shows a part of (S16). Say it beside the key's name: it is too short to stand alone.
 */
import type { ApiKey } from './api-key.ts';

const FINGERPRINTS = new WeakMap<ApiKey, string>();

/** Eight characters of base64url. */
export function keyFingerprint(apiKey: ApiKey): string {
  let fingerprint = FINGERPRINTS.get(apiKey);
  if (fingerprint === undefined) {
    fingerprint = apiKey.deriveSecret('key-fingerprint').export().toString('base64url').slice(0, 8);
    FINGERPRINTS.set(apiKey, fingerprint);
  }
  return fingerprint;
}
