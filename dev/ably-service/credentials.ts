/**
 * Turns what a client presents (an API key, an Ably token, a JWT) into one kind of Credential, and decides whether that
 * credential is still good and which clientId it stands for. New forms of token are added here, as another reader.
 */

import { NO_CHANNEL_CLAIMS } from './channel-claims.ts';
import type { Credential } from './credential.ts';
import { checkEnvelope, openEnvelope } from './embedded.ts';
import { incompatible, keyRevoked, tokenExpired, tokenRevoked, tokenUnknown, unreadableCredential } from './errors.ts';
import { looksLikeJwt, readAblyJwt } from './jwt.ts';
import type { KeyRing } from './keys.ts';
import type { Revocations } from './revocations.ts';
import type { TokenStore } from './tokens.ts';

export interface Credentials {
  fromApiKey(apiKey: string): Credential;
  /** Throws the error with which the client is to be refused: 40141 to 40144, 40101, 40400, 40003, 40005, 40160. */
  fromToken(token: string): Credential;
}

export function createCredentials(
  keys: KeyRing,
  tokens: TokenStore,
  revocations: Revocations,
  now: () => number,
): Credentials {
  const read = (token: string): Credential => {
    const known = tokens.find(token);
    if (known !== undefined) return known;
    if (looksLikeJwt(token)) return readAblyJwt(token, keys, now());
    const [appId, rest] = token.split('.', 2);
    if (appId === undefined || rest === undefined) throw unreadableCredential('neither an Ably token nor a JWT');
    throw tokenUnknown();
  };
  return {
    fromApiKey(apiKey) {
      const key = keys.authenticate(apiKey);
      return {
        kind: 'key',
        key,
        capability: key.capability,
        statedResources: new Set(key.capability.keys()),
        clientId: '*',
        revocationKey: undefined,
        channelClaims: NO_CHANNEL_CLAIMS,
        issuedMs: undefined,
        expiresMs: undefined,
      };
    },
    fromToken(token) {
      const envelope = openEnvelope(token);
      const inner = read(envelope?.token ?? token);
      if (envelope) checkEnvelope(envelope, inner.expiresMs, now());
      const ends = envelope?.expiresAtSeconds;
      const credential = ends === undefined ? inner : { ...inner, expiresMs: ends * 1000 };
      if (keys.isRevoked(credential.key)) throw keyRevoked();
      if (credential.expiresMs !== undefined && credential.expiresMs <= now()) throw tokenExpired();
      if (revocations.isRevoked(credential)) throw tokenRevoked();
      return credential;
    },
  };
}

/**
 * Which identity a connection or request gets. `asserted` is written by the client (the clientId parameter or the
 * X-Ably-ClientId header): it may only choose under a wildcard, and otherwise only repeat what the credential says.
 */
export function resolveClientId(credential: Credential, asserted: string | undefined): string | undefined {
  if (asserted === undefined || asserted === '') return credential.clientId;
  if (asserted === '*') throw incompatible('"*" is not an identity that a client can ask for');
  if (credential.clientId === '*' || credential.clientId === asserted) return asserted;
  throw incompatible('invalid clientId for credentials');
}
