/**
 * What a client asks for: untrusted, and able only to narrow (S3). Read from the wire in wire/read-wishes.ts.
 */
import type { Capability } from '../capability/capability.ts';

export interface Wishes {
  /** Present and empty asks for nothing, which is refused; absent asks for all that is granted. */
  readonly requestedCapability?: Capability;
  /** Never empty: an empty one is not asked. */
  readonly requestedClientId?: string;
  /** Milliseconds as sent; read only where the config honours it. */
  readonly requestedTtlMs?: number;
}
