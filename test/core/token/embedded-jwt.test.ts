/** The app's own JWT around a credential, unpacked by a library that has nothing to do with how it was packed. */
import { hkdfSync } from 'node:crypto';
import { compactDecrypt, decodeProtectedHeader, errors, jwtDecrypt, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { embed, outerSecret } from '../../../core/token/embedded-jwt.ts';
import { NOW_MS } from '../auth-request.ts';

const SECRET = 'a-fake-secret-of-the-app-of-32-bytes-or-more';
const VERIFY = new TextEncoder().encode(SECRET);
/** As docs/formats.md tells the app to derive it. */
const DECRYPT = new Uint8Array(hkdfSync('sha256', SECRET, '', 'ably-auth-functions embedded-jwt', 32));
const CLAIMS = { sub: 'bob', iss: 'https://app.example', ünï: '😀' };
const INNER = { token: 'appid.a-literal-token', expiresMs: NOW_MS + 3_600_999 };
const AT = { currentDate: new Date(NOW_MS) };

const written = (outer: { place?: 'header' | 'payload'; encrypted?: boolean } = {}, nowMs = NOW_MS): string => {
  const { place = 'header', encrypted = false } = outer;
  return embed(INNER, { secret: outerSecret(SECRET, encrypted), place, encrypted }, CLAIMS, nowMs);
};

describe('a signed JWT around a credential', () => {
  it.each(['header', 'payload'] as const)(
    'verifies, and has the credential in its %s and nowhere else',
    async (place) => {
      const { protectedHeader, payload } = await jwtVerify(written({ place }), VERIFY, {
        algorithms: ['HS256'],
        ...AT,
      });
      const embedded = { 'x-ably-token': INNER.token };
      expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'JWT', ...(place === 'header' && embedded) });
      expect(payload).toEqual({
        ...CLAIMS,
        iat: NOW_MS / 1000,
        exp: NOW_MS / 1000 + 3_600,
        ...(place === 'payload' && embedded),
      });
    },
  );

  it('never ends after what it carries, nor begins in the future, whatever the milliseconds', async () => {
    for (const nowMs of [NOW_MS, NOW_MS + 1, NOW_MS + 999]) {
      const { payload } = await jwtVerify(written({}, nowMs), VERIFY, AT);
      expect(Number(payload.exp) * 1000).toBeLessThanOrEqual(INNER.expiresMs);
      expect(Number(payload.iat) * 1000).toBeLessThanOrEqual(nowMs);
    }
  });

  it('does not verify under another secret', async () => {
    await expect(jwtVerify(written(), new TextEncoder().encode(`${SECRET}x`), AT)).rejects.toBeInstanceOf(
      errors.JWSSignatureVerificationFailed,
    );
  });
});

describe('an encrypted JWT around a credential', () => {
  it('is opened with the derived key, and with no other', async () => {
    const token = written({ encrypted: true });
    const { payload, protectedHeader } = await jwtDecrypt(token, DECRYPT, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
      ...AT,
    });
    expect(payload).toEqual({ ...CLAIMS, iat: NOW_MS / 1000, exp: NOW_MS / 1000 + 3_600 });
    expect(protectedHeader).toEqual({ alg: 'dir', enc: 'A256GCM', typ: 'JWT', 'x-ably-token': INNER.token });
    await expect(
      jwtDecrypt(
        token,
        DECRYPT.map((byte) => byte ^ 1),
        AT,
      ),
    ).rejects.toBeInstanceOf(errors.JWEDecryptionFailed);
  });

  it('hides the outer claims, and does not hide the credential', () => {
    const token = written({ encrypted: true });
    const readable = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
    expect(readable.join()).not.toContain('app.example');
    expect(decodeProtectedHeader(token)['x-ably-token']).toBe(INNER.token);
  });

  it('is another text each time, and bound to its header', async () => {
    const tokens = Array.from({ length: 50 }, () => written({ encrypted: true }).split('.'));
    expect(new Set(tokens.map(([, , iv]) => iv)).size).toBe(50);
    const [, ...rest] = tokens[0] ?? [];
    const forged = Buffer.from('{"alg":"dir","enc":"A256GCM","x-ably-token":"appid.another"}').toString('base64url');
    await expect(compactDecrypt([forged, ...rest].join('.'), DECRYPT)).rejects.toBeInstanceOf(
      errors.JWEDecryptionFailed,
    );
  });
});
