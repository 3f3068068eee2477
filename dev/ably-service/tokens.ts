/**
 * Ably tokens: opaque strings whose meaning only this process knows. Decides how long one may live and what it looks
 * like. Which requests earn one is decided in token-request.ts. Restarting the service forgets them all (40143).
 */

import { randomBytes } from 'node:crypto';
import { type Capability, capabilityText } from './capability.ts';
import { NO_CHANNEL_CLAIMS } from './channel-claims.ts';
import type { Credential } from './credential.ts';
import type { ServiceKey } from './keys.ts';

/** What Ably assumes when a TokenRequest has no ttl (TK2a). */
export const DEFAULT_TTL_MS = 60 * 60 * 1000;

const MAX_TTL_MS = 24 * 60 * 60 * 1000;
const MAX_REVOCABLE_TTL_MS = 60 * 60 * 1000;

/** The ceiling holds for JWTs too: Ably checks it when a token is created or presented. */
export function maxTtlMs(key: ServiceKey): number {
  return key.revocableTokens ? MAX_REVOCABLE_TTL_MS : MAX_TTL_MS;
}

/** What requestToken answers with. Times in milliseconds; capability is JSON text (TD1 to TD7). */
export interface TokenDetails {
  readonly token: string;
  readonly keyName: string;
  readonly issued: number;
  readonly expires: number;
  readonly capability: string;
  readonly clientId?: string;
}

export interface TokenGrant {
  readonly key: ServiceKey;
  readonly ttlMs: number;
  readonly capability: Capability;
  readonly clientId: string | undefined;
}

export interface TokenStore {
  issue(grant: TokenGrant): TokenDetails;
  find(token: string): Credential | undefined;
  /** How many were issued since the start. */
  issued(): number;
}

export function createTokenStore(now: () => number): TokenStore {
  const credentials = new Map<string, Credential>();
  return {
    issue({ key, ttlMs, capability, clientId }) {
      const issued = now();
      const expires = issued + ttlMs;
      const token = `${key.appId}.${randomBytes(24).toString('base64url')}`;
      credentials.set(token, {
        kind: 'token',
        key,
        capability,
        statedResources: new Set(capability.keys()),
        clientId,
        revocationKey: undefined,
        channelClaims: NO_CHANNEL_CLAIMS,
        issuedMs: issued,
        expiresMs: expires,
      });
      return {
        token,
        keyName: key.name,
        issued,
        expires,
        capability: capabilityText(capability),
        ...(clientId === undefined ? {} : { clientId }),
      };
    },
    find: (token) => credentials.get(token),
    issued: () => credentials.size,
  };
}
