import { describe, expect, it } from 'vitest';
import { requestIdOf } from '../../../core/wire/request-id.ts';
import { authRequest } from '../auth-request.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('requestIdOf', () => {
  it.each(['c6af9ac6-7b61-11e6-9a41-93e8deadbeef', 'JKJaXmPLvHcESHA=', 'cdg1::x-170-a', 'x'.repeat(128)])(
    "repeats the platform's id %j",
    (requestId) => {
      expect(requestIdOf(authRequest({ platform: { requestId } }))).toBe(requestId);
    },
  );

  it.each(['', 'a b', 'a\r\nSet-Cookie: x=y', 'a\n', 'é', '\u0000', 'x'.repeat(129)])(
    'does not repeat %j',
    (requestId) => {
      expect(requestIdOf(authRequest({ platform: { requestId } }))).toMatch(UUID);
    },
  );

  it('makes another one for each request that has none', () => {
    const ids = Array.from({ length: 100 }, () => requestIdOf(authRequest()));
    expect(new Set(ids).size).toBe(100);
    for (const id of ids) expect(id).toMatch(UUID);
  });
});
