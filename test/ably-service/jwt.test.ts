/** Ably JWTs as credentials, over REST: the claims, their limits and how each is refused. */

import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { bearer, call, KEY_NAME, KEY_SECRET, post, restClient, signJwt, startService } from './support.ts';

const seconds = () => Math.floor(Date.now() / 1000);
const good = () => ({ iat: seconds(), exp: seconds() + 3_600, 'x-ably-capability': '{"a":["publish"]}' });

async function publishWith(token: string, channel = 'a') {
  const service = await startService();
  return post(service.url, `/channels/${channel}/messages`, { name: 'greeting' }, bearer(token));
}

describe('an Ably JWT', () => {
  it('gives the rights it states, and no others', async () => {
    expect((await publishWith(signJwt(good()))).status).toBe(201);
    expect(await publishWith(signJwt(good()), 'b')).toMatchObject({ status: 401, body: { error: { code: 40160 } } });
  });

  it('made by a JWT library is read too', async () => {
    const token = await new SignJWT({ 'x-ably-capability': '{"a":["publish"]}' })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: KEY_NAME })
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(KEY_SECRET));

    expect((await publishWith(token)).status).toBe(201);
  });

  it('without a capability gives what its key may do', async () => {
    expect(await publishWith(signJwt({ iat: seconds(), exp: seconds() + 60 }), 'any')).toMatchObject({ status: 201 });
  });

  it('is accepted bare as a bearer token, in the query, and by the SDK', async () => {
    const service = await startService();
    const token = signJwt(good());
    const path = '/channels/a/messages';

    expect((await post(service.url, path, {}, { authorization: `Bearer ${token}` })).status).toBe(201);
    expect((await post(service.url, `${path}?accessToken=${token}`, {})).status).toBe(201);
    await expect(restClient(service, { token }).channels.get('a').publish('greeting', 'hello')).resolves.toBeDefined();
  });

  it('stamps its clientId on messages', async () => {
    const service = await startService();
    const token = signJwt({ ...good(), 'x-ably-capability': '{"a":["publish","history"]}', 'x-ably-clientId': 'bob' });
    const headers = bearer(token);

    await post(service.url, '/channels/a/messages', { name: 'greeting' }, headers);
    const foreign = await post(service.url, '/channels/a/messages', { clientId: 'eve' }, headers);
    const history = await call(service.url, '/channels/a/messages', { headers });

    expect(foreign).toMatchObject({ status: 400, body: { error: { code: 40012 } } });
    expect(history.body).toMatchObject([{ name: 'greeting', clientId: 'bob' }]);
    expect(history.body).toHaveLength(1);
  });

  it.each<readonly [string, () => Record<string, unknown>, number, number]>([
    ['no iat', () => ({ ...good(), iat: undefined }), 401, 40144],
    ['no exp', () => ({ ...good(), exp: undefined }), 401, 40144],
    ['an exp that is text', () => ({ ...good(), exp: String(seconds() + 60) }), 401, 40144],
    ['an exp in the past', () => ({ ...good(), iat: seconds() - 60, exp: seconds() - 1 }), 401, 40142],
    ['an iat over a minute ahead', () => ({ ...good(), iat: seconds() + 65 }), 401, 40144],
    ['over a day of life', () => ({ ...good(), exp: seconds() + 86_402 }), 400, 40003],
    ['an empty capability', () => ({ ...good(), 'x-ably-capability': '' }), 401, 40144],
    ['a capability that is an object', () => ({ ...good(), 'x-ably-capability': { a: ['publish'] } }), 401, 40144],
    ['an unknown operation', () => ({ ...good(), 'x-ably-capability': '{"a":["shout"]}' }), 401, 40144],
    ['a capability outside its key', () => ({ ...good(), 'x-ably-capability': '{"[queue]a":["*"]}' }), 401, 40160],
    ['a clientId that is no string', () => ({ ...good(), 'x-ably-clientId': 7 }), 400, 40012],
    ['an empty revocation key', () => ({ ...good(), 'x-ably-revocation-key': '' }), 401, 40144],
    ['a reserved claim', () => ({ ...good(), 'x-ably-surprise': true }), 401, 40144],
    ['another client type', () => ({ ...good(), 'x-ably-clientType': 'client' }), 401, 40144],
    ['a user claim that is no text', () => ({ ...good(), 'ably.channel.*': { role: 'x' } }), 401, 40144],
    ['a rate of none', () => ({ ...good(), 'ably.limits.publish.perAttachment.maxRate.*': 0 }), 401, 40144],
  ])('with %s is refused', async (_name, claims, status, code) => {
    expect(await publishWith(signJwt(claims()))).toMatchObject({ status, body: { error: { code } } });
  });

  it('may have an iat up to a minute ahead, and claims of any other name', async () => {
    expect((await publishWith(signJwt({ ...good(), iat: seconds() + 55, 'ably.channel.a': 'x' }))).status).toBe(201);
  });

  it.each<readonly [string, string, number]>([
    ['signed with another secret', signJwt(good(), { secret: 'wrong' }), 40101],
    ['without kid', signJwt(good(), { header: { kid: undefined } }), 40144],
    ['with another alg', signJwt(good(), { header: { alg: 'HS512' } }), 40144],
    ['of an unknown app', signJwt(good(), { header: { kid: 'noapp.key' } }), 40400],
    ['with padding in its signature', `${signJwt(good())}=`, 40144],
    [
      'with its payload replaced',
      signJwt(good()).replace(/\.[^.]+\./, `.${btoa('{"iat":1}').replaceAll('=', '')}.`),
      40101,
    ],
  ])('%s is refused', async (_name, token, code) => {
    expect((await publishWith(token)).body.error.code).toBe(code);
  });

  it('gets no grace at its end', async () => {
    const exp = 1_700_000_000;
    let nowMs = exp * 1000 - 1;
    const service = await startService({ now: () => nowMs });
    const publish = () => post(service.url, '/channels/a/messages', {}, bearer(signJwt({ iat: exp - 60, exp })));

    expect((await publish()).status).toBe(201);
    nowMs += 1;
    expect((await publish()).body.error.code).toBe(40142);
  });

  it('lives no longer than an hour when its key has revocable tokens', async () => {
    const service = await startService({ keys: [{ name: KEY_NAME, secret: KEY_SECRET, revocableTokens: true }] });
    const publish = (exp: number) => {
      return post(service.url, '/channels/a/messages', {}, bearer(signJwt({ ...good(), exp })));
    };

    expect((await publish(seconds() + 3_600)).status).toBe(201);
    expect((await publish(seconds() + 3_602)).body.error.code).toBe(40003);
  });
});

describe('a token that this service does not know', () => {
  it('is refused so that SDKs fetch another, unless it is no token at all', async () => {
    expect((await publishWith('appid.forgotten')).body.error.code).toBe(40143);
    expect((await publishWith('nonsense')).body.error.code).toBe(40005);
  });
});
