/**
 * Signs an Ably TokenRequest. What it says was settled before; this file decides only its form on the wire.
 *
 * Spec: RSA9, TE1 to TE6 — https://sdk.ably.com/builds/ably/specification/main/features/ ; the signed text —
 * https://ably.com/docs/api/token-request-spec
 */
import { randomUUID } from 'node:crypto';
import type { TokenRequest } from 'ably';
import { canonicalCapability } from '../capability/canonical.ts';
import type { ApiKey } from '../keys/api-key.ts';
import { isFitNonce } from '../well-formed.ts';
import { checkSignable } from './check-signable.ts';
import type { SettledParams } from './settled-params.ts';
import { tokenRequestMac } from './token-request-mac.ts';

/** What makes one TokenRequest unlike the next; given only by tests and by those who bring their own randomness. */
export interface SigningMoment {
  /** Milliseconds since the epoch; Ably accepts the request for two minutes around it. */
  readonly timestampMs: number;
  /**
   * At least 16 characters, never used before with this key (RSA9c). Default: a random UUID, 122
   * bits from the system's CSPRNG, of which Node keeps a supply: asking the kernel each time costs more than signing.
   */
  readonly nonce?: string;
}

/**
 * @param apiKey the key named by `params.keyName`
 * @returns the object to send as JSON. Absent fields are left out, never null: SDKs read a null ttl as 0.
 * @throws Error when the params, the nonce or the key are not fit to be signed (S5)
 */
export function signTokenRequest(apiKey: ApiKey, params: SettledParams, moment: SigningMoment): TokenRequest {
  checkSignable(params);
  if (params.extras?.size) throw new Error('Refusing to sign: extras are for a JWT');
  const nonce = moment.nonce ?? randomUUID();
  if (!isFitNonce(nonce)) throw new Error('Refusing to sign: the nonce is not fit');
  if (!Number.isFinite(moment.timestampMs)) throw new Error('Refusing to sign: the timestamp is not a time');
  if (apiKey.name !== params.keyName) throw new Error('Refusing to sign: the key is another one');

  const { keyName, clientId, ttlMs: ttl } = params;
  const timestamp = Math.floor(moment.timestampMs);
  const capability = canonicalCapability(params.capability);
  const mac = tokenRequestMac(apiKey, { keyName, ttl, capability, clientId, timestamp, nonce });
  return clientId === undefined
    ? { keyName, ttl, capability, timestamp, nonce, mac }
    : { keyName, ttl, capability, clientId, timestamp, nonce, mac };
}
