/**
 * Seals what we hand to a client to keep (a session, a guest id, a grant) so that only we can have written it (S16):
 * `v1.<keyId>.<payload>.<mac>`, the MAC over the exact bytes before it, nothing parsed before it verifies.
 *
 * Sealed is not secret: the client can read the payload. What the payload means and how long it holds is decided by
 * those who seal it. Every purpose has a label, hence a key of its own (RFC 5869): a session never opens as a grant.
 */
import { createHash, createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { deriveKey } from './derive-key.ts';

export type SealLabel = 'session' | 'guest' | 'grant';

export interface Seal {
  /** Always with the first secret. */
  seal(payload: string): string;
  /** The payload, or `undefined` when no secret of ours sealed exactly these bytes. Constant time over the MAC. */
  open(sealed: string): string | undefined;
}

interface SealKey {
  readonly id: string;
  readonly key: KeyObject;
}

/** @param secrets the one that seals, then the ones that only open what was sealed before a rotation */
export function createSeal(label: SealLabel, secrets: readonly string[]): Seal {
  return createSealOver(() => secrets.map((secret) => deriveKey(secret, label)));
}

/** @param derive keys of 32 bytes, derived for this one purpose; in the same order */
export function createSealOver(derive: () => readonly KeyObject[]): Seal {
  let derived: readonly SealKey[] | undefined;
  // On first use: deriving takes longer than the whole request, and most requests of a cold start need no seal.
  const keys = (): readonly SealKey[] => {
    derived ??= derive().map((key) => ({ id: idOf(key), key }));
    return derived;
  };
  return Object.freeze({
    seal(payload) {
      const [first] = keys();
      if (!first) throw new Error('No secret to seal with');
      const signed = `v1.${first.id}.${Buffer.from(payload).toString('base64url')}`;
      return `${signed}.${mac(first, signed)}`;
    },
    open(sealed) {
      const end = sealed.lastIndexOf('.');
      const [version, keyId, payload = '', ...rest] = sealed.slice(0, Math.max(end, 0)).split('.');
      const key = version === 'v1' && rest.length === 0 ? keys().find(({ id }) => id === keyId) : undefined;
      if (!key) return undefined;
      // The MAC is compared as text: base64url has several spellings of the same bytes, and only one is ours.
      const given = Buffer.from(sealed.slice(end + 1));
      const expected = Buffer.from(mac(key, sealed.slice(0, end)));
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
      return Buffer.from(payload, 'base64url').toString();
    },
  } satisfies Seal);
}

function mac({ key }: SealKey, signed: string): string {
  return createHmac('sha256', key).update(signed).digest('base64url');
}

function idOf(key: KeyObject): string {
  return createHash('sha256').update(key.export()).digest('base64url').slice(0, 8);
}
