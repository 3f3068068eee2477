/** JWTs of an app's own around an Ably credential, and what JWTs say about single channels. */

import { EncryptJWT, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { bearer, call, post, redeem, signJwt, startService, tokenRequest } from './support.ts';

const OUTER_SECRET = new TextEncoder().encode('a-fake-secret-of-the-app-of-32-bytes-or-more');
const seconds = () => Math.floor(Date.now() / 1000);
const inner = (more: object = {}) => {
  const rights = '{"a":["publish","history"],"ns:x:y":["publish","history"]}';
  return signJwt({
    iat: seconds(),
    exp: seconds() + 60,
    'x-ably-capability': rights,
    'x-ably-clientId': 'bob',
    ...more,
  });
};
/** As an app would, with a library. */
const signed = (claims: Record<string, unknown>, header: Record<string, unknown> = {}) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'HS256', ...header }).sign(OUTER_SECRET);
const encrypted = (header: Record<string, unknown>) =>
  new EncryptJWT({ sub: 'bob', exp: seconds() + 9_999 })
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', ...header })
    .encrypt(OUTER_SECRET.slice(0, 32));

type Service = Awaited<ReturnType<typeof startService>>;

async function publishWith(token: string, service?: Service) {
  const { url } = service ?? (await startService());
  return post(url, '/channels/a/messages', { name: 'greeting' }, bearer(token));
}

describe('a JWT around a credential', () => {
  it.each<[string, (token: string) => Promise<string>]>([
    ['signed, in its header', (token) => signed({ exp: seconds() + 60 }, { 'x-ably-token': token })],
    ['signed, among its claims', (token) => signed({ exp: seconds() + 60, 'x-ably-token': token })],
    ['encrypted, in its protected header', (token) => encrypted({ 'x-ably-token': token })],
  ])('gives what is in it: %s', async (_, around) => {
    const service = await startService();
    expect((await publishWith(await around(inner({ exp: seconds() + 120 })), service)).status).toBe(201);
    const request = tokenRequest({ ttl: 120_000, capability: '{"a":["publish"]}' });
    const { token } = (await redeem(service.url, request)).body;
    expect((await publishWith(await around(token), service)).status).toBe(201);
    expect(await publishWith(await around('appid.unknown'), service)).toMatchObject({ status: 401 });
  });

  it('must not outlive what it carries, to the second', async () => {
    const token = inner();
    expect((await publishWith(await signed({ exp: seconds() + 58 }, { 'x-ably-token': token }))).status).toBe(201);
    const longer = await signed({ exp: seconds() + 62 }, { 'x-ably-token': token });
    expect(await publishWith(longer)).toMatchObject({ status: 401, body: { error: { code: 40144 } } });
  });

  it('ends when it says so itself', async () => {
    const ended = await signed({ exp: seconds() - 1 }, { 'x-ably-token': inner() });
    expect(await publishWith(ended)).toMatchObject({ status: 401, body: { error: { code: 40142 } } });
  });

  it.each<[string, () => Promise<string>]>([
    ['another around it', async () => signed({}, { 'x-ably-token': await signed({}, { 'x-ably-token': inner() }) })],
    ['no token', () => signed({}, { 'x-ably-token': 7 })],
    ['an encrypted JWT that carries none', () => encrypted({})],
    ['an Ably JWT under another secret', () => signed({}, { 'x-ably-token': signJwt({}, { secret: 'x' }) })],
  ])('is refused with %s', async (_, token) => {
    expect((await publishWith(await token())).status).toBe(401);
  });
});

describe('what a JWT says of channels', () => {
  const claims = { 'ably.channel.*': 'any', 'ably.channel.ns:*': 'ns', 'ably.channel.a': '{"role":"host"}' };

  async function extrasOn(channel: string, more: object, extras?: object) {
    const service = await startService();
    const headers = bearer(inner(more));
    await post(service.url, `/channels/${channel}/messages`, { name: 'x', extras }, headers);
    const { body } = await call(service.url, `/channels/${channel}/messages`, { headers });
    return body[0].extras;
  }

  it('goes with each message, the most specific of several', async () => {
    expect(await extrasOn('a', claims)).toEqual({ userClaim: '{"role":"host"}' });
    expect(await extrasOn('ns:x:y', claims)).toEqual({ userClaim: 'ns' });
    expect(await extrasOn('ns:x:y', { 'ably.channel.*': 'any' })).toEqual({ userClaim: 'any' });
  });

  it('cannot be written by the client', async () => {
    expect(await extrasOn('a', claims, { userClaim: 'forged', ref: 1 })).toEqual({
      userClaim: '{"role":"host"}',
      ref: 1,
    });
    expect(await extrasOn('a', {}, { userClaim: 'forged', ref: 1 })).toEqual({ ref: 1 });
  });
});
