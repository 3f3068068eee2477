/**
 * The API keys that the local service knows: which app each belongs to, what it may do, whether its tokens can be
 * revoked. Decides how an unknown or revoked key is refused; never what a known one is used for. Keys may be added and
 * revoked while it runs, as Ably's Control API does.
 */

import { timingSafeEqual } from 'node:crypto';
import { type Capability, capabilityFrom } from './capability.ts';
import { AblyError, keyRevoked, notAccepted, unreadableCredential } from './errors.ts';

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
  /** Throws an Error when the name is taken, or a part of the key is missing. */
  add(key: AblyServiceKey): void;
  /** For good: its connections, its tokens and itself are refused with 40131 from now on. */
  revoke(keyName: string): void;
  isRevoked(key: ServiceKey): boolean;
  /** Returns the function that stops it. */
  onRevoked(listener: () => void): () => void;
}

export function createKeyRing(keys: readonly AblyServiceKey[]): KeyRing {
  const byName = new Map<string, ServiceKey>();
  const appIds = new Set<string>();
  const revoked = new Set<string>();
  const listeners = new Set<() => void>();

  const add = ({ name, secret, capability = { '*': ['*'] }, revocableTokens = false }: AblyServiceKey): void => {
    if (byName.has(name)) throw new Error('a key of this name is there already');
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
    appIds.add(name.slice(0, dot));
  };
  for (const key of keys) add(key);

  const find = (keyName: string): ServiceKey => {
    const key = byName.get(keyName);
    if (revoked.has(keyName)) throw keyRevoked();
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
    add,
    revoke(keyName) {
      find(keyName);
      revoked.add(keyName);
      for (const listener of [...listeners]) listener();
    },
    isRevoked: ({ name }) => revoked.has(name),
    onRevoked(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
