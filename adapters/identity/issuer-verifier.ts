/**
 * Verifies tokens under the public keys of trusted issuers. Loaded with the first token, not with the config.
 */
import type { JwtLibrary } from './jwt-library.ts';
import type { FoundKeys } from './key-set.ts';
import { createProviderKeys, type FindKeys, type TrustedIssuer } from './provider-keys.ts';
import type { PublicJwk } from './read-jwks.ts';
import type { AddressBook } from './safe-address.ts';
import type { TokenRules } from './token-rules.ts';
import { type Candidates, createTokenVerifier, type VerifyKey, type VerifyToken } from './verify-token.ts';

export function createIssuerVerifier(
  rules: TokenRules,
  source: string,
  issuers: readonly TrustedIssuer[],
  addressBook?: AddressBook,
): VerifyToken {
  return createPublicKeyVerifier(rules, source, createProviderKeys(issuers, addressBook));
}

export function createPublicKeyVerifier(rules: TokenRules, source: string, findKeys: FindKeys): VerifyToken {
  const importKey = createKeyImport();
  return createTokenVerifier(rules, source, async (token, library, nowMs): Promise<Candidates> => {
    const found: FoundKeys = await findKeys(token, token.claims.iss, nowMs);
    if (found.kind !== 'keys') return found;
    const imported = await Promise.all(found.keys.map((key) => importKey(key, token.alg, library)));
    return { kind: 'keys', keys: imported.filter((key) => key !== undefined) };
  });
}

/** Imports each key once for each algorithm, and forgets it together with the key. One that is no key is passed over. */
function createKeyImport() {
  const imported = new WeakMap<PublicJwk, Map<string, Promise<VerifyKey | undefined>>>();
  return (key: PublicJwk, alg: string, { importJWK }: JwtLibrary): Promise<VerifyKey | undefined> => {
    const byAlgorithm = imported.get(key) ?? new Map<string, Promise<VerifyKey | undefined>>();
    imported.set(key, byAlgorithm);
    const pending = byAlgorithm.get(alg) ?? importJWK({ ...key.jwk }, alg).catch(() => undefined);
    byAlgorithm.set(alg, pending);
    return pending;
  };
}
