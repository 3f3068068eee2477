/** The key that signs, or the refusal that its absence means: an outage, which clients try again after (S12). */
import { AuthFailure } from '../errors.ts';
import type { ApiKey } from './api-key.ts';
import type { KeyRing } from './key-ring.ts';
import { KeySourceError } from './key-source.ts';

/** @throws AuthFailure `key-unavailable` (503) */
export async function loadKey(keys: KeyRing): Promise<ApiKey> {
  try {
    return await keys.current();
  } catch (error) {
    throw error instanceof KeySourceError ? keyUnavailable(error) : error;
  }
}

export function keyUnavailable({ failure, setting, message, remediation }: KeySourceError): AuthFailure {
  return new AuthFailure('key-unavailable', `${setting}: ${failure}: ${message} ${remediation}`);
}
