/** Presence and identity over realtime with the unmodified SDK, in both formats. */

import type { RealtimeChannel } from 'ably';
import { describe, expect, it } from 'vitest';
import type { AblyService } from '../../dev/ably-service/ably-service.ts';
import {
  API_KEY,
  connect,
  redeem,
  restClient,
  signer,
  startService,
  type TokenRequestFields,
  tokenRequest,
} from './support.ts';

function nextPresence(channel: RealtimeChannel, action: 'enter' | 'leave' | 'update') {
  return new Promise((resolve) => void channel.presence.subscribe(action, resolve));
}

describe.each([true, false])('presence and identity, useBinaryProtocol %s', (useBinaryProtocol) => {
  const client = (service: AblyService, params: Partial<TokenRequestFields>) => {
    return connect(service, { authCallback: signer(() => params).authCallback, useBinaryProtocol });
  };

  it('shows who is present, to those attached and those who come later', async () => {
    const service = await startService();
    const bob = client(service, { clientId: 'bob' });
    const room = bob.channels.get('room');
    const watching = client(service, {}).channels.get('room');
    await watching.attach();
    const [entered, updated, left] = (['enter', 'update', 'leave'] as const).map((action) =>
      nextPresence(watching, action),
    );

    await room.presence.enter({ mood: 'fine' });
    expect(await entered).toMatchObject({ clientId: 'bob', data: { mood: 'fine' }, connectionId: bob.connection.id });
    await room.presence.update('busy');
    expect(await updated).toMatchObject({ data: 'busy' });

    const late = client(service, {}).channels.get('room');
    expect(await late.presence.get()).toMatchObject([{ clientId: 'bob', data: 'busy', action: 'present' }]);
    const overRest = restClient(service, { key: API_KEY, useBinaryProtocol }).channels.get('room').presence;
    const present = [{ clientId: 'bob', data: 'busy', action: 'present' }];
    expect((await overRest.get({})).items).toMatchObject(present);

    const leftLate = nextPresence(late, 'leave');
    await room.presence.leave();
    expect(await left).toMatchObject({ clientId: 'bob' });
    await leftLate;
    expect(await late.presence.get()).toEqual([]);
    expect((await overRest.get({})).items).toEqual([]);
  });

  it('lets members leave with their connection', async () => {
    const service = await startService();
    const bob = client(service, { clientId: 'bob' });
    await bob.channels.get('room').presence.enter();
    const watching = client(service, {}).channels.get('room');
    expect(await watching.presence.get()).toHaveLength(1);
    const left = nextPresence(watching, 'leave');

    bob.close();

    expect(await left).toMatchObject({ clientId: 'bob' });
    expect(await watching.presence.get()).toEqual([]);
  });

  it('holds clients to their identity on messages and presence', async () => {
    const service = await startService();
    const bob = client(service, { clientId: 'bob' }).channels.get('a');
    const nobody = client(service, {}).channels.get('a');

    await expect(bob.publish({ clientId: 'eve' })).rejects.toMatchObject({ code: 40012 });
    await expect(bob.presence.enterClient('eve')).rejects.toMatchObject({ code: 40012 });
    await expect(nobody.publish({ clientId: 'eve' })).rejects.toMatchObject({ code: 40012 });
    await expect(nobody.presence.enterClient('eve')).rejects.toMatchObject({ code: 40012 });
    await expect(bob.publish({ clientId: 'bob' })).resolves.toBeDefined();
    await expect(
      client(service, { clientId: '*' }).channels.get('a').presence.enterClient('eve'),
    ).resolves.toBeUndefined();
  });

  it('keeps anonymous clients out of identified namespaces', async () => {
    const service = await startService({ identifiedNamespaces: ['members'] });

    const anonymous = client(service, {}).channels.get('members:lounge');
    await expect(anonymous.attach()).rejects.toMatchObject({ code: 40161, statusCode: 401 });
    await expect(client(service, { clientId: 'bob' }).channels.get('members:lounge').attach()).resolves.toBeDefined();
  });

  it('takes the identity of a REST client from its header, as far as the credential allows', async () => {
    const service = await startService();
    const publishAs = async (params: Partial<TokenRequestFields>) => {
      const { body } = await redeem(service.url, tokenRequest(params));
      const rest = restClient(service, { token: body.token, clientId: 'bob', useBinaryProtocol });
      await rest.channels.get('a').publish('greeting', null);
      return (await rest.channels.get('a').history()).items[0]?.clientId;
    };

    expect(await publishAs({ clientId: '*' })).toBe('bob');
    await expect(publishAs({ clientId: 'eve' })).rejects.toMatchObject({ code: 40102, statusCode: 401 });
    await expect(publishAs({})).rejects.toMatchObject({ code: 40102, statusCode: 401 });
  });
});
