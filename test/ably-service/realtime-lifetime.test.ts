/** The end of tokens under live connections, with the unmodified SDK in both formats: renewal, expiry, revocation. */

import { setTimeout as pause } from 'node:timers/promises';
import type { TokenRequest } from 'ably';
import { describe, expect, it } from 'vitest';
import {
  API_KEY,
  connect,
  KEY_NAME,
  KEY_SECRET,
  nextMessage,
  nextState,
  recordStates,
  redeem,
  restClient,
  signer,
  signJwt,
  startService,
  tokenRequest,
} from './support.ts';

const REVOCABLE = [{ name: KEY_NAME, secret: KEY_SECRET, revocableTokens: true }];
const seconds = () => Math.floor(Date.now() / 1000);

describe.each([true, false])('the end of a token, useBinaryProtocol %s', (useBinaryProtocol) => {
  it('asks for another token before expiry and keeps the connection', async () => {
    const service = await startService({ renewalLeadMs: 2_500 });
    const { authCallback, state } = signer(() => ({ ttl: state.calls === 1 ? 3_000 : 60_000 }));
    const client = connect(service, { authCallback, useBinaryProtocol });
    const states = recordStates(client);
    await client.channels.get('a').attach();
    const id = client.connection.id;
    const connectedAt = Date.now();

    await new Promise((resolve) => client.connection.once('update', resolve));
    // Past the end of the first token: the connection lives on the second.
    await pause(connectedAt + 3_200 - Date.now());

    expect(states).toEqual(['connecting', 'connected', 'update']);
    expect(client.connection.id).toBe(id);
    expect(client.channels.get('a').state).toBe('attached');
    expect(state.calls).toBe(2);
    expect(service.connections()).toMatchObject([{ id, renewalPrompts: 1 }]);
  });

  it('disconnects with 40142 at expiry; the client comes back and misses nothing', async () => {
    const service = await startService({ renewalLeadMs: 0 });
    let published: Promise<unknown> = Promise.resolve();
    let calls = 0;
    const client = connect(service, {
      authCallback: (_wishes, callback) => {
        calls += 1;
        const request = tokenRequest({ ttl: calls === 1 ? 1_000 : 60_000, clientId: 'bob' });
        // The second token is held back until something was published that only a resumed channel can still get.
        void published.then(() => callback(null, request as TokenRequest));
      },
      useBinaryProtocol,
    });
    const channel = client.channels.get('a');
    await channel.presence.enter('here');
    const received = nextMessage(channel);
    const disconnected = nextState(client, 'disconnected').then((change) => {
      published = restClient(service, { key: API_KEY }).channels.get('a').publish('meanwhile', 'hello');
      expect(service.connections()).toEqual([]);
      return change;
    });

    expect((await disconnected).reason).toMatchObject({ code: 40142, statusCode: 401 });
    expect((await received).name).toBe('meanwhile');
    await expect.poll(() => channel.presence.get()).toMatchObject([{ clientId: 'bob' }]);
    expect(calls).toBe(2);
  });

  it('ends a client that has nothing to renew its token with', async () => {
    const service = await startService({ renewalLeadMs: 0 });
    const { body } = await redeem(service.url, tokenRequest({ ttl: 2_000 }));
    const client = connect(service, { token: body.token, useBinaryProtocol });

    expect((await nextState(client, 'disconnected')).reason?.code).toBe(40142);
    expect((await nextState(client, 'failed')).reason?.code).toBe(40171);
  });

  it('refuses an expired token so that the client fetches another', async () => {
    const service = await startService();
    const tokens = [
      signJwt({ iat: seconds() - 60, exp: seconds() - 1 }),
      signJwt({ iat: seconds(), exp: seconds() + 60, 'x-ably-clientId': 'bob' }),
    ];
    const client = connect(service, {
      authCallback: (_wishes, callback) => callback(null, tokens.shift() ?? null),
      useBinaryProtocol,
    });

    expect((await nextState(client, 'disconnected')).reason?.code).toBe(40142);
    await nextState(client, 'connected');
    expect(client.auth.clientId).toBe('bob');
    expect(tokens).toEqual([]);
  });

  it('disconnects with 40141 on revocation; the client fetches another token', async () => {
    const service = await startService({ keys: REVOCABLE });
    const { authCallback, state } = signer(() => ({ clientId: 'bob' }));
    const client = connect(service, { authCallback, useBinaryProtocol });
    const bystander = connect(service, { authCallback: signer(() => ({ clientId: 'eve' })).authCallback });
    await Promise.all([client.connection.whenState('connected'), bystander.connection.whenState('connected')]);
    const states = recordStates(bystander);
    const disconnected = nextState(client, 'disconnected');

    await restClient(service, { key: API_KEY }).auth.revokeTokens([{ type: 'clientId', value: 'bob' }]);

    expect((await disconnected).reason).toMatchObject({ code: 40141, statusCode: 401 });
    await nextState(client, 'connected');
    expect(state.calls).toBe(2);
    expect(states).toEqual([]);
  });

  it('asks first when a revocation allows a margin, and keeps the client that renews', async () => {
    const service = await startService({ keys: REVOCABLE, reauthMarginMs: 1_000 });
    const renewing = connect(service, {
      authCallback: signer(() => ({ clientId: 'bob' })).authCallback,
      useBinaryProtocol,
    });
    const { token } = (await redeem(service.url, tokenRequest({ clientId: 'bob' }))).body;
    const stuck = connect(service, { authCallback: (_wishes, callback) => callback(null, token), useBinaryProtocol });
    await Promise.all([renewing.connection.whenState('connected'), stuck.connection.whenState('connected')]);
    const states = recordStates(renewing);
    const id = renewing.connection.id;
    const updated = new Promise((resolve) => renewing.connection.once('update', resolve));
    const cutOff = nextState(stuck, 'disconnected');

    const rest = restClient(service, { key: API_KEY });
    await rest.auth.revokeTokens([{ type: 'clientId', value: 'bob' }], { allowReauthMargin: true });

    await updated;
    expect((await cutOff).reason?.code).toBe(40141);
    expect(states).toEqual(['update']);
    expect(renewing.connection.id).toBe(id);
  });

  it('refuses a revoked token when it connects again', async () => {
    const service = await startService({ keys: REVOCABLE });
    const { token } = (await redeem(service.url, tokenRequest({ clientId: 'bob' }))).body;
    await restClient(service, { key: API_KEY }).auth.revokeTokens([{ type: 'clientId', value: 'bob' }]);

    const client = connect(service, { token, useBinaryProtocol });

    expect((await nextState(client, 'disconnected')).reason?.code).toBe(40141);
    expect((await nextState(client, 'failed')).reason?.code).toBe(40171);
  });
});

describe('the prompt to renew', () => {
  it('comes after a pause when a token is adopted with less than the lead left', async () => {
    const service = await startService({ renewalLeadMs: 10_000 });
    const { authCallback, state } = signer(() => ({ ttl: state.calls === 1 ? 7_000 : 60_000 }));
    const client = connect(service, { authCallback });
    await client.connection.whenState('connected');
    const connectedAt = Date.now();

    await new Promise((resolve) => client.connection.once('update', resolve));

    expect(Date.now() - connectedAt).toBeGreaterThan(900);
    expect(service.connections()).toMatchObject([{ renewalPrompts: 1 }]);
  });

  it('does not come when too little is left to answer it', async () => {
    const service = await startService({ renewalLeadMs: 10_000 });
    const client = connect(service, { authCallback: signer(() => ({ ttl: 1_500 })).authCallback });
    const states = recordStates(client);

    expect((await nextState(client, 'disconnected')).reason?.code).toBe(40142);

    expect(states.slice(0, 3)).toEqual(['connecting', 'connected', 'disconnected']);
  });
});
