/** What is taken for an API key of Ably in an answer, and what only looks like one. */
import { describe, expect, it } from 'vitest';
import { createKeyFinder } from '../../../cli/doctor/api-keys.ts';
import { ApiKey } from '../../../core/keys/api-key.ts';
import { tokenRequestMac } from '../../../core/token/token-request-mac.ts';
import { bearerOf } from './endpoints.ts';

const SECRET = 'obviously-fake-secret-as-long-as-a-real-one';
const KEY = `fakeId.fakeId:${SECRET}`;
const base64 = (text: string): string => Buffer.from(text).toString('base64url');
const foundIn = (text: string, credential?: string): readonly string[] =>
  createKeyFinder()([text], credential).map(({ name }) => name);

const FIELDS = { keyName: 'app.key', ttl: 3_600_000, capability: '{"a":["*"]}', timestamp: 1, nonce: 'n'.repeat(16) };
const REQUEST = JSON.stringify({ ...FIELDS, mac: tokenRequestMac(new ApiKey('app', 'key', 'fake-one'), FIELDS) });

describe('an API key', () => {
  it.each([
    ['as it is', KEY],
    ['in a sentence', `The key ${KEY}, which is refused.`],
    ['as a setting', `ABLY_API_KEY=${KEY};PORT=80`],
    ['after a line break in JSON', JSON.stringify({ stack: `Error\n${KEY}\n` })],
    ['in JSON within JSON', JSON.stringify({ body: JSON.stringify({ key: KEY }) })],
    ['with an escaped colon', KEY.replace(':', '\\u003a')],
    ['in an address', `/?key=${encodeURIComponent(KEY)}&v=2`],
    ['of an address of Ably', `https://${KEY}@main.realtime.ably.net/time`],
    ['for Basic authentication', `authorization: Basic ${base64(KEY)}`],
    ['in a JWT within a JWT', `e30.${base64(JSON.stringify({ inner: `e30.${base64(`{"key":"${KEY}"}`)}.x` }))}.x`],
    ['of earlier years', 'fakeId.fakeId:0bviouslyFake-16'],
  ])('is found %s', (_, text) => {
    expect(new Set(foundIn(text))).toEqual(new Set(['fakeId.fakeId']));
  });

  it('is known by its place, by its name, or by what it has signed, however short it is', () => {
    expect(foundIn('', 'app.key:fake-one')).toEqual(['app.key']);
    expect(foundIn('app.key:another1', REQUEST)).toEqual(['app.key']);
    expect(foundIn('{"app.key":"fake-one"}', REQUEST)).toEqual(['app.key']);
    expect(foundIn('{"app.key":"fake-two"}', REQUEST)).toEqual([]);
    expect(foundIn('app.key:another1')).toEqual([]);
  });

  it.each([
    ['a token of Ably', `fakeId.A${SECRET}`],
    ['a bearer token', bearerOf('bob')],
    ['a TokenRequest', REQUEST],
    ['a key’s name', '{"keyName":"fakeId.fakeId","nonce":"0123456789abcdef"}'],
    ['a cookie of ours', `v1.keyId1.${base64('{"sub":"bob"}')}.${SECRET}`],
    [
      'a channel with an id',
      JSON.stringify({ capability: '{"orders.events:550e8400-e29b-41d4-a716-446655440000":["*"]}' }),
    ],
    ['a channel with encoded text', JSON.stringify({ capability: JSON.stringify({ [KEY]: ['subscribe'] }) })],
    ['such a channel in a JWT', `e30.${base64(JSON.stringify({ 'x-ably-capability': `{"${KEY}":["*"]}` }))}.x`],
    ['a host and port', 'https://auth.example:8443/a-path-that-is-long-enough-to-be-looked-at'],
    ['a place in a file', 'at handler (handler.mjs:1024:55)'],
    ['a package', 'at org.springframework:spring-boot-starter-web'],
    ['a digest', `with build.digest:${'0123456789abcdef'.repeat(4)}`],
    ['a password', `authorization: Basic ${base64('john.doe:a-long-password')}`],
    ['a time', '2026-01-31T12:00:00.000Z'],
  ])('is not %s', (_, text) => {
    expect(foundIn(text, text)).toEqual([]);
  });
});
