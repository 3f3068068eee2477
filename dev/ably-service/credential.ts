/**
 * What a client turned out to present, whichever form it had: whose it is and what it allows. How each form is read is
 * decided in credentials.ts and the readers that it calls.
 */
import type { Capability } from './capability.ts';
import type { ChannelClaims } from './channel-claims.ts';
import type { ServiceKey } from './keys.ts';

export interface Credential {
  readonly kind: 'key' | 'token' | 'jwt';
  readonly key: ServiceKey;
  /** Effective rights: what was stated, narrowed by the key. */
  readonly capability: Capability;
  /** The resources as the token states them; `channel:` revocations compare with these literally. */
  readonly statedResources: ReadonlySet<string>;
  /** undefined: anonymous. `*`: may take any identity per operation. */
  readonly clientId: string | undefined;
  readonly revocationKey: string | undefined;
  readonly channelClaims: ChannelClaims;
  /** Absent on API keys, which neither expire nor are revoked here. */
  readonly issuedMs: number | undefined;
  readonly expiresMs: number | undefined;
}
