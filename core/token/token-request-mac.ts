/**
 * The MAC of a TokenRequest (RSA9g): the text that is signed, and nothing about which values are wise.
 * Signing and checking both use it; the local Ably service has its own, so that they cannot be wrong together.
 */
import type { ApiKey } from '../keys/api-key.ts';

export interface MacFields {
  readonly keyName: string;
  /** Milliseconds. */
  readonly ttl?: number;
  /** The text as it is sent, canonical when it is ours. */
  readonly capability?: string;
  readonly clientId?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly nonce: string;
}

/** HMAC-SHA-256, standard base64 with padding (RFC 4648 section 4). */
export function tokenRequestMac(apiKey: ApiKey, fields: MacFields): string {
  const { keyName, ttl = '', capability = '', clientId = '', timestamp, nonce } = fields;
  // Each value is followed by a line break, the last one too; an absent one leaves its line empty.
  return apiKey.hmacSha256(`${keyName}\n${ttl}\n${capability}\n${clientId}\n${timestamp}\n${nonce}\n`, 'base64');
}
