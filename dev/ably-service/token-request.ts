/**
 * Decides whether a TokenRequest earns a token, and with which rights.
 *
 * The MAC is checked over the fields as they were received, line breaks in clientId or nonce included: Ably's documented
 * rule, and what makes a re-cut TokenRequest a real attack that our tests can show. Nothing here repairs a request.
 */

import { createHmac } from 'node:crypto';
import { intersect, parseCapability } from './capability.ts';
import { AblyError, badClientId, badField, badRequest, badValue, notAccepted, notPermitted } from './errors.ts';
import { type KeyRing, type ServiceKey, sameText } from './keys.ts';
import { DEFAULT_TTL_MS, maxTtlMs, type TokenDetails, type TokenStore } from './tokens.ts';

/** Either side of our clock (error 40104). */
const TIMESTAMP_WINDOW_MS = 2 * 60 * 1000;
/** RSA9c. [gap] Whether Ably itself refuses shorter ones is undocumented. */
const MIN_NONCE_CHARS = 16;

export interface TokenRedeemer {
  /**
   * `caller` is the key of a Basic Authorization header, for a TokenRequest without a mac; undefined without one.
   * Throws by the table of errors in Ably's registry: 40000, 40001, 40003, 40012, 40101, 40104, 40105, 40160, 40400.
   */
  redeem(pathKeyName: string, body: unknown, caller: ServiceKey | undefined): TokenDetails;
}

interface TokenRequest {
  readonly keyName: string;
  readonly timestamp: string;
  readonly ttl: string;
  readonly capability: string;
  readonly clientId: string;
  readonly nonce: string;
  readonly mac: string;
}

export function createTokenRedeemer(keys: KeyRing, tokens: TokenStore, now: () => number): TokenRedeemer {
  /** Seen nonces by key, with the timestamp they came with: older ones than the window cannot be replayed anyway. */
  const seenNonces = new Map<string, Map<string, number>>();

  const spendNonce = (keyName: string, nonce: string, timestampMs: number): void => {
    const seen = seenNonces.get(keyName) ?? new Map<string, number>();
    seenNonces.set(keyName, seen);
    for (const [old, usedWithMs] of seen) if (usedWithMs < now() - TIMESTAMP_WINDOW_MS) seen.delete(old);
    if (seen.has(nonce)) throw new AblyError(40105, 401, 'nonce value replayed');
    seen.set(nonce, timestampMs);
  };

  return {
    redeem(pathKeyName, body, caller) {
      const request = readTokenRequest(body);
      if (request.keyName !== pathKeyName) throw badRequest('keyName differs from the key in the path');
      const key = keys.find(request.keyName);
      verifyOrigin(request, key, caller);

      const timestampMs = Number(request.timestamp);
      if (Math.abs(now() - timestampMs) > TIMESTAMP_WINDOW_MS) {
        throw new AblyError(40104, 401, 'timestamp not current');
      }
      if (request.mac !== '') spendNonce(key.name, request.nonce, timestampMs);

      const requested = request.capability === '' ? undefined : parseCapability(request.capability);
      const capability = requested === undefined ? key.capability : intersect(key.capability, requested);
      if (capability.size === 0) throw notPermitted('the requested capability leaves nothing of the key');
      const clientId = request.clientId === '' ? undefined : request.clientId;
      return tokens.issue({ key, ttlMs: readTtlMs(request.ttl, key), capability, clientId });
    },
  };
}

function verifyOrigin(request: TokenRequest, key: ServiceKey, caller: ServiceKey | undefined): void {
  if (request.mac === '') {
    // [conflict] Ably's pages name Basic, or Basic and token; its single-node server insists on the very same key.
    if (caller?.name !== key.name) throw notAccepted('a TokenRequest without a mac needs Basic auth with its own key');
    return;
  }
  if (request.nonce.length < MIN_NONCE_CHARS) throw badField(`nonce must have at least ${MIN_NONCE_CHARS} characters`);
  const { keyName, ttl, capability, clientId, timestamp, nonce } = request;
  const text = [keyName, ttl, capability, clientId, timestamp, nonce].map((value) => `${value}\n`).join('');
  const expected = createHmac('sha256', key.secret).update(text, 'utf8').digest('base64');
  if (!sameText(request.mac, expected)) throw notAccepted('the mac does not verify');
}

function readTokenRequest(body: unknown): TokenRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw badField('the body is not a TokenRequest');
  const fields = body as Readonly<Record<string, unknown>>;
  if (fields.clientId === '') throw badClientId('clientId must not be empty');
  const timestamp = numberText(fields, 'timestamp');
  if (!/^\d+$/.test(timestamp)) throw badField('timestamp must be an integer of milliseconds');
  const request = {
    keyName: text(fields, 'keyName'),
    timestamp,
    ttl: numberText(fields, 'ttl'),
    capability: text(fields, 'capability'),
    clientId: text(fields, 'clientId'),
    nonce: text(fields, 'nonce'),
    mac: text(fields, 'mac'),
  };
  if (request.keyName === '') throw badField('keyName is missing');
  return request;
}

/** ably-js sends null, or an empty capability, for fields that it signed as empty. */
function text(fields: Readonly<Record<string, unknown>>, name: string): string {
  const value = fields[name] ?? '';
  if (typeof value !== 'string') throw badField(`${name} must be a string`);
  return value;
}

/** The digits as signed. ably-js sends a ttl of 0 but signs it as absent; form bodies carry numbers as text. */
function numberText(fields: Readonly<Record<string, unknown>>, name: 'ttl' | 'timestamp'): string {
  const value = fields[name] ?? '';
  if (typeof value === 'number') return name === 'ttl' && value === 0 ? '' : String(value);
  if (typeof value !== 'string') throw badField(`${name} must be a number`);
  return value;
}

function readTtlMs(ttl: string, key: ServiceKey): number {
  if (ttl === '') return DEFAULT_TTL_MS;
  if (!/^\d+$/.test(ttl)) throw badValue('ttl must be a positive integer of milliseconds');
  const ttlMs = Number(ttl);
  if (ttlMs === 0 || ttlMs > maxTtlMs(key)) throw badValue('excessive value for TTL');
  return ttlMs;
}
