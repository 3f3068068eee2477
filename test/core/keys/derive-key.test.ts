import { hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { deriveKey } from '../../../core/keys/derive-key.ts';

it('S16: deriveKey is HKDF-SHA-256, as Node has it, of secrets of any length', () => {
  const text = fc.string({ unit: 'binary', maxLength: 200 });
  const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
  fc.assert(
    fc.property(fc.oneof(text, bytes), fc.string(), (secret, label) => {
      const expected = Buffer.from(hkdfSync('sha256', secret, '', `ably-auth-functions ${label}`, 32));
      expect(deriveKey(secret, label).export()).toEqual(expected);
    }),
  );
});
