/**
 * A caller as the functions of a config are shown it: what is issued is issued to whoever was identified, not to what a
 * function has made of it by mistake. Claims that are objects or lists are the identity's own all the same.
 */
import type { Identity } from './identity.ts';

export function locked(identity: Identity): Identity {
  return Object.freeze({ ...identity, claims: Object.freeze({ ...identity.claims }) });
}
