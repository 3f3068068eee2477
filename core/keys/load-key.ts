/** The key that signs, or the refusal that its absence means: an outage, which clients try again after (S12). */
import { AuthFailure } from '../errors.ts';
import type { ApiKey } from './api-key.ts';
import type { KeyRing } from './key-ring.ts';
import { KeySourceError } from './key-source.ts';

/**
 * At once while the cached one need not be renewed.
 *
 * @throws AuthFailure `key-unavailable` (503), as a rejection
 */
export function loadKey(keys: KeyRing): ApiKey | Promise<ApiKey> {
  const key = keys.current();
  return key instanceof Promise ? key.catch(refuse) : key;
}

function refuse(error: unknown): never {
  throw error instanceof KeySourceError ? keyUnavailable(error) : error;
}

export function keyUnavailable({ failure, setting, message, remediation }: KeySourceError): AuthFailure {
  return new AuthFailure('key-unavailable', `${setting}: ${failure}: ${message} ${remediation}`);
}
