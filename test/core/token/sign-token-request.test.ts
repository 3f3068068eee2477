import { describe, expect, it } from 'vitest';
import { signTokenRequest } from '../../../core/token/sign-token-request.ts';
import { tokenRequestMac } from '../../../core/token/token-request-mac.ts';
import { KEY_NAME, NOW_MS, testKey } from '../auth-request.ts';
import { capabilityOf } from '../capability/samples.ts';

const NONCE = 'abcdefghijklmnop';
const PARAMS = Object.freeze({
  keyName: KEY_NAME,
  ttlMs: 3_600_000,
  capability: capabilityOf({ b: ['subscribe', 'publish'], a: ['history'] }),
});

describe('signTokenRequest', () => {
  it('gives integers as integers, the capability as canonical text, and a MAC over exactly these', () => {
    const { mac, ...fields } = signTokenRequest(testKey(), { ...PARAMS, clientId: 'bob' }, { timestampMs: NOW_MS });
    expect(fields).toEqual({
      keyName: KEY_NAME,
      ttl: 3_600_000,
      capability: '{"a":["history"],"b":["publish","subscribe"]}',
      clientId: 'bob',
      timestamp: NOW_MS,
      nonce: expect.any(String),
    });
    expect(mac).toBe(tokenRequestMac(testKey(), fields as Parameters<typeof tokenRequestMac>[1]));
  });

  it('leaves an absent clientId out, and does not send it as null', () => {
    const signed = signTokenRequest(testKey(), PARAMS, { timestampMs: NOW_MS, nonce: NONCE });
    expect(Object.keys(signed)).toEqual(['keyName', 'ttl', 'capability', 'timestamp', 'nonce', 'mac']);
  });

  it('S16: makes a nonce of 122 random bits that never comes again', () => {
    const nonces = Array.from({ length: 1_000 }, () => signTokenRequest(testKey(), PARAMS, { timestampMs: 1 }).nonce);
    expect(new Set(nonces).size).toBe(1_000);
    for (const nonce of nonces)
      expect(nonce).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('rounds the timestamp down', () => {
    expect(signTokenRequest(testKey(), PARAMS, { timestampMs: 1_999.9 }).timestamp).toBe(1_999);
  });

  it.each(['', 'short', 'abcdefgh\nijklmnop', 'abcdefghijklmnopé'])('S5: refuses the nonce %j', (nonce) => {
    const moment = { timestampMs: NOW_MS, nonce };
    expect(() => signTokenRequest(testKey(), PARAMS, moment)).toThrow('Refusing to sign: the nonce is not fit');
  });

  it('refuses params that were settled for another key', () => {
    const other = { ...PARAMS, keyName: 'appid.other' };
    expect(() => signTokenRequest(testKey(), other, { timestampMs: NOW_MS })).toThrow('the key is another one');
  });

  it('S5: refuses what the check before signing refuses', () => {
    const params = { ...PARAMS, clientId: 'bob\n1' };
    expect(() => signTokenRequest(testKey(), params, { timestampMs: NOW_MS })).toThrow('clientId is not fit');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses the timestamp %d', (timestampMs) => {
    expect(() => signTokenRequest(testKey(), PARAMS, { timestampMs })).toThrow();
  });
});
