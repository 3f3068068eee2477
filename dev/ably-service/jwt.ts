/**
 * Checks an Ably JWT: HS256 with an API key's secret, named by `kid`, and the claims that Ably gives a meaning to.
 *
 * Uses node:crypto alone, so that the JWTs our endpoint signs are read by code that shares nothing with it. Whether it has
 * expired or was revoked is decided in credentials.ts, for every kind of token; a JWT around another in embedded.ts.
 */

import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Capability, intersect, parseCapability } from './capability.ts';
import { readChannelClaims } from './channel-claims.ts';
import type { Credential } from './credential.ts';
import { AblyError, badClientId, badJwt, badValue, notAccepted, notPermitted } from './errors.ts';
import type { KeyRing, ServiceKey } from './keys.ts';
import { maxTtlMs } from './tokens.ts';

/** How far ahead of our clock `iat` may be (Ably's single-node server). `exp` gets no grace at all. */
const MAX_ISSUED_AHEAD_MS = 60_000;

const KNOWN_ABLY_CLAIMS: ReadonlySet<string> = new Set([
  'x-ably-capability',
  'x-ably-clientId',
  'x-ably-revocation-key',
  'x-ably-clientType',
]);

type Claims = Readonly<Record<string, unknown>>;

export function looksLikeJwt(token: string): boolean {
  return token.split('.').length >= 3;
}

export function readAblyJwt(token: string, keys: KeyRing, nowMs: number): Credential {
  const parts = token.split('.');
  const [headerPart, payloadPart, signaturePart] = parts;
  if (parts.length !== 3 || headerPart === undefined || payloadPart === undefined || signaturePart === undefined) {
    throw badJwt('a JWT has three parts');
  }
  const header = decodeObject(headerPart, 'header');
  if (header.alg !== 'HS256') throw badJwt('alg must be HS256');
  if (typeof header.kid !== 'string') throw badJwt('kid must be the name of an API key');
  const key = keys.find(header.kid);

  const expected = createHmac('sha256', key.secret).update(`${headerPart}.${payloadPart}`).digest();
  const actual = decodeBytes(signaturePart, 'signature');
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) {
    throw notAccepted('the signature of the JWT does not verify');
  }
  return credentialFrom(decodeObject(payloadPart, 'payload'), key, nowMs);
}

function credentialFrom(claims: Claims, key: ServiceKey, nowMs: number): Credential {
  for (const name of Object.keys(claims)) {
    if (name.startsWith('x-ably-') && !KNOWN_ABLY_CLAIMS.has(name)) throw badJwt(`${name} is reserved`);
  }
  const issuedMs = readSeconds(claims, 'iat') * 1000;
  const expiresMs = readSeconds(claims, 'exp') * 1000;
  if (issuedMs > nowMs + MAX_ISSUED_AHEAD_MS) throw badJwt('iat is in the future');
  if (expiresMs <= issuedMs) throw badJwt('exp must be after iat');
  if (expiresMs - issuedMs > maxTtlMs(key)) throw badValue('excessive value for TTL');
  const clientType = readNonEmptyText(claims, 'x-ably-clientType');
  if (clientType !== undefined && clientType !== 'server') throw badJwt('x-ably-clientType must be server');

  const stated = readCapability(claims);
  const capability = stated === undefined ? key.capability : intersect(key.capability, stated);
  if (capability.size === 0) throw notPermitted('the capability of the JWT leaves nothing of the key');
  return {
    kind: 'jwt',
    key,
    capability,
    statedResources: new Set((stated ?? key.capability).keys()),
    clientId: readClientId(claims),
    revocationKey: readNonEmptyText(claims, 'x-ably-revocation-key'),
    channelClaims: readChannelClaims(claims),
    issuedMs,
    expiresMs,
  };
}

function readSeconds(claims: Claims, name: 'iat' | 'exp'): number {
  const value = claims[name];
  if (typeof value !== 'number' || !Number.isFinite(value)) throw badJwt(`${name} must be a number of seconds`);
  return value;
}

/** [conflict] Ably's pages disagree on whether the claim is required; its single-node server inherits the key's. */
function readCapability(claims: Claims): Capability | undefined {
  const value = claims['x-ably-capability'];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '') throw badJwt('x-ably-capability must be a string of JSON');
  try {
    return parseCapability(value);
  } catch (error) {
    throw error instanceof AblyError ? badJwt(`x-ably-capability: ${error.message}`) : error;
  }
}

function readClientId(claims: Claims): string | undefined {
  const value = claims['x-ably-clientId'];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '') throw badClientId('clientId must be a string');
  return value;
}

function readNonEmptyText(claims: Claims, name: string): string | undefined {
  const value = claims[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '') throw badJwt(`${name} must be a non-empty string`);
  return value;
}

function decodeObject(part: string, what: string): Claims {
  let parsed: unknown;
  try {
    parsed = JSON.parse(decodeBytes(part, what).toString('utf8'));
  } catch (error) {
    throw error instanceof AblyError ? error : badJwt(`the ${what} of the JWT is not JSON`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw badJwt(`the ${what} of the JWT is not a JSON object`);
  }
  return parsed as Claims;
}

function decodeBytes(part: string, what: string): Buffer {
  const bytes = Buffer.from(part, 'base64url');
  // Node also reads padding and the standard alphabet; JWS (RFC 7515, section 2) allows neither.
  if (bytes.toString('base64url') !== part) throw badJwt(`the ${what} of the JWT is not unpadded base64url`);
  return bytes;
}
