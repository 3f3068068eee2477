/**
 * Tokens that connect and re-authorise, with the unmodified SDK in both formats: refusal, other rights through
 * authorize(), identity. The end of tokens: realtime-lifetime.
 */

import { describe, expect, it } from 'vitest';
import {
  API_KEY,
  connect,
  KEY_NAME,
  KEY_SECRET,
  nextChannelState,
  nextMessage,
  nextState,
  recordStates,
  redeem,
  restClient,
  signer,
  signJwt,
  startService,
  type TokenRequestFields,
  tokenRequest,
} from './support.ts';

const seconds = () => Math.floor(Date.now() / 1000);

describe.each([true, false])('tokens over realtime, useBinaryProtocol %s', (useBinaryProtocol) => {
  it.each<readonly [string, () => string, number]>([
    ['another secret', () => signJwt({ iat: seconds(), exp: seconds() + 60 }, { secret: 'wrong' }), 40101],
    ['an unknown app', () => signJwt({ iat: seconds(), exp: seconds() + 60 }, { header: { kid: 'no.key' } }), 40400],
    ['too long a life', () => signJwt({ iat: seconds(), exp: seconds() + 90_000 }), 40003],
  ])('ends a client whose JWT has %s', async (_name, token, code) => {
    const client = connect(await startService(), { token: token(), useBinaryProtocol });

    expect((await nextState(client, 'failed')).reason?.code).toBe(code);
  });

  it('gives new rights at once through authorize()', async () => {
    const service = await startService();
    let params: Partial<TokenRequestFields> = { capability: '{"a":["subscribe"]}' };
    const client = connect(service, { authCallback: signer(() => params).authCallback, useBinaryProtocol });
    const [a, b] = [client.channels.get('a'), client.channels.get('b')];
    await a.attach();
    await expect(b.attach()).rejects.toMatchObject({ code: 40160 });
    await expect(a.publish('early', null)).rejects.toMatchObject({ code: 40160 });
    const id = client.connection.id;

    params = { capability: '{"a":["subscribe","publish"],"b":["subscribe"]}' };
    await client.auth.authorize();

    await b.attach();
    const received = nextMessage(a);
    await a.publish('late', null);
    expect((await received).name).toBe('late');
    expect(a.modes).toEqual(['publish', 'subscribe', 'presence_subscribe']);
    expect(client.connection.id).toBe(id);
  });

  it('fails the channels that lose all rights, and only them', async () => {
    const service = await startService();
    let params: Partial<TokenRequestFields> = { capability: '{"a":["*"],"b":["*"],"c":["*"]}', clientId: 'bob' };
    const client = connect(service, { authCallback: signer(() => params).authCallback, useBinaryProtocol });
    const [a, b, c] = [client.channels.get('a'), client.channels.get('b'), client.channels.get('c')];
    for (const each of [a, b, c]) await each.presence.enter();
    const states = recordStates(client);
    const failed = nextChannelState(a, 'failed');

    params = { capability: '{"b":["subscribe"],"c":["*"]}', clientId: 'bob' };
    await client.auth.authorize();

    expect((await failed).reason).toMatchObject({ code: 40160, statusCode: 401 });
    await expect.poll(() => b.modes).toEqual(['subscribe', 'presence_subscribe']);
    await expect(b.publish('greeting', null)).rejects.toMatchObject({ code: 40160 });
    await expect(c.publish('greeting', null)).resolves.toBeDefined();
    expect([a.state, b.state, c.state]).toEqual(['failed', 'attached', 'attached']);
    expect(states).toEqual(['update']);
    expect(service.connections()).toMatchObject([{ channels: ['b', 'c'] }]);
    const rest = restClient(service, { key: API_KEY });
    const present = async (name: string) => (await rest.channels.get(name).presence.get({})).items.length;
    expect([await present('a'), await present('b'), await present('c')]).toEqual([0, 0, 1]);
  });

  it('lets a client choose its identity under a wildcard token only', async () => {
    const service = await startService();
    const tokenFor = async (clientId?: string) => {
      return (await redeem(service.url, tokenRequest(clientId === undefined ? {} : { clientId }))).body.token as string;
    };

    const chooser = connect(service, { token: await tokenFor('*'), clientId: 'bob', useBinaryProtocol });
    await nextState(chooser, 'connected');
    expect(service.connections()).toMatchObject([{ clientId: 'bob' }]);

    for (const token of [await tokenFor('eve'), await tokenFor()]) {
      const client = connect(service, { token, clientId: 'bob', useBinaryProtocol });
      expect((await nextState(client, 'failed')).reason).toMatchObject({ code: 40102, statusCode: 401 });
    }
  });

  it.each<readonly [string, Partial<TokenRequestFields>, Partial<TokenRequestFields>]>([
    ['another identity', { clientId: 'bob' }, { clientId: 'eve' }],
    ['an identity after none', {}, { clientId: 'bob' }],
    ['none after an identity', { clientId: 'bob' }, {}],
  ])('ends a connection that re-authorises with %s', async (_name, before, after) => {
    const service = await startService();
    let params = before;
    // A token string: with TokenDetails the SDK itself would notice before the service does.
    const client = connect(service, {
      authCallback: (_wishes, callback) => {
        void redeem(service.url, tokenRequest(params)).then(({ body }) => callback(null, body.token));
      },
      useBinaryProtocol,
    });
    await client.connection.whenState('connected');
    const failed = nextState(client, 'failed');

    params = after;
    await expect(client.auth.authorize()).rejects.toMatchObject({ code: 40102, statusCode: 401 });
    expect((await failed).reason?.message).toContain('clientId');
  });

  it('takes a token of another key of the same app, and of no other app', async () => {
    const keys = [
      { name: KEY_NAME, secret: KEY_SECRET },
      { name: 'appid.next', secret: 'next' },
      { name: 'other.key', secret: 'other' },
    ];
    const service = await startService({ keys });
    const claims = { iat: seconds(), exp: seconds() + 60 };
    const jwt = (kid: string, secret: string) => signJwt(claims, { secret, header: { kid } });
    let token = jwt(KEY_NAME, KEY_SECRET);
    const client = connect(service, { authCallback: (_wishes, callback) => callback(null, token), useBinaryProtocol });
    await client.connection.whenState('connected');

    token = jwt('appid.next', 'next');
    await client.auth.authorize();
    expect(service.connections()).toMatchObject([{ keyName: 'appid.next' }]);

    token = jwt('other.key', 'other');
    await expect(client.auth.authorize()).rejects.toMatchObject({ code: 40102 });
  });
});
