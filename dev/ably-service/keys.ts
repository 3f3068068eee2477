/**
 * The API keys that the local service knows: which app each belongs to, what it may do, whether its tokens can be
 * revoked. Decides how an unknown key is refused; never what a known one is used for.
 */

import { timingSafeEqual } from 'node:crypto';
import { type Capability, capabilityFrom } from './capability.ts';
import { AblyError, notAccepted, unreadableCredential } from './errors.ts';

export interface AblyServiceKey {
  /** The public half, `app.keyId`. */
  readonly name: string;
  /** Everything after the first colon of the API key. */
  readonly secret: string;
  /** Default: everything on ordinary channels, `{"*":["*"]}`. */
  readonly capability?: Readonly<Record<string, readonly string[]>>;
  /** Default false. True allows revocation and caps the life of its tokens and JWTs at one hour. */
  readonly revocableTokens?: boolean;
}

export interface ServiceKey {
  readonly name: string;
  readonly appId: string;
  readonly secret: string;
  readonly capability: Capability;
  readonly revocableTokens: boolean;
}

export interface KeyRing {
  /** Throws 40400, HTTP 404 when the app is unknown and 401 when only the key is (ably-js `test/rest/auth.test.js`). */
  find(keyName: string): ServiceKey;
  /** Reads `name:secret` and checks the secret. Throws 40005 when unreadable, 40101 when the secret is another. */
  authenticate(apiKey: string): ServiceKey;
  knowsApp(appId: string): boolean;
}

export function createKeyRing(keys: readonly AblyServiceKey[]): KeyRing {
  const byName = new Map<string, ServiceKey>();
  for (const { name, secret, capability = { '*': ['*'] }, revocableTokens = false } of keys) {
    const dot = name.indexOf('.');
    if (dot < 1 || dot === name.length - 1 || secret === '')
      throw new Error('a key needs a name app.keyId and a secret');
    byName.set(name, {
      name,
      appId: name.slice(0, dot),
      secret,
      capability: capabilityFrom(capability),
      revocableTokens,
    });
  }
  const appIds = new Set([...byName.values()].map((key) => key.appId));

  const find = (keyName: string): ServiceKey => {
    const key = byName.get(keyName);
    if (key !== undefined) return key;
    const appId = keyName.split('.', 1)[0] ?? '';
    throw appIds.has(appId)
      ? new AblyError(40400, 401, 'no such key in this application')
      : new AblyError(40400, 404, 'no such application');
  };

  return {
    find,
    authenticate(apiKey) {
      const colon = apiKey.indexOf(':');
      if (colon < 1) throw unreadableCredential('the API key has no colon');
      const key = find(apiKey.slice(0, colon));
      if (!sameText(apiKey.slice(colon + 1), key.secret)) throw notAccepted('the key secret is wrong');
      return key;
    },
    knowsApp: (appId) => appIds.has(appId),
  };
}

export function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
