import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSeal, type SealLabel } from '../../../core/keys/seal.ts';

const OLD = 'the-old-fake-secret-of-32-bytes-or-more';
const NEW = 'the-new-fake-secret-of-32-bytes-or-more';
const LABELS: readonly SealLabel[] = ['session', 'guest', 'grant'];

describe('createSeal', () => {
  it('opens what it sealed, whatever the text', () => {
    const seal = createSeal('session', [NEW]);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (payload) => {
        expect(seal.open(seal.seal(payload))).toBe(payload);
      }),
    );
  });

  it('S16: writes v1.<keyId>.<payload>.<mac>, each part unpadded base64url', () => {
    const sealed = createSeal('session', [NEW]).seal('{"sub":"bob"}');
    expect(sealed).toMatch(/^v1\.[\w-]{8}\.[\w-]+\.[\w-]{43}$/);
    expect(Buffer.from(sealed.split('.')[2] ?? '', 'base64url').toString()).toBe('{"sub":"bob"}');
  });

  it('seals the same payload alike in every process', () => {
    expect(createSeal('session', [NEW]).seal('x')).toBe(createSeal('session', [NEW, OLD]).seal('x'));
  });

  it('S16: opens nothing in which any one character is another', () => {
    const seal = createSeal('session', [NEW, OLD]);
    const sealed = seal.seal('{"sub":"bob","exp":1700000000}');
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (index, character) => {
        fc.pre(sealed[index] !== character);
        expect(seal.open(sealed.slice(0, index) + character + sealed.slice(index + 1))).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('opens nothing in which any character is missing, doubled or added at an end', () => {
    const seal = createSeal('session', [NEW]);
    const sealed = seal.seal('{"sub":"bob"}');
    for (let index = 0; index < sealed.length; index += 1) {
      expect(seal.open(sealed.slice(0, index) + sealed.slice(index + 1))).toBeUndefined();
      expect(seal.open(sealed.slice(0, index) + sealed[index] + sealed.slice(index))).toBeUndefined();
      expect(seal.open(sealed.slice(0, index))).toBeUndefined();
    }
    for (const added of ['=', '\n', ' ', '.', 'A', '\0']) {
      expect(seal.open(sealed + added)).toBeUndefined();
      expect(seal.open(added + sealed)).toBeUndefined();
    }
  });

  it('opens no other spelling of the same bytes', () => {
    const seal = createSeal('session', [NEW]);
    // 43 characters hold 258 bits, 256 of them count: the last character has other spellings that decode alike.
    const sealed = seal.seal('x');
    const twins = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
      .map((last) => sealed.slice(0, -1) + last)
      .filter((twin) => twin !== sealed && macOf(twin).equals(macOf(sealed)));
    expect(twins).toHaveLength(3);
    for (const twin of twins) expect(seal.open(twin)).toBeUndefined();
  });

  it.each([
    '',
    '.',
    '...',
    'v1',
    'v1.',
    'v1...',
    'v1.a.b.c',
    'v1.a.b.c.d',
    'null',
    '{}',
    '\u{1f600}',
    '.'.repeat(20_000),
  ])('opens nothing in %j', (text) => {
    expect(createSeal('session', [NEW]).open(text)).toBeUndefined();
  });

  it('refuses the right parts behind another version', () => {
    const seal = createSeal('session', [NEW]);
    expect(seal.open(seal.seal('x').replace('v1.', 'v2.'))).toBeUndefined();
    expect(seal.open(seal.seal('x').replace('v1.', ''))).toBeUndefined();
  });

  it('S16: a thing sealed for one purpose opens for no other', () => {
    for (const label of LABELS) {
      const sealed = createSeal(label, [NEW]).seal('x');
      const opens = LABELS.filter((other) => createSeal(other, [NEW]).open(sealed) === 'x');
      expect(opens).toEqual([label]);
    }
  });

  describe('while secrets rotate', () => {
    const before = createSeal('session', [OLD]);
    const during = createSeal('session', [NEW, OLD]);
    const after = createSeal('session', [NEW]);

    it('still opens what the old secret sealed, until that is gone', () => {
      const sealed = before.seal('x');
      expect([during.open(sealed), after.open(sealed)]).toEqual(['x', undefined]);
    });

    it('seals with the first secret only', () => {
      const sealed = during.seal('x');
      expect([after.open(sealed), before.open(sealed)]).toEqual(['x', undefined]);
    });

    it('names the two secrets differently', () => {
      expect(before.seal('x').split('.')[1]).not.toBe(after.seal('x').split('.')[1]);
    });
  });

  it('without a secret opens nothing, and throws rather than seal', () => {
    const seal = createSeal('session', []);
    expect(seal.open(createSeal('session', [NEW]).seal('x'))).toBeUndefined();
    expect(() => seal.seal('x')).toThrow('No secret to seal with');
  });

  it('S10: shows no secret when printed', () => {
    const seal = createSeal('session', [NEW]);
    seal.seal('x');
    expect(inspect(seal, { depth: 9, showHidden: true })).not.toContain(NEW);
  });
});

function macOf(sealed: string): Buffer {
  return Buffer.from(sealed.slice(sealed.lastIndexOf('.') + 1), 'base64url');
}
