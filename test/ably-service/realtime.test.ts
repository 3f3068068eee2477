/** Channels over realtime with the unmodified SDK, in both formats: what arrives, what is refused, and with what. */

import { describe, expect, it } from 'vitest';
import type { AblyService } from '../../dev/ably-service/ably-service.ts';
import { API_KEY, connect, nextMessage, restClient, signer, startService, type TokenRequestFields } from './support.ts';

const member = (params: Partial<TokenRequestFields>) => ({ authCallback: signer(() => params).authCallback });

describe.each([true, false])('realtime, useBinaryProtocol %s', (useBinaryProtocol) => {
  const client = (service: AblyService, params: Partial<TokenRequestFields>, options = {}) => {
    return connect(service, { ...member(params), useBinaryProtocol, ...options });
  };

  it('connects with a token, takes the identity from it and answers pings', async () => {
    const service = await startService();
    const bob = client(service, { clientId: 'bob' });

    await bob.connection.whenState('connected');

    expect(bob.auth.clientId).toBe('bob');
    expect(service.connections()).toMatchObject([{ id: bob.connection.id, clientId: 'bob', keyName: 'appid.keyid' }]);
    await expect(bob.connection.ping()).resolves.toBeTypeOf('number');
    bob.close();
    await bob.connection.whenState('closed');
    await expect.poll(() => service.connections()).toEqual([]);
  });

  it('connects with an API key, as anyone', async () => {
    const service = await startService();
    const server = connect(service, { key: API_KEY, useBinaryProtocol });
    await server.channels.get('a').attach();
    const received = nextMessage(server.channels.get('a'));

    await server.channels.get('a').publish({ name: 'greeting', clientId: 'anyone' });

    expect((await received).clientId).toBe('anyone');
  });

  it('delivers text, objects and bytes to a subscriber in the other format', async () => {
    const service = await startService();
    const [bob, eve] = [
      client(service, { clientId: 'bob' }),
      client(service, {}, { useBinaryProtocol: !useBinaryProtocol }),
    ];
    const [from, to] = [bob.channels.get('room:1'), eve.channels.get('room:1')];
    await to.attach();

    for (const data of ['text', { nested: [1, null] }, Buffer.from([0, 255])]) {
      const received = nextMessage(to);
      const { serials } = await from.publish('greeting', data);
      const message = await received;
      expect(message).toMatchObject({ name: 'greeting', clientId: 'bob', serial: serials[0] });
      expect(message.connectionId).toBe(bob.connection.id);
      expect(message.data).toStrictEqual(data);
    }
  });

  it('echoes to the publisher unless told not to', async () => {
    const service = await startService();
    const quiet = client(service, {}, { echoMessages: false }).channels.get('a');
    const loud = client(service, {}).channels.get('a');
    const seen: unknown[] = [];
    await quiet.subscribe((message) => seen.push(message.name));
    await loud.attach();
    const echoed = nextMessage(loud);

    await quiet.publish('own', null);
    await echoed;
    const last = nextMessage(quiet);
    await loud.publish('other', null);
    await last;

    expect(seen).toEqual(['other']);
  });

  it('keeps history, page by page and until the attachment', async () => {
    const service = await startService();
    const channel = client(service, {}).channels.get('a');
    await restClient(service, { key: API_KEY, useBinaryProtocol }).channels.get('a').publish('before', 'rest');
    await channel.attach();
    await channel.publish([{ name: 'one' }, { name: 'two' }]);
    const names = (page: { items: readonly { name?: string }[] } | null) => page?.items.map((message) => message.name);

    const page = await channel.history({ limit: 2 });
    expect(names(page)).toEqual(['two', 'one']);
    expect(names(await page.next())).toEqual(['before']);
    expect(names(await channel.history({ direction: 'forwards' }))).toEqual(['before', 'one', 'two']);
    expect(names(await channel.history({ untilAttach: true }))).toEqual(['before']);
  });

  it('publishes a message with an id once', async () => {
    const service = await startService();
    const channel = client(service, {}).channels.get('a');

    const first = await channel.publish({ id: 'order-1', name: 'paid' });
    const again = await channel.publish({ id: 'order-1', name: 'paid' });

    expect(again).toEqual(first);
    expect((await channel.history()).items).toHaveLength(1);
  });

  it('grants the modes that the rights cover, and tells which', async () => {
    const service = await startService();
    const limited = client(service, { capability: '{"a":["subscribe"],"b":["publish","presence"]}', clientId: 'bob' });
    const [a, b] = [limited.channels.get('a'), limited.channels.get('b')];

    await a.attach();
    await b.attach();

    expect(a.modes).toEqual(['subscribe', 'presence_subscribe']);
    expect(b.modes).toEqual(['presence', 'publish']);
  });

  it('refuses to attach without any right, and leaves the connection alone', async () => {
    const service = await startService();
    const limited = client(service, { capability: '{"a":["*"]}' });
    const forbidden = limited.channels.get('b');

    await expect(forbidden.attach()).rejects.toMatchObject({ code: 40160, statusCode: 401 });

    expect(forbidden.state).toBe('failed');
    await limited.channels.get('a').attach();
    expect(limited.connection.state).toBe('connected');
  });

  it('refuses what the rights do not cover, and leaves the channel attached', async () => {
    const service = await startService();
    const channel = client(service, { capability: '{"a":["subscribe"]}', clientId: 'bob' }).channels.get('a');
    await channel.attach();

    await expect(channel.publish('greeting', 'hello')).rejects.toMatchObject({ code: 40160, statusCode: 401 });
    await expect(channel.presence.enter()).rejects.toMatchObject({ code: 40160, statusCode: 401 });
    await expect(channel.history()).rejects.toMatchObject({ code: 40160, statusCode: 401 });
    expect(channel.state).toBe('attached');
  });

  it('tells a missing mode from a missing right', async () => {
    const service = await startService();
    const channel = client(service, {}).channels.get('a', { modes: ['SUBSCRIBE'] });
    await channel.attach();

    await expect(channel.publish('greeting', 'hello')).rejects.toMatchObject({ code: 40165 });
    expect(channel.modes).toEqual(['subscribe']);
  });

  it('refuses a channel name that Ably does not allow', async () => {
    const service = await startService();

    const channel = client(service, {}).channels.get(':odd');
    await expect(channel.attach()).rejects.toMatchObject({ code: 40010, statusCode: 400 });
  });

  it('stops delivering after a detach', async () => {
    const service = await startService();
    const [bob, eve] = [client(service, {}), client(service, {})];
    const [detached, attached] = [bob.channels.get('a'), eve.channels.get('a')];
    await detached.attach();
    await detached.detach();
    expect(service.connections().find(({ id }) => id === bob.connection.id)?.channels).toEqual([]);

    await attached.attach();
    const received = nextMessage(attached);
    await bob.channels.get('a').publish('after', null);
    expect((await received).name).toBe('after');
    expect(detached.state).toBe('detached');
  });
});
