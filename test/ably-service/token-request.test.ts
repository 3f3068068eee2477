/** Redeeming TokenRequests over HTTP: what earns a token, and each row of Ably's table of refusals. */

import { randomUUID } from 'node:crypto';
import { encode } from '@msgpack/msgpack';
import { describe, expect, it } from 'vitest';
import { API_KEY, basic, KEY_NAME, post, redeem, restClient, startService, tokenRequest } from './support.ts';

const OTHER_KEY = { name: 'appid.other', secret: 'other-secret' };
const KEYS = [
  { name: KEY_NAME, secret: 'secretsecretsecret' },
  OTHER_KEY,
  { name: 'appid.revocable', secret: 'revocable-secret', revocableTokens: true },
];

describe('requestToken', () => {
  it('answers with TokenDetails, an hour by default, stamped when it is redeemed', async () => {
    const service = await startService();
    const before = Date.now();

    const { body } = await redeem(service.url, tokenRequest({ timestamp: before - 60_000, clientId: 'bob' }));

    expect(body).toMatchObject({ keyName: KEY_NAME, capability: '{"*":["*"]}', clientId: 'bob' });
    expect(body.token).toMatch(/^appid\./);
    expect(body.token.length).toBeLessThanOrEqual(65);
    expect(body.issued).toBeGreaterThanOrEqual(before);
    expect(body.expires - body.issued).toBe(3_600_000);
    expect(service.tokensIssued()).toBe(1);
  });

  it.each([true, false])('serves the SDK itself, useBinaryProtocol %s', async (useBinaryProtocol) => {
    const service = await startService();
    const rest = restClient(service, { key: API_KEY, useBinaryProtocol });

    const details = await rest.auth.requestToken({ ttl: 5_000, capability: { b: ['*'], a: ['publish'] } });

    expect(details.expires - details.issued).toBe(5_000);
    expect(details.capability).toBe('{"a":["publish"],"b":["*"]}');
    expect(details.clientId).toBeUndefined();
  });

  it('reads msgpack and form bodies, and numbers as text, as they were signed', async () => {
    const service = await startService();
    const path = `${service.url}/keys/${KEY_NAME}/requestToken`;
    const send = (body: string | Uint8Array<ArrayBuffer>, type: string) => {
      return fetch(path, { method: 'POST', body, headers: { 'content-type': type } }).then((answer) => answer.status);
    };
    const asText = tokenRequest({ ttl: '60000', timestamp: String(Date.now()) });
    const form = new URLSearchParams({ ...asText, ttl: '60000', timestamp: String(asText.timestamp) } as Record<
      string,
      string
    >);

    expect(await send(new Uint8Array(encode(tokenRequest())), 'application/x-msgpack')).toBe(201);
    expect(await send(form.toString(), 'application/x-www-form-urlencoded')).toBe(201);
  });

  it('treats null fields and a ttl of 0 as absent, as the SDK signs them', async () => {
    const service = await startService();
    const unsigned = tokenRequest();

    const answer = await redeem(service.url, { ...unsigned, ttl: 0, capability: null, clientId: null });

    expect(answer.body.expires - answer.body.issued).toBe(3_600_000);
  });

  it('verifies line breaks literally, so a signed text can be re-cut into another identity', async () => {
    const service = await startService();
    const timestamp = Date.now();
    const nonce = randomUUID();
    const clientId = `*\n${timestamp}\nprefix-of-nonce`;
    const signed = tokenRequest({ clientId, timestamp, nonce });

    const recut = await redeem(service.url, {
      keyName: KEY_NAME,
      clientId: '*',
      timestamp,
      nonce: `prefix-of-nonce\n${timestamp}\n${nonce}`,
      mac: signed.mac,
    });

    expect(recut).toMatchObject({ status: 201, body: { clientId: '*' } });
    expect((await redeem(service.url, signed)).body.clientId).toBe(clientId);
  });

  it.each<readonly [string, Record<string, unknown>, number, number]>([
    ['an altered field', { ttl: 1_000 }, 401, 40101],
    ['another mac', { mac: 'AAAA' }, 401, 40101],
    ['no mac and no authorization', { mac: undefined }, 401, 40101],
    ['a missing timestamp', { timestamp: undefined }, 400, 40001],
    ['a clientId that is no string', { clientId: 7 }, 400, 40001],
    ['an empty clientId', { clientId: '' }, 400, 40012],
    ['a capability that is an object', { capability: { '*': ['*'] } }, 400, 40001],
    ['another key than in the path', { keyName: 'appid.other' }, 400, 40000],
  ])('refuses %s', async (_name, change, status, code) => {
    const service = await startService({ keys: KEYS });

    const answer = await post(service.url, `/keys/${KEY_NAME}/requestToken`, { ...tokenRequest(), ...change });

    expect(answer).toMatchObject({ status, body: { error: { code, statusCode: status } } });
    expect(service.tokensIssued()).toBe(0);
  });

  it.each<readonly [string, Parameters<typeof tokenRequest>[0], number, number]>([
    ['a timestamp over two minutes old', { timestamp: Date.now() - 125_000 }, 401, 40104],
    ['a timestamp over two minutes ahead', { timestamp: Date.now() + 600_000 }, 401, 40104],
    ['a nonce under 16 characters', { nonce: 'fifteen-chars--' }, 400, 40001],
    ['a ttl over a day', { ttl: 86_400_001 }, 400, 40003],
    ['a negative ttl', { ttl: -1 }, 400, 40003],
    ['a ttl that is no number', { ttl: 'soon' }, 400, 40003],
    ['a capability that is no JSON', { capability: '{' }, 400, 40000],
    ['an unknown operation', { capability: '{"a":["shout"]}' }, 400, 40000],
    ['a capability outside the key', { capability: '{"[meta]log":["subscribe"]}' }, 401, 40160],
    ['an unknown key of a known app', { keyName: 'appid.nokey' }, 401, 40400],
    ['an unknown app', { keyName: 'noapp.nokey' }, 404, 40400],
  ])('refuses %s, well signed', async (_name, fields, status, code) => {
    const service = await startService();

    const answer = await redeem(service.url, tokenRequest(fields));

    expect(answer).toMatchObject({ status, body: { error: { code, statusCode: status } } });
  });

  it('accepts a day of ttl, but no more than an hour from a key with revocable tokens', async () => {
    const service = await startService({ keys: KEYS });
    const revocable = (ttl: number) => tokenRequest({ keyName: 'appid.revocable', ttl }, 'revocable-secret');

    expect((await redeem(service.url, tokenRequest({ ttl: 86_400_000 }))).status).toBe(201);
    expect((await redeem(service.url, revocable(3_600_000))).status).toBe(201);
    expect((await redeem(service.url, revocable(3_600_001))).body.error.code).toBe(40003);
  });

  it('redeems a nonce once per key', async () => {
    const service = await startService({ keys: KEYS });
    const request = tokenRequest();
    const sameNonce = { nonce: request.nonce, timestamp: request.timestamp };

    expect((await redeem(service.url, request)).status).toBe(201);
    expect(await redeem(service.url, request)).toMatchObject({ status: 401, body: { error: { code: 40105 } } });
    expect((await redeem(service.url, tokenRequest({ ...sameNonce, ttl: 5_000 }))).body.error.code).toBe(40105);
    const ofOtherKey = tokenRequest({ ...sameNonce, keyName: OTHER_KEY.name }, OTHER_KEY.secret);
    expect((await redeem(service.url, ofOtherKey)).status).toBe(201);
  });

  it('refuses a replay as stale once the clock has moved on', async () => {
    let nowMs = 1_700_000_000_000;
    const service = await startService({ now: () => nowMs });
    const request = tokenRequest({ timestamp: nowMs });

    nowMs += 120_000;
    expect((await redeem(service.url, request)).status).toBe(201);
    nowMs += 1;
    expect((await redeem(service.url, request)).body.error.code).toBe(40104);
  });

  it('needs the very same key for a request without a mac', async () => {
    const service = await startService({ keys: KEYS });
    const unsigned = { keyName: KEY_NAME, timestamp: Date.now() };
    const path = `/keys/${KEY_NAME}/requestToken`;

    expect((await post(service.url, path, unsigned, basic())).status).toBe(201);
    const foreign = await post(service.url, path, unsigned, basic('appid.other:other-secret'));
    expect(foreign.body.error.code).toBe(40101);
  });
});
