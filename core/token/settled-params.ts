/**
 * What policy hands to the encoders: everything a credential will say, decided, and nothing about who asked.
 * `TokenParams` is the name only of the object in Ably's own shape; this is ours.
 */
import type { Capability } from '../capability/capability.ts';

export interface SettledParams {
  readonly keyName: string;
  /** Absent: an anonymous token. `*` only together with `wildcardClientId`. */
  readonly clientId?: string;
  /** Set only where a rule says `wildcardClientId: true`: the client may then choose its identity per operation. */
  readonly wildcardClientId?: true;
  /** Milliseconds, a multiple of 1,000: ably-cocoa passes it through seconds and would break the MAC otherwise. */
  readonly ttlMs: number;
  /** Never empty (S4). */
  readonly capability: Capability;
}

/** Which credential is issued. */
export type TokenFormat = 'token-request' | 'jwt';

export const TOKEN_FORMATS: readonly TokenFormat[] = ['token-request', 'jwt'];
