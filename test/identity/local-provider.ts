/**
 * An identity provider of our own on a loopback port: it publishes keys, counts who asks for them, rotates them, and goes
 * away when told. And the pen with which tokens are written, good and bad: everything in one can be chosen.
 */
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { AsymmetricAlgorithm } from '../../adapters/identity/token-rules.ts';
import type { AuthResponse } from '../../index.ts';
import { authRequest, errorOf, NOW_MS, type TestEndpoint } from '../core/auth-request.ts';

export const NOW_SECONDS = NOW_MS / 1000;
export const AUDIENCE = 'https://api.example';

export interface SigningKey {
  readonly kid: string;
  readonly alg: AsymmetricAlgorithm;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** As a provider publishes it. */
  readonly jwk: Readonly<Record<string, unknown>>;
}

/** RSA keys take a while to find; tests that do not care share them. */
export function signingKey(kid: string, alg: AsymmetricAlgorithm = 'ES256', rsaBits = 2048): SigningKey {
  const { privateKey, publicKey } = keyPair(alg, rsaBits);
  return { kid, alg, privateKey, publicKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' } };
}

function keyPair(alg: AsymmetricAlgorithm, modulusLength: number) {
  if (alg === 'EdDSA') return generateKeyPairSync('ed25519');
  if (!alg.startsWith('ES')) return generateKeyPairSync('rsa', { modulusLength });
  const curves: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };
  return generateKeyPairSync('ec', { namedCurve: curves[alg] ?? '' });
}

export interface TokenToWrite {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  /** In place of the JSON of the two. */
  readonly headerText?: string;
  readonly claimsText?: string;
  /** With what `alg` says it is signed with, if that is not true. */
  readonly signedAs?: string;
}

export function base64url(text: string | Uint8Array): string {
  return Buffer.from(text).toString('base64url');
}

/** `undefined` as a member leaves it out. */
export function writeToken(key: SigningKey, token: TokenToWrite = {}): string {
  const header = { alg: key.alg, kid: key.kid, typ: 'JWT', ...token.header };
  const headerText = token.headerText ?? JSON.stringify(header);
  const claimsText = token.claimsText ?? JSON.stringify(token.claims);
  const input = `${base64url(headerText)}.${base64url(claimsText)}`;
  return `${input}.${base64url(signature(input, key.privateKey, token.signedAs ?? key.alg))}`;
}

export function signature(input: string, key: KeyObject, alg: string): Uint8Array {
  if (alg === 'EdDSA') return sign(null, Buffer.from(input), key);
  const hash = `sha${alg.slice(2)}`;
  if (alg.startsWith('ES')) return sign(hash, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
  // 6: RSA_PKCS1_PSS_PADDING, with a salt as long as the hash (RFC 7518, 3.5).
  if (alg.startsWith('PS'))
    return sign(hash, Buffer.from(input), { key, padding: 6, saltLength: Number(alg.slice(2)) / 8 });
  return sign(hash, Buffer.from(input), key);
}

export function hmacToken(secret: string | Uint8Array, header: object, claims: object): string {
  const input = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

export interface LocalProvider {
  /** Its issuer, without a slash at the end. */
  readonly issuer: string;
  /** Paths asked for, in order. */
  readonly asked: readonly string[];
  keys: readonly SigningKey[];
  /** In place of what it does by itself. */
  answer: RequestListener | undefined;
  /** Claims that are in order, for the token to be changed in one place. */
  claims(changes?: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>;
  /** A token in order, unless told otherwise. */
  token(changes?: Readonly<Record<string, unknown>>, key?: SigningKey): string;
  close(): Promise<void>;
}

/** Closed after the test that started it, unless it is started outside of one. */
export async function startProvider(keys: readonly SigningKey[], outsideOfATest = false): Promise<LocalProvider> {
  const asked: string[] = [];
  const server = createServer((req, res) => {
    asked.push(req.url ?? '');
    if (provider.answer) {
      provider.answer(req, res);
      return;
    }
    const discovery = { issuer: provider.issuer, jwks_uri: `${provider.issuer}/keys` };
    const documents: Readonly<Record<string, object>> = {
      '/.well-known/openid-configuration': discovery,
      '/keys': { keys: provider.keys.map(({ jwk }) => jwk) },
    };
    const document = documents[req.url ?? ''];
    res.writeHead(document ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(document ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider: LocalProvider = {
    issuer,
    asked,
    keys,
    answer: undefined,
    claims: (changes = {}) => ({
      ...{ iss: issuer, aud: AUDIENCE, sub: 'bob', iat: NOW_SECONDS - 60, exp: NOW_SECONDS + 3_600 },
      ...changes,
    }),
    token(changes = {}, key = provider.keys[0]) {
      if (!key) throw new Error('The provider has no key to sign with');
      return writeToken(key, { claims: provider.claims(changes) });
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  if (!outsideOfATest) onTestFinished(() => provider.close());
  return provider;
}

export function bearer(token: string) {
  return authRequest({ headers: { authorization: `Bearer ${token}` } });
}

export interface Refusal {
  readonly status: number;
  readonly code: unknown;
  readonly reason: string | undefined;
  readonly detail: string | undefined;
}

/** What the endpoint said last of a request that it refused. */
export function refusalOf(endpoint: TestEndpoint, response: AuthResponse): Refusal {
  const event = endpoint.events.at(-1);
  const refused = event?.kind === 'refused' ? event : undefined;
  const { status } = response;
  return { status, code: errorOf(response).code, reason: refused?.reason, detail: refused?.detail };
}
