/**
 * Signs an Ably JWT: a JWS (RFC 7515) under HS256 with the API key, that Ably verifies without being asked before.
 * What it says was settled before; this file decides only its form on the wire.
 *
 * Spec: https://ably.com/docs/auth/token/jwt and "Ably JWT" in https://ably.com/docs/api/realtime-sdk/authentication
 */
import { canonicalCapability } from '../capability/canonical.ts';
import type { ApiKey } from '../keys/api-key.ts';
import { checkSignable } from './check-signable.ts';
import type { SettledParams } from './settled-params.ts';

/**
 * @param nowMs milliseconds since the epoch. `iat` is rounded down and never in the future.
 * @returns the compact serialisation
 * @throws Error when the params or the key are not fit to be signed (S5)
 */
export function signAblyJwt(apiKey: ApiKey, params: SettledParams, nowMs: number): string {
  checkSignable(params);
  if (!Number.isFinite(nowMs)) throw new Error('Refusing to sign: the time is not a time');
  if (apiKey.name !== params.keyName) throw new Error('Refusing to sign: the key is another one');

  const iat = Math.floor(nowMs / 1000);
  const header = { alg: 'HS256', typ: 'JWT', kid: params.keyName };
  const claims = {
    iat,
    exp: iat + params.ttlMs / 1000,
    // A string that holds JSON. Left out, it would mean everything the key can do (S4).
    'x-ably-capability': canonicalCapability(params.capability),
    ...(params.clientId !== undefined && { 'x-ably-clientId': params.clientId }),
    ...(params.extras && Object.fromEntries(params.extras)),
  };
  const signingInput = `${base64urlJson(header)}.${base64urlJson(claims)}`;
  return `${signingInput}.${apiKey.hmacSha256(signingInput, 'base64url')}`;
}

function base64urlJson(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
