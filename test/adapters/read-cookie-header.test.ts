import { describe, expect, it } from 'vitest';
import { readCookieHeaders } from '../../adapters/message/read-cookie-header.ts';

describe('readCookieHeaders', () => {
  it('splits names and values at the first equals sign, of every header in turn', () => {
    expect(readCookieHeaders(['a=1; b=x=y==', 'c=3'])).toEqual([
      ['a', '1'],
      ['b', 'x=y=='],
      ['c', '3'],
    ]);
  });

  it('keeps repeated names, empty values, quotation marks and percent signs as they were sent', () => {
    expect(readCookieHeaders(['a=1;a=2; q="x"; p=%3B; e='])).toEqual([
      ['a', '1'],
      ['a', '2'],
      ['q', '"x"'],
      ['p', '%3B'],
      ['e', ''],
    ]);
  });

  it('leaves out parts without an equals sign, which have no name', () => {
    expect(readCookieHeaders(['; ;flag;a=1;;'])).toEqual([['a', '1']]);
    expect(readCookieHeaders(undefined)).toEqual([]);
  });

  it('takes off spaces and tabs alone, so that a cookie named U+00A0 "__Host-…" does not pass for ours', () => {
    expect(readCookieHeaders(['\t a \t=\t1 '])).toEqual([['a', '1']]);
    for (const blank of ['\u00a0', '\u2003', '\ufeff', '\u000b', '\u000c']) {
      expect(readCookieHeaders([`${blank}__Host-ably-auth-session=forged`])).toEqual([
        [`${blank}__Host-ably-auth-session`, 'forged'],
      ]);
    }
  });

  it('knows no $Version, no comma and no quoted semicolon: a value is what the browser stored', () => {
    expect(readCookieHeaders(['$Version=1; a="x; b=y"; c=1, d=2'])).toEqual([
      ['$Version', '1'],
      ['a', '"x'],
      ['b', 'y"'],
      ['c', '1, d=2'],
    ]);
  });

  it('takes time in proportion to the length of the header', () => {
    const hostile = [' '.repeat(1_000_000), ';'.repeat(1_000_000), '='.repeat(1_000_000), ` ${'a= ;'.repeat(250_000)}`];
    // By anything worse than in proportion this would not end within the test's time.
    for (const header of hostile) expect(readCookieHeaders([header]).length).toBeLessThanOrEqual(header.length);
  });
});
