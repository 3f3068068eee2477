/**
 * One Ably API key: what a valid one looks like, and the only place that holds its secret.
 *
 * The secret leaves this file through `hmacSha256` and `deriveSecret`, and as itself through `credentialsForAbly` alone;
 * printing, logging or serialising a key gives its name (S10). Where keys come from is decided by the key sources.
 */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { deriveKey } from './derive-key.ts';

/**
 * `<appId>.<keyId>:<secret>`. As strict as the strictest SDK (ably-js refuses white space, a second colon and a dot in
 * the secret), and stricter where a name would be unsafe to sign: it becomes the first line of the signed text.
 */
const API_KEY = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+):([A-Za-z0-9_\-+/=]+)$/;

export class ApiKey {
  readonly appId: string;
  /** `<appId>.<keyId>`, public: clients see it in every TokenRequest. */
  readonly name: string;
  readonly #secret: KeyObject;

  constructor(appId: string, keyId: string, secret: string) {
    this.appId = appId;
    this.name = `${appId}.${keyId}`;
    // Its raw UTF-8 characters, although it looks like base64url (RSA9g).
    this.#secret = createSecretKey(secret, 'utf8');
  }

  /** HMAC-SHA-256 of the UTF-8 text under the key's secret, for TokenRequests (RSA9g) and Ably JWTs only (S16). */
  hmacSha256(text: string, encoding: 'base64' | 'base64url'): string {
    return createHmac('sha256', this.#secret).update(text).digest(encoding);
  }

  /** A key of its own for one purpose (RFC 5869), so that nothing but Ably's formats is signed with the raw secret. */
  deriveSecret(label: string): KeyObject {
    return deriveKey(this.#secret.export(), label);
  }

  /**
   * The whole key, `<appId>.<keyId>:<secret>`, as Basic authentication at Ably takes it: for revoking, which Ably lets
   * only the key do that issued. For the driver under adapters/ably, and to be sent to Ably over TLS alone.
   */
  credentialsForAbly(): string {
    return `${this.name}:${this.#secret.export().toString('utf8')}`;
  }

  toString(): string {
    return this.name;
  }

  toJSON(): string {
    return this.name;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `ApiKey(${this.name})`;
  }
}

/** A key as the Ably dashboard shows it; `undefined` when the text is none, of which parse-api-key.ts says why. */
export function readApiKey(text: string): ApiKey | undefined {
  const [, appId, keyId, secret] = API_KEY.exec(text) ?? [];
  return appId && keyId && secret ? new ApiKey(appId, keyId, secret) : undefined;
}
