/** Real `ably` clients through our endpoint to the local service: every way of asking, both encodings, every format. */
import * as Ably from 'ably';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AuthConfig } from '../../index.ts';
import { type Stage, startStage, untilState } from '../stage.ts';

const clients: Ably.Realtime[] = [];
const EMBEDDED = { secret: 'a-fake-secret-of-the-app-of-32-bytes-or-more' };
/** Every credential, as a config asks for it. */
const FORMATS: Readonly<Record<string, Partial<AuthConfig>>> = {
  TokenRequest: {},
  'Ably JWT': { tokenFormat: 'jwt' },
  'Ably token': { tokenFormat: 'ably-token' },
  'JWT of the app’s own around an Ably JWT': { tokenFormat: 'embedded-jwt', embeddedJwt: EMBEDDED },
  'JWT of the app’s own around an Ably token': {
    tokenFormat: 'embedded-jwt',
    embeddedJwt: { ...EMBEDDED, carries: 'ably-token', place: 'payload' },
  },
  'encrypted JWT of the app’s own': { tokenFormat: 'embedded-jwt', embeddedJwt: { ...EMBEDDED, encrypted: true } },
  'credential that auto chose': { tokenFormat: 'auto' },
};
const stages = new Map<string, Stage>();
let stage: Stage;

beforeAll(async () => {
  for (const [name, config] of Object.entries(FORMATS)) stages.set(name, await startStage({ config }));
  stage = stages.get('TokenRequest') as Stage;
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});
afterAll(async () => {
  for (const each of stages.values()) await each.close();
});

function connect(options: Ably.ClientOptions, on: Stage = stage): Ably.Realtime {
  const client = new Ably.Realtime({ ...on.clientOptions(), ...options });
  clients.push(client);
  return client;
}

function askByCallback(on: Stage, cookie: string): NonNullable<Ably.ClientOptions['authCallback']> {
  return (_params, callback) => {
    fetch(on.authUrl, { headers: { cookie } })
      .then(async (response) =>
        callback(
          null,
          response.headers.get('content-type') === 'application/jwt'
            ? await response.text()
            : ((await response.json()) as Ably.TokenRequest),
        ),
      )
      .catch((error: Error) => callback(error.message, null));
  };
}

const formats = Object.keys(FORMATS).map((name) => [name, () => stages.get(name) as Stage] as const);

describe.each(formats)('an ably client given: %s', (_format, on) => {
  const ways: Record<string, () => Ably.ClientOptions> = {
    'authUrl by GET': () => ({ authUrl: on().authUrl, authHeaders: { cookie: on().cookieOf('ada') } }),
    'authUrl by POST': () => ({
      authUrl: on().authUrl,
      authMethod: 'POST',
      authHeaders: { cookie: on().cookieOf('ada') },
    }),
    authCallback: () => ({ authCallback: askByCallback(on(), on().cookieOf('ada')) }),
  };

  for (const [way, options] of Object.entries(ways)) {
    it.each([true, false])(`connects by ${way}, publishes and receives (binary: %s)`, async (useBinaryProtocol) => {
      const client = connect({ ...options(), useBinaryProtocol }, on());
      expect((await untilState(client, 'connected', 'failed', 'disconnected')).state).toBe('connected');
      expect(client.auth.clientId).toBe('ada');

      const channel = client.channels.get('room:7');
      const received = new Promise<Ably.InboundMessage>((resolve) => void channel.subscribe(resolve));
      await channel.attach();
      await channel.publish('greeting', { text: 'hello' });
      const message = await received;
      expect(message).toMatchObject({ name: 'greeting', data: { text: 'hello' }, clientId: 'ada' });
    });
  }

  it('uses REST with it: publishes, reads the history, and is refused elsewhere', async () => {
    const rest = new Ably.Rest({
      ...on().clientOptions(),
      authUrl: on().authUrl,
      authHeaders: { cookie: on().cookieOf('ada') },
    });
    await rest.channels.get('room:rest').publish('greeting', 'hello');
    const page = await rest.channels.get('room:rest').history();
    expect(page.items.map(({ data, clientId }) => ({ data, clientId }))).toEqual([{ data: 'hello', clientId: 'ada' }]);
    await expect(rest.channels.get('elsewhere').publish('greeting', 'hello')).rejects.toMatchObject({
      code: 40160,
      statusCode: 401,
    });
  });

  it('is refused on channels and for operations that the policy does not grant, and stays connected', async () => {
    const client = connect({ authUrl: on().authUrl, authHeaders: { cookie: on().cookieOf('ada') } }, on());
    await untilState(client, 'connected');
    await expect(client.channels.get('secret').attach()).rejects.toMatchObject({ code: 40160, statusCode: 401 });
    await expect(client.channels.get('user:ada').publish('x', 'y')).rejects.toMatchObject({ code: 40160 });
    await expect(client.channels.get('user:bob').attach()).rejects.toMatchObject({ code: 40160 });
    expect(client.connection.state).toBe('connected');
  });

  it('enters presence under its own name', async () => {
    const client = connect({ authUrl: on().authUrl, authHeaders: { cookie: on().cookieOf('ada') } }, on());
    const channel = client.channels.get('room:presence');
    await channel.presence.enter({ mood: 'fine' });
    const members = await channel.presence.get();
    expect(members.map(({ clientId, data }) => ({ clientId, data }))).toEqual([
      { clientId: 'ada', data: { mood: 'fine' } },
    ]);
    await channel.presence.leave();
  });

  it('is anonymous without a credential: subscribes to notifications, publishes nothing, has no clientId', async () => {
    const client = connect({ authUrl: on().authUrl }, on());
    await untilState(client, 'connected');
    expect(client.auth.clientId ?? null).toBeNull();
    const channel = client.channels.get('notifications');
    await channel.attach();
    await expect(channel.publish('x', 'y')).rejects.toMatchObject({ code: 40160 });
    await expect(client.channels.get('room:7').attach()).rejects.toMatchObject({ code: 40160 });
  });
});

describe('an ably client that asks for less', () => {
  it('gets the requested capability, narrowed to what the policy grants', async () => {
    const client = connect({
      authUrl: stage.authUrl,
      authHeaders: { cookie: stage.cookieOf('ada') },
      defaultTokenParams: { capability: { 'room:7': ['subscribe', 'publish'], elsewhere: ['subscribe'] } },
    });
    await untilState(client, 'connected');
    await client.channels.get('room:7').attach();
    await expect(client.channels.get('room:8').attach()).rejects.toMatchObject({ code: 40160 });
    await expect(client.channels.get('elsewhere').attach()).rejects.toMatchObject({ code: 40160 });
  });
});
