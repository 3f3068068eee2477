import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFitClientId, isFitNonce, isWellFormedText } from '../../core/well-formed.ts';

describe('isFitClientId', () => {
  it.each([
    'a',
    '0',
    'auth0|7',
    'user:7',
    'a b',
    ' ',
    'café 😀',
    '[x]?,',
    '__proto__',
    'é'.repeat(128),
    'x'.repeat(256),
  ])('S5: accepts %j', (clientId) => {
    expect(isFitClientId(clientId)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['257 bytes', 'x'.repeat(257)],
    ['257 bytes in 129 characters', `${'é'.repeat(128)}e`],
    ['half a surrogate pair', 'a\ud83d'],
    ['the other half', '\ude00a'],
    ['halves in the wrong order', '\ude00\ud83d'],
    ['the wildcard', '*'],
    ['a star inside', 'a*b'],
  ])('S5: refuses %s', (_, clientId) => {
    expect(isFitClientId(clientId)).toBe(false);
  });

  it('S5: refuses every control character and line separator, wherever it stands', () => {
    const unfit = [...range(0, 0x1f), ...range(0x7f, 0x9f), 0x2028, 0x2029].map((code) => String.fromCharCode(code));
    expect(unfit).toHaveLength(67);
    for (const character of unfit) {
      const places = [character, `a${character}`, `${character}a`, `a${character}b`];
      expect(places.filter(isFitClientId)).toEqual([]);
    }
  });

  it('accepts the neighbours of those', () => {
    expect([0x20, 0x7e, 0xa0, 0x2027, 0x202a].filter((code) => !isFitClientId(String.fromCharCode(code)))).toEqual([]);
  });

  it('S5: what it accepts survives UTF-8 and stays on one line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(isFitClientId(text));
        expect(Buffer.from(text).toString()).toBe(text);
        expect(text.split(/[\n\r\v\f\u0085\u2028\u2029]/)).toHaveLength(1);
      }),
    );
  });
});

describe('isFitNonce', () => {
  it.each(['abcdefghijklmnop', '!~'.repeat(8), 'a'.repeat(1000)])('accepts %j', (nonce) => {
    expect(isFitNonce(nonce)).toBe(true);
  });

  it.each(['', 'abcdefghijklmno', 'abcdefghijklmno\n', 'abcdefghijklmnop\n', 'abcdefgh ijklmnop', 'abcdefghijklmnoé'])(
    'refuses %j',
    (nonce) => {
      expect(isFitNonce(nonce)).toBe(false);
    },
  );
});

describe('isWellFormedText', () => {
  it('tells a pair from its halves', () => {
    expect(['', 'a', '😀', '\ud83d\ude00'].map(isWellFormedText)).toEqual([true, true, true, true]);
    expect(['\ud83d', '\ude00', '😀\ud83d', '\ude00\ud83d'].map(isWellFormedText)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
