/** Revoking tokens over REST: who may, what for, and the shapes of the answer. Live connections: realtime-auth. */

import { describe, expect, it } from 'vitest';
import {
  API_KEY,
  basic,
  bearer,
  call,
  KEY_NAME,
  KEY_SECRET,
  post,
  redeem,
  restClient,
  signJwt,
  startService,
  tokenRequest,
} from './support.ts';

const REVOCABLE = { name: KEY_NAME, secret: KEY_SECRET, revocableTokens: true };
const PATH = `/keys/${KEY_NAME}/revokeTokens`;
const V3 = { ...basic(), 'x-ably-version': '3' };

describe('revokeTokens', () => {
  it.each([true, false])('serves the SDK, useBinaryProtocol %s', async (useBinaryProtocol) => {
    const service = await startService({ keys: [REVOCABLE] });
    const { body } = await redeem(service.url, tokenRequest({ clientId: 'bob' }));
    const holder = restClient(service, { token: body.token, useBinaryProtocol });
    await expect(holder.channels.get('a').history()).resolves.toBeDefined();

    const result = await restClient(service, { key: API_KEY, useBinaryProtocol }).auth.revokeTokens([
      { type: 'clientId', value: 'bob' },
      { type: 'nonsense', value: 'x' },
    ]);

    expect(result).toMatchObject({ successCount: 1, failureCount: 1 });
    expect(result.results[0]).toMatchObject({ target: 'clientId:bob', issuedBefore: expect.any(Number) });
    expect(result.results[1]).toMatchObject({ target: 'nonsense:x', error: { code: 40000, statusCode: 400 } });
    // The SDK has nothing to renew the token with: 40171 names the 40141 that made it try.
    await expect(holder.channels.get('a').history()).rejects.toMatchObject({ code: 40171 });
    const refused = await call(service.url, '/channels/a/messages', { headers: bearer(body.token) });
    expect(refused).toMatchObject({ status: 401, body: { error: { code: 40141 } } });
  });

  it('hits only what that key issued before, and only the named client', async () => {
    const otherKey = { name: 'appid.other', secret: 'other', revocableTokens: true };
    const service = await startService({ keys: [REVOCABLE, otherKey] });
    const issue = async (clientId?: string) => {
      return (await redeem(service.url, tokenRequest(clientId === undefined ? {} : { clientId }))).body.token as string;
    };
    const [bob, eve, anonymous, wildcard] = [await issue('bob'), await issue('eve'), await issue(), await issue('*')];
    const ofOtherKey = tokenRequest({ keyName: otherKey.name, clientId: 'bob' }, otherKey.secret);
    const untouched = (await redeem(service.url, ofOtherKey)).body.token as string;

    await post(service.url, PATH, { targets: ['clientId:bob'] }, V3);
    const later = await issue('bob');

    const read = (token: string) => call(service.url, '/channels/a/messages', { headers: bearer(token) });
    expect((await read(bob)).body.error.code).toBe(40141);
    for (const token of [eve, anonymous, wildcard, untouched, later]) expect((await read(token)).status).toBe(200);
  });

  it('finds JWTs by their revocation key', async () => {
    const service = await startService({ keys: [REVOCABLE] });
    const iat = Math.floor(Date.now() / 1000) - 1;
    const jwt = (group: string) => signJwt({ iat, exp: iat + 60, 'x-ably-revocation-key': group });
    const read = (token: string) => call(service.url, '/channels/a/messages', { headers: bearer(token) });

    await post(service.url, PATH, { targets: ['revocationKey:team:red'] }, V3);

    expect((await read(jwt('team:red'))).body.error.code).toBe(40141);
    expect((await read(jwt('team:blue'))).status).toBe(200);
  });

  it('compares a channel literally, once that is enabled for the app', async () => {
    const closed = await startService({ keys: [REVOCABLE] });
    const refused = await post(closed.url, PATH, { targets: ['channel:foo:*'] }, V3);
    expect(refused).toMatchObject({ status: 201, body: { failureCount: 1, results: [{ error: { code: 40121 } }] } });

    const service = await startService({ keys: [REVOCABLE], channelRevocation: true });
    const issue = async (resource: string) => {
      const capability = JSON.stringify({ [resource]: ['history'] });
      return (await redeem(service.url, tokenRequest({ capability }))).body.token as string;
    };
    const [pattern, inside] = [await issue('foo:*'), await issue('foo:bar')];
    const read = (token: string) => call(service.url, '/channels/foo:bar/messages', { headers: bearer(token) });
    await post(service.url, PATH, { targets: ['channel:foo:*'] }, V3);

    expect((await read(pattern)).body.error.code).toBe(40141);
    expect((await read(inside)).status).toBe(200);
  });

  it('applies after the margin when one is asked for', async () => {
    let nowMs = 1_700_000_000_000;
    const service = await startService({ keys: [REVOCABLE], now: () => nowMs, reauthMarginMs: 30_000 });
    const { body } = await redeem(service.url, tokenRequest({ timestamp: nowMs, clientId: 'bob' }));
    const read = () => call(service.url, '/channels/a/messages', { headers: bearer(body.token) });
    nowMs += 1_000;

    const answer = await post(service.url, PATH, { targets: ['clientId:bob'], allowReauthMargin: true }, V3);

    expect(answer.body.results).toEqual([{ target: 'clientId:bob', issuedBefore: nowMs, appliesAt: nowMs + 30_000 }]);
    expect((await read()).status).toBe(200);
    nowMs += 30_000;
    expect((await read()).body.error.code).toBe(40141);
  });

  it('answers callers before version 3 with a bare list, or 400 on partial failure', async () => {
    const service = await startService({ keys: [REVOCABLE] });

    const all = await post(service.url, PATH, { targets: ['clientId:a', 'clientId:b'] }, basic());
    const some = await post(service.url, PATH, { targets: ['clientId:a', 'odd:b'] }, basic());

    expect(all.status).toBe(201);
    expect(all.body).toMatchObject([{ target: 'clientId:a' }, { target: 'clientId:b' }]);
    expect(some).toMatchObject({ status: 400, body: { error: { code: 40020 } } });
    expect(some.body.batchResponse).toMatchObject([{ target: 'clientId:a' }, { error: { code: 40000 } }]);
  });

  it('is for Basic auth with that very key, which must have it enabled', async () => {
    const keys = [
      REVOCABLE,
      { name: 'appid.other', secret: 'other', revocableTokens: true },
      { name: 'appid.plain', secret: 'plain' },
    ];
    const service = await startService({ keys });
    const body = { targets: ['clientId:bob'] };
    const { token } = (await redeem(service.url, tokenRequest())).body;
    const codeOf = async (path: string, headers: Record<string, string>) => {
      const answer = await post(service.url, path, body, headers);
      return [answer.status, answer.body.error.code];
    };

    expect(await codeOf(PATH, basic('appid.other:other'))).toEqual([401, 40133]);
    expect(await codeOf(PATH, bearer(token))).toEqual([401, 40162]);
    expect(await codeOf(PATH, basic(`${KEY_NAME}:wrong`))).toEqual([401, 40101]);
    expect(await codeOf(PATH, {})).toEqual([401, 40101]);
    expect(await codeOf('/keys/appid.plain/revokeTokens', basic('appid.plain:plain'))).toEqual([401, 40163]);
  });

  it.each([
    ['no targets', {}, 40001],
    ['an empty list', { targets: [] }, 40003],
    ['over a hundred targets', { targets: Array(101).fill('clientId:a') }, 40003],
    ['an issuedBefore in the future', { targets: ['clientId:a'], issuedBefore: Date.now() + 600_000 }, 40003],
    ['an issuedBefore over an hour ago', { targets: ['clientId:a'], issuedBefore: Date.now() - 3_660_000 }, 40003],
  ])('refuses %s', async (_name, body, code) => {
    const service = await startService({ keys: [REVOCABLE] });

    expect(await post(service.url, PATH, body, V3)).toMatchObject({ status: 400, body: { error: { code } } });
  });
});
