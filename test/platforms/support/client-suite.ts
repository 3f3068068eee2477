/** Real `ably` clients: they ask the deployed function for a credential and use it at a local Ably service. */
import * as Ably from 'ably';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AblyService, startAblyService } from '../../../dev/ably-service/ably-service.ts';
import { STAGE_KEY, untilState } from '../../stage.ts';
import { cookieOf } from './settings.ts';

/** @param authUrl where the endpoint answers; asked when a test runs */
export function describeClients(authUrl: () => string): void {
  describe('with a real ably client', () => {
    const clients: Ably.Realtime[] = [];
    let service: AblyService;

    beforeAll(async () => {
      service = await startAblyService({ keys: [STAGE_KEY] });
    });
    afterEach(() => {
      for (const client of clients.splice(0)) client.close();
    });
    afterAll(() => service.close());

    function connect(options: Ably.ClientOptions): Ably.Realtime {
      const client = new Ably.Realtime({ ...service.clientOptions, logLevel: 0, ...options });
      clients.push(client);
      return client;
    }

    const ways: Record<string, () => Ably.ClientOptions> = {
      'authUrl by GET': () => ({ authUrl: authUrl(), authHeaders: { cookie: cookieOf('ada') } }),
      'authUrl by POST': () => ({
        authUrl: authUrl(),
        authMethod: 'POST',
        authParams: { clientId: 'ada' },
        authHeaders: { cookie: cookieOf('ada') },
      }),
      authCallback: () => ({ authCallback: askByFetch(authUrl()) }),
    };

    it.each(Object.entries(ways))('by %s it connects as the user, publishes and receives', async (_way, options) => {
      const client = connect(options());
      const end = await untilState(client, 'connected', 'disconnected', 'failed');
      expect(end).toEqual({ state: 'connected', reason: undefined });
      expect(client.auth.clientId).toBe('ada');
      const channel = client.channels.get('room:7');
      const received = new Promise<Ably.InboundMessage>((resolve) => void channel.subscribe(resolve));
      await channel.attach();
      await channel.publish('greeting', 'hello');
      expect(await received).toMatchObject({ name: 'greeting', data: 'hello', clientId: 'ada' });
    });

    it('without a credential it connects anonymously, and may publish nothing', async () => {
      const client = connect({ authUrl: authUrl() });
      await untilState(client, 'connected');
      const channel = client.channels.get('notifications');
      await channel.attach();
      await expect(channel.publish('x', 'y')).rejects.toMatchObject({ code: 40160 });
    });

    it('is refused for good when it wants to be somebody else', async () => {
      const client = connect({ ...ways['authUrl by GET']?.(), clientId: 'bob' });
      const end = await untilState(client, 'connected', 'failed', 'disconnected');
      expect(end.state).toBe('failed');
      expect(end.reason?.cause).toMatchObject({ code: 40300, statusCode: 403 });
    });

    it('may try again when its cookie is no longer good', async () => {
      const authHeaders = { cookie: '__Host-ably-auth-session=v1.a.b.c' };
      const client = connect({ authUrl: authUrl(), authMethod: 'POST', authHeaders });
      const end = await untilState(client, 'connected', 'failed', 'disconnected');
      expect(end.state).toBe('disconnected');
      expect(end.reason?.cause).toMatchObject({ code: 40101, statusCode: 401 });
    });
  });
}

function askByFetch(url: string): NonNullable<Ably.ClientOptions['authCallback']> {
  return (_params, callback) => {
    fetch(url, { headers: { cookie: cookieOf('ada') } })
      .then(async (response) => callback(null, (await response.json()) as Ably.TokenRequest))
      .catch((error: Error) => callback(error.message, null));
  };
}
