/** Who counts as one caller. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Identified, IdentityKind } from '../../../core/identity/identity.ts';
import { whoAsks } from '../../../core/rate-limit/who-asks.ts';
import { authRequest } from '../auth-request.ts';

function caller(kind: IdentityKind, subject = '', source: string = kind, isNew = false): Identified {
  return { kind: 'identified', identity: { kind, subject, source, claims: {} }, ...(isNew && { isNew }) };
}

function keyOf(
  who: Identified,
  clientIp?: string,
  strangersBy: 'address' | 'nothing' = 'address',
  headers: Record<string, string> = {},
) {
  const platform = clientIp === undefined ? {} : { clientIp };
  return whoAsks(who, authRequest({ platform, headers }), {
    limit: { requests: 1, perMs: 1_000, strangersBy },
    allowedOrigins: new Set(['https://app.example']),
  });
}

const stranger = caller('anonymous');
const addressKey = (clientIp?: string) => keyOf(stranger, clientIp);

describe('one caller', () => {
  it('is who is known, from wherever they ask', () => {
    expect(keyOf(caller('user', 'bob'), '203.0.113.7')).toBe(keyOf(caller('user', 'bob'), '198.51.100.1'));
    expect(keyOf(caller('guest', 'g1'), '203.0.113.7')).toBe(keyOf(caller('guest', 'g1')));
  });

  it('is nobody else, under whatever names', () => {
    const keys = [
      keyOf(caller('user', 'bob')),
      keyOf(caller('user', 'bob', 'other')),
      keyOf(caller('user', 'eve')),
      keyOf(caller('user', '203.0.113.7', 'address')),
      keyOf(caller('user', 'b","c', 'a')),
      keyOf(caller('user', 'c', 'a","b')),
      addressKey('203.0.113.7'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) expect(key).toMatch(/^limit:[\w-]{43}$/);
  });

  it('is an address where nobody is known: strangers, and guests who are new', () => {
    expect(addressKey('203.0.113.7')).not.toBe(addressKey('203.0.113.8'));
    expect(keyOf(caller('guest', 'random', 'guest', true), '203.0.113.7')).toBe(addressKey('203.0.113.7'));
    expect(keyOf(stranger, '203.0.113.7', 'nothing')).toBeUndefined();
    expect(keyOf(caller('user', 'bob'), '203.0.113.7', 'nothing')).toBeDefined();
  });

  it('is not the visitor of a foreign page, whose browser asks for that page', () => {
    const from = (headers: Record<string, string>) => keyOf(stranger, '203.0.113.7', 'address', headers);
    const own = addressKey('203.0.113.7');
    expect(from({ origin: 'https://app.example', 'sec-fetch-site': 'cross-site' })).toBe(own);
    expect(from({ 'sec-fetch-site': 'same-origin' })).toBe(own);
    const foreign = from({ origin: 'https://evil.example' });
    expect(foreign).not.toBe(own);
    // One for all foreign pages, or an Origin of one's own each time would be another caller each time.
    expect(from({ origin: 'https://other.example', 'sec-fetch-site': 'cross-site' })).toBe(foreign);
    expect(from({ origin: 'null' })).toBe(foreign);
  });

  it.each([
    ['2001:db8::1', '2001:db8:0:0:ffff:ffff:ffff:ffff'],
    ['2001:DB8:0:0::1', '2001:db8::2'],
    ['2001:db8:a:b:c:d:e:f', '2001:db8:a:b::'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:203.0.113.7', '203.0.113.7'],
  ])('is one network under IPv6, however it is spelt: %s and %s', (one, other) => {
    expect(addressKey(one)).toBeDefined();
    expect(addressKey(one)).toBe(addressKey(other));
  });

  it.each(['2001:db8:0:1::1', '2001:db8:1::1', '2001:db9::1'])('is another network: %s', (address) => {
    expect(addressKey(address)).toBeDefined();
    expect(addressKey(address)).not.toBe(addressKey('2001:db8::1'));
  });

  it.each([
    ...[undefined, '', 'unknown', 'localhost', '203.0.113.7:80', '[2001:db8::1]', 'fe80::1%eth0', ':::', '::ffff:x'],
    ...['127.0.0.1', '::1', '::', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.1.1'],
    ...['100.64.0.1', '100.127.255.255', 'fd00::1', 'fc00::1', 'fe80::1', '::ffff:10.0.0.1', '::ffff:127.0.0.1'],
  ])('is nobody who could be told from others: %s', (address) => {
    expect(addressKey(address)).toBeUndefined();
  });

  it.each(['172.15.0.1', '172.32.0.1', '100.63.0.1', '100.128.0.1', '11.0.0.1', '1.0.0.1', '12.7.0.0', '192.169.0.1'])(
    'is an address of the world: %s',
    (address) => {
      expect(addressKey(address)).toBeDefined();
    },
  );

  it('takes whatever a platform says for an address', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), (address) => {
        expect(addressKey(address) ?? 'limit:').toMatch(/^limit:/);
      }),
    );
  });
});
