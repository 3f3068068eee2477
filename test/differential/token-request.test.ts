import { Rest, type TokenParams } from 'ably';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCapability } from '../../core/capability/parse.ts';
import { ApiKey } from '../../core/keys/api-key.ts';
import { signTokenRequest } from '../../core/token/sign-token-request.ts';
import { tokenRequestMac } from '../../core/token/token-request-mac.ts';
import { KEY_NAME, KEY_SECRET, NOW_MS, testKey } from '../core/auth-request.ts';
import { asJsonText, settledParams, timestampsMs } from './signing-samples.ts';

const NONCE = 'abcdefghijklmnop';

/** Fake, with every character that a secret may have. */
const KEYS = [
  { appId: 'appid', keyId: 'keyid', secret: KEY_SECRET },
  { appId: 'a', keyId: 'b', secret: '-_-_+/+/==' },
  { appId: 'A-b_9', keyId: 'Z_0-1', secret: 'x'.repeat(200) },
].map(({ appId, keyId, secret }) => ({
  ours: new ApiKey(appId, keyId, secret),
  sdk: new Rest({ key: `${appId}.${keyId}:${secret}` }),
}));

const nonces = fc.string({
  minLength: 16,
  maxLength: 40,
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
});

describe('signTokenRequest beside the SDK', () => {
  it.each(KEYS)('gives the very text of createTokenRequest for random params ($ours)', async ({ ours, sdk }) => {
    const cases = fc.record({ params: settledParams(ours.name), timestampMs: timestampsMs, nonce: nonces });
    await fc.assert(
      fc.asyncProperty(cases, fc.boolean(), async ({ params, timestampMs, nonce }, asObject) => {
        const mine = signTokenRequest(ours, params, Object.freeze({ timestampMs, nonce }));
        const text = asJsonText(params.capability);
        const theirs = await sdk.auth.createTokenRequest({
          ttl: params.ttlMs,
          // A copy of its own: the SDK sorts lists in place.
          capability: asObject ? JSON.parse(text) : text,
          ...(params.clientId !== undefined && { clientId: params.clientId }),
          timestamp: timestampMs,
          nonce,
        });
        expect(JSON.stringify(mine)).toBe(JSON.stringify(theirs));
      }),
      { numRuns: 1_500 },
    );
  });

  it('agrees on capability texts that are sorted, spaced and ordered in ways of their own', async () => {
    const [{ ours, sdk } = { ours: testKey(), sdk: new Rest({ key: `${KEY_NAME}:${KEY_SECRET}` }) }] = KEYS;
    const texts = [
      '{"b":["subscribe","publish"],"a":["presence","history"]}',
      '{ "10": ["publish"], "9": ["publish"], "a": ["publish"], "09": ["publish"] }',
      '{"é":["publish"],"e":["publish"],"z":["publish"],"\\ud83d\\ude00":["publish"],"\\uffff":["publish"]}',
      '{"__proto__":["publish"],"constructor":["subscribe"],"toString":["history"]}',
    ];
    for (const capability of texts) {
      const parsed = parseCapability(capability);
      if (!parsed.ok) throw new Error(parsed.problems.join());
      const params = { keyName: ours.name, ttlMs: 60_000, capability: parsed.capability };
      const mine = signTokenRequest(ours, params, { timestampMs: NOW_MS, nonce: NONCE });
      const theirs = await sdk.auth.createTokenRequest({ ttl: 60_000, capability, timestamp: NOW_MS, nonce: NONCE });
      expect(JSON.stringify(mine)).toBe(JSON.stringify(theirs));
    }
  });
});

/** Rows observed from the SDK and checked with an independent HMAC. */
const GOLDEN: readonly (readonly [{ ttl?: number; capability?: string; clientId?: string }, mac: string])[] = [
  [{}, 'Sw0tsogF7qQ8oKGfXD/ttYAfT6dZqtzPC/X6zJ36DXs='],
  [
    { ttl: 3_600_000, capability: '{"*":["subscribe"],"private":["publish","subscribe"]}', clientId: 'bob' },
    '+EhKxyzujAOGYcVy3ESgotsxLs9fwN7WX0U1ZuqMVAw=',
  ],
  [{ clientId: 'café 😀' }, 'Amay3I92z9G0xpxBnV1lfzs9Z6g5S0a+ieZWrQxXy1k='],
  [{ capability: '{}' }, 'fhfNq6J+sLi6mrgKaNm+T+aH/0WsDy8CPkG+x9f6ijo='],
  [{ clientId: '*' }, '5LIv1Zw0ncymcmU2Tm/fJ27/CWw1YHVTn+FGrVqCyrg='],
  [
    { capability: '{"a":["history","presence"],"b":["publish","subscribe"]}' },
    'i35Kj7kdLxRBBFh16/lYec6AKmMvE/SuFy5NxRh+n8c=',
  ],
];

describe('tokenRequestMac', () => {
  it.each(GOLDEN)('of %j is the recorded one', (fields, mac) => {
    expect(tokenRequestMac(testKey(), { keyName: KEY_NAME, ...fields, timestamp: NOW_MS, nonce: NONCE })).toBe(mac);
  });

  it.each(GOLDEN)('of %j is what the installed SDK signs', async (fields, mac) => {
    const sdk = new Rest({ key: `${KEY_NAME}:${KEY_SECRET}` });
    const signed = await sdk.auth.createTokenRequest({ ...fields, timestamp: NOW_MS, nonce: NONCE } as TokenParams);
    expect(signed.mac).toBe(mac);
  });

  it('is what signTokenRequest sends, in the one recorded row that it would sign', () => {
    const [, [fields, mac] = [{}, '']] = GOLDEN;
    const parsed = parseCapability(fields.capability);
    if (!parsed.ok) throw new Error(parsed.problems.join());
    const params = { keyName: KEY_NAME, ttlMs: 3_600_000, capability: parsed.capability, clientId: 'bob' };
    expect(signTokenRequest(testKey(), params, { timestampMs: NOW_MS, nonce: NONCE })).toEqual({
      keyName: KEY_NAME,
      ...fields,
      timestamp: NOW_MS,
      nonce: NONCE,
      mac,
    });
  });
});
