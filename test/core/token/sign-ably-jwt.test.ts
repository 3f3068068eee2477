import { describe, expect, it } from 'vitest';
import { signAblyJwt } from '../../../core/token/sign-ably-jwt.ts';
import { KEY_NAME, NOW_MS, testKey } from '../auth-request.ts';
import { capabilityOf } from '../capability/samples.ts';

const PARAMS = Object.freeze({
  keyName: KEY_NAME,
  ttlMs: 3_600_000,
  capability: capabilityOf({ b: ['subscribe', 'publish'], a: ['history'] }),
});

describe('signAblyJwt', () => {
  it('writes header and claims in one fixed order', () => {
    const [header, claims] = partsOf(signAblyJwt(testKey(), { ...PARAMS, clientId: 'bob' }, NOW_MS));
    expect(header).toBe('{"alg":"HS256","typ":"JWT","kid":"appid.keyid"}');
    expect(claims).toBe(
      '{"iat":1700000000,"exp":1700003600,' +
        '"x-ably-capability":"{\\"a\\":[\\"history\\"],\\"b\\":[\\"publish\\",\\"subscribe\\"]}","x-ably-clientId":"bob"}',
    );
  });

  it('leaves an absent clientId out', () => {
    expect(partsOf(signAblyJwt(testKey(), PARAMS, NOW_MS))[1]).not.toContain('clientId');
  });

  it('is the same text for the same moment and params', () => {
    expect(signAblyJwt(testKey(), PARAMS, NOW_MS)).toBe(signAblyJwt(testKey(), PARAMS, NOW_MS + 999));
  });

  it('refuses params that were settled for another key', () => {
    const other = { ...PARAMS, keyName: 'appid.other' };
    expect(() => signAblyJwt(testKey(), other, NOW_MS)).toThrow('Refusing to sign: the key is another one');
  });

  it('S5: refuses what the check before signing refuses', () => {
    expect(() => signAblyJwt(testKey(), { ...PARAMS, clientId: '*' }, NOW_MS)).toThrow('clientId is not fit');
  });
});

function partsOf(token: string): string[] {
  const [header = '', claims = ''] = token.split('.');
  return [header, claims].map((part) => Buffer.from(part, 'base64url').toString());
}
