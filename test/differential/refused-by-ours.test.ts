/** What the SDK signs without a word and ours refuses: each row is shown to be signed by the one and not by the other. */
import { Rest, type TokenParams } from 'ably';
import { describe, expect, it } from 'vitest';
import { parseCapability } from '../../core/capability/parse.ts';
import type { SettledParams } from '../../core/token/settled-params.ts';
import { signTokenRequest } from '../../core/token/sign-token-request.ts';
import { tokenRequestMac } from '../../core/token/token-request-mac.ts';
import { KEY_NAME, KEY_SECRET, NOW_MS, testKey } from '../core/auth-request.ts';
import { capabilityOf } from '../core/capability/samples.ts';

const NONCE = 'abcdefghijklmnop';
const FIT = { ttl: 3_600_000, capability: '{"a":["publish"]}', clientId: 'bob', timestamp: NOW_MS, nonce: NONCE };

/** The params in the SDK's shape; what they are in ours follows from them. */
const ROWS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'a line feed in the clientId': { clientId: 'bob\n1' },
  'a carriage return in the clientId': { clientId: 'bob\r1' },
  'a NUL in the clientId': { clientId: 'bob\u0000' },
  'a next-line control (U+0085) in the clientId': { clientId: 'bob\u0085' },
  'a line separator (U+2028) in the clientId': { clientId: 'bob\u2028' },
  'a paragraph separator (U+2029) in the clientId': { clientId: 'bob\u2029' },
  'half a surrogate pair in the clientId': { clientId: 'bob\ud800' },
  'a clientId of 257 bytes': { clientId: `${'é'.repeat(128)}e` },
  'the wildcard clientId that no rule allowed': { clientId: '*' },
  'a clientId with a "*" in it': { clientId: 'bob*' },
  'a line feed in the nonce': { nonce: 'abcdefgh\nijklmnop' },
  'a nonce of 15 characters': { nonce: 'abcdefghijklmno' },
  'a nonce that is not ASCII': { nonce: 'abcdefghijklmnopé' },
  'a space in the nonce': { nonce: 'abcdefgh ijklmnop' },
  'the name of another key': { keyName: 'appid.other' },
  'a key name with a line feed': { keyName: 'appid.keyid\n60000' },
  'an empty capability': { capability: '{}' },
  'no capability, which is all that the key can do': { capability: undefined },
  'no ttl': { ttl: undefined },
  'a ttl of null': { ttl: null },
  'a ttl of 0, which is signed as none and sent as 0': { ttl: 0 },
  'a negative ttl': { ttl: -60_000 },
  'a fractional ttl': { ttl: 60_000.5 },
  'a ttl that is not whole seconds': { ttl: 60_001 },
  'a ttl beyond what integers hold': { ttl: 1e21 },
  'a ttl that is text': { ttl: '60000' },
};

/** By the field that is wrong. */
const REFUSALS: Readonly<Record<string, RegExp>> = {
  keyName: /^Refusing to sign: (keyName|the key)/,
  clientId: /^Refusing to sign: clientId/,
  nonce: /^Refusing to sign: the nonce/,
  ttl: /^Refusing to sign: ttl/,
  // Left out it is no Map at all, which only code without types can do.
  capability: /^Refusing to sign: the capability|of undefined/,
};

describe('what the SDK signs', () => {
  const sdk = new Rest({ key: `${KEY_NAME}:${KEY_SECRET}` });

  it.each(Object.entries(ROWS))('ours refuses: %s', async (_, row) => {
    const asked = { ...FIT, ...row };
    const signed = await sdk.auth.createTokenRequest({ ...asked } as TokenParams);
    expect(signed.mac).toMatch(/^[A-Za-z0-9+/]{43}=$/);

    const [field = ''] = Object.keys(row);
    expect(() => signOurs(asked)).toThrow(REFUSALS[field]);
  });

  it('ours signs the same params without what is wrong with them', async () => {
    expect(JSON.stringify(signOurs(FIT))).toBe(JSON.stringify(await sdk.auth.createTokenRequest({ ...FIT })));
  });

  it('leaving out ttl or capability does not even compile', () => {
    const capability = capabilityOf({ a: ['publish'] });
    const moment = { timestampMs: NOW_MS, nonce: NONCE };
    // @ts-expect-error ttlMs is required
    expect(() => signTokenRequest(testKey(), { keyName: KEY_NAME, capability }, moment)).toThrow(/ttl/);
    // @ts-expect-error capability is required
    expect(() => signTokenRequest(testKey(), { keyName: KEY_NAME, ttlMs: 60_000 }, moment)).toThrow();
  });

  it.each([
    ['an unknown operation', '{"a":["publish_"]}'],
    ['"*" beside other operations', '{"a":["*","publish"]}'],
    ['an empty list of operations', '{"a":[]}'],
    ['a resource with an unknown qualifier', '{"[nope]a":["publish"]}'],
    ['an empty resource', '{"":["publish"]}'],
    ['a line feed in a resource', '{"a\\nb":["publish"]}'],
  ])('ours cannot even hold: %s', async (_, capability) => {
    await expect(sdk.auth.createTokenRequest({ ...FIT, capability })).resolves.toHaveProperty('capability', capability);
    expect(parseCapability(capability).ok).toBe(false);
  });

  it('an operation listed twice is once in ours', async () => {
    const twice = { ...FIT, capability: '{"a":["publish","publish"]}' };
    await expect(sdk.auth.createTokenRequest({ ...twice })).resolves.toHaveProperty('capability', twice.capability);
    expect(signOurs(twice).capability).toBe('{"a":["publish"]}');
  });

  it('a fractional timestamp is whole in ours', async () => {
    const fractional = { ...FIT, timestamp: NOW_MS + 0.75 };
    await expect(sdk.auth.createTokenRequest({ ...fractional })).resolves.toHaveProperty('timestamp', NOW_MS + 0.75);
    expect(signOurs(fractional).timestamp).toBe(NOW_MS);
  });

  it('S5: a line break in the clientId can be re-cut into the clientId "*" under the same MAC', async () => {
    const nonceOfTheAttacker = 'qrstuvwxyz012345';
    const chosen = `*\n${NOW_MS}\n${nonceOfTheAttacker}`;
    const signed = await sdk.auth.createTokenRequest({ ...FIT, clientId: chosen });

    const recut = {
      ...{ keyName: KEY_NAME, ttl: FIT.ttl, capability: FIT.capability },
      ...{ clientId: '*', timestamp: NOW_MS, nonce: `${nonceOfTheAttacker}\n${NOW_MS}\n${NONCE}` },
    };
    expect(tokenRequestMac(testKey(), recut)).toBe(signed.mac);
    expect(() => signOurs({ ...FIT, clientId: chosen })).toThrow('Refusing to sign: clientId is not fit');
  });
});

function signOurs(asked: Readonly<Record<string, unknown>>) {
  const { keyName = KEY_NAME, ttl, capability, clientId, timestamp, nonce } = asked;
  const parsed = capability === undefined ? undefined : parseCapability(capability);
  if (parsed && !parsed.ok) throw new Error(parsed.problems.join());
  const params = { keyName, ttlMs: ttl, capability: parsed?.capability, clientId } as SettledParams;
  return signTokenRequest(testKey(), params, { timestampMs: timestamp, nonce } as { timestampMs: number });
}
