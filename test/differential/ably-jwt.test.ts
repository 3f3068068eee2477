import fc from 'fast-check';
import { errors, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { ApiKey } from '../../core/keys/api-key.ts';
import { signAblyJwt } from '../../core/token/sign-ably-jwt.ts';
import { signTokenRequest } from '../../core/token/sign-token-request.ts';
import { KEY_NAME, KEY_SECRET, NOW_MS, testKey } from '../core/auth-request.ts';
import { capabilityOf } from '../core/capability/samples.ts';
import { settledParams, timestampsMs } from './signing-samples.ts';

const SECRET = new TextEncoder().encode(KEY_SECRET);
const FIT = { keyName: KEY_NAME, ttlMs: 3_600_000, capability: capabilityOf({ a: ['subscribe', 'publish'] }) };

describe('signAblyJwt beside jose', () => {
  it('verifies, with exactly the header and claims of the params, for random params', async () => {
    await fc.assert(
      fc.asyncProperty(settledParams(KEY_NAME), timestampsMs, async (params, nowMs) => {
        const token = signAblyJwt(testKey(), params, nowMs);
        const verified = await jwtVerify(token, SECRET, { algorithms: ['HS256'], currentDate: new Date(nowMs) });

        expect(verified.protectedHeader).toEqual({ alg: 'HS256', typ: 'JWT', kid: KEY_NAME });
        const { iat, exp, 'x-ably-capability': capability, 'x-ably-clientId': clientId, ...rest } = verified.payload;
        expect(rest).toEqual({});
        expect(clientId).toBe(params.clientId);
        expect('x-ably-clientId' in verified.payload).toBe(params.clientId !== undefined);
        expect(iat).toBe(Math.floor(nowMs / 1000));
        expect(Number(iat) * 1000).toBeLessThanOrEqual(nowMs);
        expect(Number(exp) - Number(iat)).toBe(params.ttlMs / 1000);
        expect(rightsIn(String(capability))).toEqual(rightsOf(params.capability));
      }),
      { numRuns: 1_500 },
    );
  });

  it('has further claims beside the settled ones, and in a TokenRequest they are refused', async () => {
    const extras = new Map<string, string | number | boolean>([
      ['ably.channel.room:*', '{"role":"ünï"}'],
      ['ably.limits.publish.perAttachment.maxRate.*', 0.1],
      ['__proto__', true],
    ]);
    const { payload } = await jwtVerify(signAblyJwt(testKey(), { ...FIT, extras }, NOW_MS), SECRET, {
      currentDate: new Date(NOW_MS),
    });
    const plain = await jwtVerify(signAblyJwt(testKey(), FIT, NOW_MS), SECRET, { currentDate: new Date(NOW_MS) });
    expect(Object.entries(payload)).toEqual([...Object.entries(plain.payload), ...extras]);
    expect(() => signTokenRequest(testKey(), { ...FIT, extras }, { timestampMs: NOW_MS })).toThrow('Refusing to sign');
  });

  it('is valid up to the last second of its ttl and not one more', async () => {
    const token = signAblyJwt(testKey(), { ...FIT, ttlMs: 60_000 }, NOW_MS);
    const at = (ms: number) => jwtVerify(token, SECRET, { currentDate: new Date(NOW_MS + ms) });
    await expect(at(59_000)).resolves.toHaveProperty('payload.exp', NOW_MS / 1000 + 60);
    await expect(at(60_000)).rejects.toBeInstanceOf(errors.JWTExpired);
  });

  it('does not verify under another secret', async () => {
    const token = signAblyJwt(new ApiKey('appid', 'keyid', 'anothersecret'), FIT, NOW_MS);
    await expect(jwtVerify(token, SECRET, { currentDate: new Date(NOW_MS) })).rejects.toBeInstanceOf(
      errors.JWSSignatureVerificationFailed,
    );
  });

  it('is three parts of unpadded base64url', () => {
    const token = signAblyJwt(testKey(), { ...FIT, clientId: 'ÿ>?~ 😀' }, NOW_MS);
    expect(token).toMatch(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}$/);
  });
});

/** Compared as lists of pairs: an object would lose `__proto__`. */
function rightsIn(capability: string): unknown[] {
  return Object.entries(JSON.parse(capability) as Record<string, string[]>)
    .map(([name, operations]) => [name, operations.toSorted()])
    .sort();
}

function rightsOf(capability: ReadonlyMap<string, ReadonlySet<string>>): unknown[] {
  return [...capability].map(([name, operations]) => [name, [...operations].sort()]).sort();
}
