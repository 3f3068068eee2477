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
  /** Further claims, by their full names. Only an Ably JWT can carry them. */
  readonly extras?: ReadonlyMap<string, string | number | boolean>;
}

/** Which credential is issued: what each can carry, and who sees what of it, is in docs/formats.md. */
export type IssuedFormat = 'token-request' | 'jwt' | 'ably-token' | 'embedded-jwt';

/** As a config names it: `auto` is a JWT, unless it would be too large or the rights are confidential. */
export type TokenFormat = IssuedFormat | 'auto';

export const TOKEN_FORMATS: readonly TokenFormat[] = ['token-request', 'jwt', 'ably-token', 'embedded-jwt', 'auto'];
