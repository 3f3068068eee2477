import { describe, expect, it } from 'vitest';
import { EMPTY_CAPABILITY } from '../../../core/capability/capability.ts';
import { checkSignable } from '../../../core/token/check-signable.ts';
import type { SettledParams } from '../../../core/token/settled-params.ts';
import { capabilityOf } from '../capability/samples.ts';

const FIT: SettledParams = Object.freeze({
  keyName: 'appid.keyid',
  clientId: 'bob',
  ttlMs: 60_000,
  capability: capabilityOf({ a: ['publish'] }),
});

describe('checkSignable', () => {
  it.each<[string, Partial<SettledParams>]>([
    ['what policy hands over', {}],
    ['the wildcard clientId where a rule allowed it', { clientId: '*', wildcardClientId: true }],
    ['a concrete clientId where a rule allowed any', { clientId: 'bob', wildcardClientId: true }],
    ['one second', { ttlMs: 1_000 }],
  ])('lets pass %s', (_, change) => {
    expect(() => checkSignable({ ...FIT, ...change })).not.toThrow();
  });

  it('lets pass further claims, and refuses those that say again what was settled, or what Ably reserves', () => {
    for (const name of ['ably.channel.*', 'x-ably-revocation-key', 'x-ably-clientType', 'jti', 'role']) {
      expect(() => checkSignable({ ...FIT, extras: new Map([[name, 'x']]) })).not.toThrow();
    }
    for (const name of ['iat', 'exp', 'sub', 'x-ably-capability', 'x-ably-clientId', 'X-Ably-ClientId', 'x-ably-new']) {
      expect(() => checkSignable({ ...FIT, extras: new Map([[name, 'x']]) })).toThrow('Refusing to sign');
    }
  });

  it('lets pass an anonymous token', () => {
    const { clientId: _, ...anonymous } = FIT;
    expect(() => checkSignable(anonymous)).not.toThrow();
  });

  it.each([
    '',
    'appid',
    'appid.',
    '.keyid',
    'a.b.c',
    'appid.keyid\n',
    'appid.keyid\n1',
    'a b.c',
    'appid.keyid:secret',
    'é.b',
  ])('S5: refuses the keyName %j', (keyName) => {
    expect(() => checkSignable({ ...FIT, keyName })).toThrow('Refusing to sign: keyName is not appId.keyId');
  });

  it.each(['', '*', 'a*', 'a\nb', 'a\rb', 'a\u0085b', 'a\u2028b', '\ud800', 'x'.repeat(257)])(
    'S5: refuses the clientId %j, without repeating it',
    (clientId) => {
      expect(() => checkSignable({ ...FIT, clientId })).toThrow(/^Refusing to sign: clientId is not fit$/);
    },
  );

  it('refuses an unfit clientId also where the wildcard is allowed', () => {
    const params = { ...FIT, clientId: '*\n1', wildcardClientId: true } as const;
    expect(() => checkSignable(params)).toThrow('clientId is not fit');
  });

  it('S4: refuses an empty capability', () => {
    expect(() => checkSignable({ ...FIT, capability: EMPTY_CAPABILITY })).toThrow('the capability is empty');
  });

  it.each([0, -0, -1_000, 1, 999, 1_500, 60_000.5, Number.NaN, Number.POSITIVE_INFINITY, 1e21])(
    'S8: refuses a ttl of %d ms',
    (ttlMs) => {
      expect(() => checkSignable({ ...FIT, ttlMs })).toThrow('ttl is not a positive number of whole seconds');
    },
  );
});
