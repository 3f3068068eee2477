/** The text that stands for a key's secret without being of any use. */
import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readApiKey } from '../../../core/keys/api-key.ts';
import { keyFingerprint } from '../../../core/keys/key-fingerprint.ts';

const SECRET = 'a-secret-for-tests';

function fingerprint(text: string): string {
  const key = readApiKey(text);
  if (!key) throw new Error('not a key');
  return keyFingerprint(key);
}

describe('the fingerprint of a key', () => {
  it('is short, and the same for the same key in every process', () => {
    expect(fingerprint(`app.key:${SECRET}`)).toMatch(/^[\w-]{8}$/);
    expect(fingerprint(`app.key:${SECRET}`)).toBe('uVxUFg5V');
  });

  it('tells two secrets under one name apart', () => {
    expect(fingerprint('app.key:another-secret')).not.toBe(fingerprint(`app.key:${SECRET}`));
  });

  it('is no plain hash of the secret, of the key or of what is signed with it, in any spelling', () => {
    const plain = [SECRET, `app.key:${SECRET}`].flatMap((text) =>
      ['sha256', 'sha1', 'md5', 'sha512'].flatMap((hash) => [
        createHash(hash).update(text).digest('base64url'),
        createHmac(hash, SECRET).update('key-fingerprint').digest('base64url'),
      ]),
    );
    for (const text of plain) expect(text).not.toContain(fingerprint(`app.key:${SECRET}`));
    expect(SECRET).not.toContain(fingerprint(`app.key:${SECRET}`));
  });
});
