/**
 * The signer's own last look at what it is about to sign (S4, S5), whatever the layers above believed.
 * A failure here is a bug above, so it throws and becomes a 500.
 */
import { isFitClientId } from '../well-formed.ts';
import type { SettledParams } from './settled-params.ts';

const KEY_NAME = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** Further claims may be named as they like, except like what was settled before, or like what Ably reserves. */
const OURS = /^(iat|exp|nbf|iss|sub|aud|x-ably-(?!revocation-key$|clientType$).*)$/i;

/** @throws Error naming the field, never its value */
export function checkSignable(params: SettledParams): void {
  if (!KEY_NAME.test(params.keyName)) throw new Error('Refusing to sign: keyName is not appId.keyId');
  if (params.clientId !== undefined && !isSignableClientId(params.clientId, params.wildcardClientId === true)) {
    throw new Error('Refusing to sign: clientId is not fit');
  }
  for (const name of params.extras?.keys() ?? []) {
    if (OURS.test(name)) throw new Error('Refusing to sign: a claim is not an extra');
  }
  if (params.capability.size === 0) throw new Error('Refusing to sign: the capability is empty');
  if (!Number.isSafeInteger(params.ttlMs) || params.ttlMs <= 0 || params.ttlMs % 1000 !== 0) {
    throw new Error('Refusing to sign: ttl is not a positive number of whole seconds');
  }
}

function isSignableClientId(clientId: string, mayBeWildcard: boolean): boolean {
  return clientId === '*' ? mayBeWildcard : isFitClientId(clientId);
}
