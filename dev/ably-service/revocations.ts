/**
 * Which tokens have been revoked. Decides what a revocation target means and since when it applies; who may revoke is
 * decided in rest/revoke-tokens.ts, and what happens to live connections in realtime/lifetime.ts.
 */

import type { Credential } from './credential.ts';
import { AblyError, badRequest } from './errors.ts';
import type { ServiceKey } from './keys.ts';

export interface Revocation {
  readonly keyName: string;
  readonly type: string;
  readonly value: string;
  /** Tokens issued before this are hit. A JWT's iat has whole seconds, so one minted later in this second is too. */
  readonly issuedBeforeMs: number;
  readonly appliesAtMs: number;
}

export interface Revocations {
  /** Records one `type:value`. Throws the error of its item: 40000 for an unknown type, 40121 for `channel`. */
  revoke(key: ServiceKey, target: string, issuedBeforeMs: number, appliesAtMs: number): Revocation;
  isRevoked(credential: Credential): boolean;
  /** When the earliest revocation that hits the credential applies; undefined when none does. */
  appliesAtMs(credential: Credential): number | undefined;
  /** Returns the function that stops it. */
  onRevoked(listener: () => void): () => void;
}

export function createRevocations(now: () => number, channelRevocation: boolean): Revocations {
  const revocations: Revocation[] = [];
  const listeners = new Set<() => void>();

  const appliesAtMs = (credential: Credential): number | undefined => {
    const hits = revocations.filter((revocation) => hitsCredential(revocation, credential));
    return hits.length === 0 ? undefined : Math.min(...hits.map((revocation) => revocation.appliesAtMs));
  };
  return {
    revoke(key, target, issuedBeforeMs, appliesAtMs) {
      const colon = target.indexOf(':');
      const [type, value] = [target.slice(0, Math.max(colon, 0)), target.slice(colon + 1)];
      if (!['clientId', 'revocationKey', 'channel'].includes(type)) throw badRequest('unknown type of target');
      // Ably enables channel targets per app, on request.
      if (type === 'channel' && !channelRevocation) {
        throw new AblyError(40121, 401, 'revoking by channel is not enabled for this application');
      }
      const revocation = { keyName: key.name, type, value, issuedBeforeMs, appliesAtMs };
      revocations.push(revocation);
      for (const listener of [...listeners]) listener();
      return revocation;
    },
    isRevoked(credential) {
      const since = appliesAtMs(credential);
      return since !== undefined && since <= now();
    },
    appliesAtMs,
    onRevoked(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function hitsCredential(revocation: Revocation, credential: Credential): boolean {
  if (credential.issuedMs === undefined || credential.key.name !== revocation.keyName) return false;
  if (credential.issuedMs >= revocation.issuedBeforeMs) return false;
  switch (revocation.type) {
    case 'clientId':
      return credential.clientId === revocation.value;
    case 'revocationKey':
      return credential.revocationKey === revocation.value;
    default:
      // The literal text of a resource, never what it expands to: `channel:foo:*` hits tokens that say `foo:*`.
      return credential.statedResources.has(revocation.value);
  }
}
