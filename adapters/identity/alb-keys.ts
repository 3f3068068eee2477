/**
 * The keys of AWS load balancers: one PEM document a key, at an address that ends in the `kid` of the token. The only
 * place where something from a token becomes part of an address, so it must be a UUID to the letter.
 *
 * Who reaches the function without the load balancer can write any `kid`. New ones are therefore looked up one a second.
 */
import { createPublicKey } from 'node:crypto';
import { fetchDocument, ProviderError } from './fetch-document.ts';
import { createKeySet, type KeySet } from './key-set.ts';
import type { FindKeys } from './provider-keys.ts';
import { type PublicJwk, readJwk } from './read-jwks.ts';
import type { AddressBook } from './safe-address.ts';

const ALB_KID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const NEW_KID_PAUSE_MS = 1_000;
const MAX_KIDS = 16;

/** @param base without a slash at the end */
export function createAlbKeys(base: string, addressBook?: AddressBook): FindKeys {
  const known = new Map<string, KeySet>();
  let newestAtMs: number | undefined;
  return async ({ alg, kid = '' }, _iss, nowMs) => {
    if (!ALB_KID.test(kid)) return { kind: 'unknown' };
    let keys = known.get(kid);
    if (!keys) {
      if (newestAtMs !== undefined && nowMs >= newestAtMs && nowMs - newestAtMs < NEW_KID_PAUSE_MS) {
        return { kind: 'unavailable', detail: 'another new key was asked for within a second' };
      }
      newestAtMs = nowMs;
      keys = createKeySet(() => loadKey(`${base}/${kid}`, kid, addressBook));
      const [oldest] = known.keys();
      if (known.size >= MAX_KIDS && oldest !== undefined) known.delete(oldest);
      known.set(kid, keys);
    }
    const found = await keys.find(kid, alg, nowMs);
    if (found.kind !== 'keys') known.delete(kid);
    return found;
  };
}

async function loadKey(url: string, kid: string, addressBook?: AddressBook): Promise<readonly PublicJwk[]> {
  try {
    const pem = await fetchDocument(url, 'the key', addressBook);
    const jwk = readJwk({ ...createPublicKey(pem).export({ format: 'jwk' }), kid, alg: 'ES256' });
    return jwk ? [jwk] : [];
  } catch (error) {
    if (!(error instanceof ProviderError)) throw new ProviderError('the key is not in PEM');
    // There is no such key; everything else is an outage.
    if (error.status === 403 || error.status === 404) return [];
    throw error;
  }
}
