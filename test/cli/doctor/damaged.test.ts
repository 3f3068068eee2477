/** A credential that no endpoint should take: the caller's own, changed where it is signed, and as well formed as before. */
import { describe, expect, it } from 'vitest';
import { damaged } from '../../../cli/doctor/checks/refusals.ts';

describe('damaged', () => {
  it.each([
    ['Authorization', 'Bearer eyJh.eyJi.c2ln', 'Bearer eyJh.eyJi.cAln'],
    ['Authorization', 'Bearer eyJh.eyJi.cAln', 'Bearer eyJh.eyJi.cBln'],
    ['Authorization', 'Bearer opaque-token', 'Bearer opaquA-token'],
    ['Authorization', 'Basic dXNlcjpwYXNz', 'Basic dXNlcApwYXNz'],
    ['Authorization', 'Basic dTpwYQ==', 'Basic dTAwYQ=='],
    ['Cookie', 'session=v1.k.p.mac', 'session=v1.k.p.mAc'],
    ['cookie', 'session=abc; theme=dark', 'session=aAc; theme=dArk'],
    ['X-Key', '==', '==A'],
  ])('changes one character of a value: %s: %s', (name, value, expected) => {
    expect(damaged(name, value)).toBe(expected);
  });
});
