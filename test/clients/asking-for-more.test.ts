/**
 * Rights that grow and shrink while the connection stays up: real `ably` clients with our helper, the endpoint with rooms
 * to ask for, and the local service, which checks each attach against the token.
 */
import * as Ably from 'ably';
import { afterEach, describe, expect, it } from 'vitest';
import { type AblyAuthOptions, createAblyAuth } from '../../client/index.ts';
import { type AuthConfig, askToReauthorize, forgetGrants, memoryStore, remembering } from '../../index.ts';
import { observe, type Rooms, startRooms } from '../client/rooms.ts';
import { STAGE_KEY, startStage, untilState } from '../stage.ts';

const started: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of started.splice(0).reverse()) await each.close();
});

async function rooms(config?: Partial<AuthConfig>): Promise<Rooms> {
  const made = await startRooms(config);
  started.push(made);
  return made;
}

async function connect(on: Rooms, options: Partial<AblyAuthOptions> = {}) {
  const { auth, seen } = observe(on, options);
  const client = auth.use(new Ably.Realtime({ ...on.clientOptions(), authCallback: auth.authCallback }));
  started.push(client);
  const states: Ably.ConnectionState[] = [];
  client.connection.on(({ current }) => states.push(current));
  await untilState(client, 'connected');
  return { auth, seen, client, states };
}

/** How often a channel asked Ably to be let in. */
function attempts(channel: Ably.RealtimeChannel): () => number {
  let count = 0;
  channel.on('attaching', () => count++);
  return () => count;
}

/** The app's own server, which has a key. */
function server(on: Rooms): Ably.Rest {
  return new Ably.Rest({ ...on.clientOptions(), key: `${STAGE_KEY.name}:${STAGE_KEY.secret}` });
}

function nextUpdate(client: Ably.Realtime): Promise<unknown> {
  return new Promise((resolve) => client.connection.once('update', resolve));
}

describe.each(['token-request', 'jwt'] as const)('a client that asks for more, with a %s', (tokenFormat) => {
  it('gains a room without a disconnection, publishes there, and keeps it over a renewal', async () => {
    const on = await rooms({ tokenFormat });
    const { auth, client, states, seen } = await connect(on);
    const { id } = client.connection;
    const channel = client.channels.get('room:8');
    const tries = attempts(channel);
    await auth.attachOrAsk(channel);
    const received = new Promise<Ably.InboundMessage>((resolve) => void channel.subscribe(resolve));
    await channel.publish('greeting', 'hello');
    expect(await received).toMatchObject({ data: 'hello', clientId: 'ada' });
    expect([tries(), seen.length]).toEqual([2, 2]);

    await client.auth.authorize();
    expect(channel.state).toBe('attached');
    expect([client.connection.id, new Set(states)]).toEqual([id, new Set(['connecting', 'connected'])]);
  });

  it('asks for several at once: one request, one renewal', async () => {
    const on = await rooms({ tokenFormat });
    const { auth, client, seen } = await connect(on);
    let updates = 0;
    client.connection.on('update', () => updates++);
    const channels = ['room:2', 'room:4', 'room:6'].map((name) => client.channels.get(name));
    await Promise.all(channels.map((channel) => auth.attachOrAsk(channel)));
    expect(channels.map(({ state }) => state)).toEqual(['attached', 'attached', 'attached']);
    expect([seen.length, updates]).toEqual([2, 1]);
    expect(on.checked.toSorted()).toEqual(['2', '4', '6']);
  });
});

interface Strategy {
  readonly config: () => Partial<AuthConfig>;
  readonly options: Partial<AblyAuthOptions>;
  /** Which rooms were checked after asking for one, then for another, then for nothing. */
  readonly checked: readonly string[];
}

const strategies: Readonly<Record<string, Strategy>> = {
  'by the client, as a list': {
    config: () => ({ grants: remembering('client') }),
    options: {},
    checked: ['6', '8', '6', '8', '6'],
  },
  'by the client, under our seal in a header': {
    config: () => ({ grants: remembering('signed') }),
    options: { holds: 'grant' },
    checked: ['6', '8'],
  },
  'in a store': {
    config: () => ({ grants: remembering('store'), store: memoryStore() }),
    options: { holds: 'nothing' },
    checked: ['6', '8'],
  },
};

describe.each(Object.entries(strategies))(
  'what was granted and is remembered %s',
  (_, { config, options, checked }) => {
    it('is kept over renewals on one connection, and checked again only where nothing remembers it', async () => {
      const on = await rooms(config());
      const { auth, client, states } = await connect(on, options);
      const [first, second] = [client.channels.get('room:6'), client.channels.get('room:8')];
      await auth.attachOrAsk(first);
      await auth.attachOrAsk(second);
      await client.auth.authorize();
      expect(on.checked).toEqual(checked);
      expect([first.state, second.state]).toEqual(['attached', 'attached']);
      expect(new Set(states)).toEqual(new Set(['connecting', 'connected']));
      await expect(auth.attachOrAsk(client.channels.get('room:9'))).rejects.toMatchObject({ code: 40160 });
      expect([first.state, client.connection.state]).toEqual(['attached', 'connected']);
    });

    it('is there again for the next client of the same person, where the client has a storage', async () => {
      const on = await rooms(config());
      const cookie = on.cookieOf('ada');
      let kept = '';
      const storage = {
        load: () => kept,
        save: (text: string) => {
          kept = text;
        },
      };
      const before = await connect(on, { ...options, headers: { cookie }, storage });
      await before.auth.attachOrAsk(before.client.channels.get('room:8'));
      before.client.close();
      const after = await connect(on, { ...options, headers: { cookie }, storage });
      await after.client.channels.get('room:8').attach();
      expect(after.seen.length).toBe(1);
    });

    it('is nobody else’s: what another client holds, or another person’s name, opens nothing', async () => {
      const on = await rooms(config());
      let kept = '';
      const save = (text: string): void => {
        kept = text;
      };
      const ada = await connect(on, { ...options, storage: { load: () => '', save } });
      await ada.auth.attachOrAsk(ada.client.channels.get('room:8'));
      on.open = () => false;
      const headers = { cookie: on.cookieOf('bob') };
      const bob = await connect(on, { ...options, headers, storage: { load: () => kept, save() {} } });
      await expect(bob.auth.attachOrAsk(bob.client.channels.get('room:8'))).rejects.toMatchObject({ code: 40160 });
      expect(bob.client.connection.state).toBe('connected');
    });
  },
);

describe('a stored grant', () => {
  it('that the server takes back is lost at the renewal for which it asks; the connection stays', async () => {
    const store = memoryStore();
    const on = await rooms({ grants: remembering('store'), store });
    const { auth, client } = await connect(on, { holds: 'nothing' });
    const { id } = client.connection;
    await auth.reauthorizeOn(client.channels.get('lobby'), { withinMs: 0 });
    const [kept, lost] = [client.channels.get('room:6'), client.channels.get('room:8')];
    await Promise.all([auth.attachOrAsk(kept), auth.attachOrAsk(lost)]);
    on.open = () => false;
    const failed = new Promise<Ably.ChannelStateChange>((resolve) => lost.once('failed', resolve));
    await forgetGrants(store, { source: 'session', subject: 'ada' }, ['room:8']);
    await askToReauthorize(server(on), 'lobby');
    expect((await failed).reason).toMatchObject({ code: 40160 });
    expect([kept.state, client.connection.state, client.connection.id]).toEqual(['attached', 'connected', id]);
    await expect(auth.attachOrAsk(lost)).rejects.toMatchObject({ code: 40160 });
  });
});

describe('a room that is refused', () => {
  it('is asked for once, is not tried again, and costs nothing that one has', async () => {
    const on = await rooms();
    const { auth, client, states, seen } = await connect(on);
    const lobby = client.channels.get('lobby');
    await lobby.attach();
    const channel = client.channels.get('room:7');
    const tries = attempts(channel);
    await expect(auth.attachOrAsk(channel)).rejects.toMatchObject({ code: 40160, statusCode: 401 });
    expect([tries(), seen.length, on.checked]).toEqual([1, 2, ['7']]);
    expect([lobby.state, client.connection.state]).toEqual(['attached', 'connected']);
    expect(states).not.toContain('disconnected');
  });

  it('is tried once more, and no more, when the endpoint does not say that it refused', async () => {
    // Nothing may be asked for here, and what is asked for is not even read.
    const on = await startStage();
    started.push(on);
    const auth = createAblyAuth({ url: on.authUrl, headers: { cookie: on.cookieOf('ada') } });
    const client = auth.use(new Ably.Realtime({ ...on.clientOptions(), authCallback: auth.authCallback }));
    started.push(client);
    await untilState(client, 'connected');
    const channel = client.channels.get('secret');
    const tries = attempts(channel);
    await expect(auth.attachOrAsk(channel)).rejects.toMatchObject({ code: 40160 });
    expect(tries()).toBe(2);
    expect(on.events.filter(({ kind }) => kind === 'issued').length).toBe(2);
  });

  it('opens later, when the endpoint has changed its mind', async () => {
    const on = await rooms();
    const { auth, client } = await connect(on);
    const channel = client.channels.get('room:7');
    await expect(auth.attachOrAsk(channel)).rejects.toMatchObject({ code: 40160 });
    on.open = () => true;
    await auth.attachOrAsk(channel);
    expect(channel.state).toBe('attached');
  });
});

describe('a room that is lost', () => {
  it('fails at the next renewal, which a message on the control channel brings about; the connection stays', async () => {
    const on = await rooms();
    const { auth, client } = await connect(on);
    const { id } = client.connection;
    await auth.reauthorizeOn(client.channels.get('lobby'), { withinMs: 0 });
    const [kept, lost] = [client.channels.get('room:6'), client.channels.get('room:8')];
    await Promise.all([auth.attachOrAsk(kept), auth.attachOrAsk(lost)]);
    on.open = (room) => room === '6';
    const failed = new Promise<Ably.ChannelStateChange>((resolve) => lost.once('failed', resolve));
    await askToReauthorize(server(on), 'lobby');
    expect((await failed).reason).toMatchObject({ code: 40160 });
    expect([kept.state, client.connection.state, client.connection.id]).toEqual(['attached', 'connected', id]);
  });
});

describe('a client that asks at an awkward moment', () => {
  it('while it still connects: it connects with the new rights', async () => {
    const on = await rooms();
    const { auth } = observe(on);
    const client = auth.use(new Ably.Realtime({ ...on.clientOptions(), authCallback: auth.authCallback }));
    started.push(client);
    await expect(auth.ensure(['room:8'])).resolves.toEqual({ granted: ['room:8'], refused: [] });
    await client.channels.get('room:8').attach();
    expect(client.connection.state).toBe('connected');
  });

  it('while the service asks for a renewal of its own: nobody is left waiting', async () => {
    const on = await rooms();
    const { auth, client } = await connect(on);
    const renewed = nextUpdate(client);
    const [own] = await Promise.all([auth.ensure(['room:8']), client.auth.authorize(), renewed]);
    expect(own).toEqual({ granted: ['room:8'], refused: [] });
    await client.channels.get('room:8').attach();
  });

  it('while nobody is signed in: it is told, keeps what it has, and may ask again', async () => {
    const on = await rooms();
    let cookie = on.cookieOf('ada');
    const { auth, client } = await connect(on, { headers: () => ({ cookie }) });
    const channel = client.channels.get('room:8');
    cookie = '__Host-ably-auth-session=v1.has.ended.AA';
    await expect(auth.attachOrAsk(channel)).rejects.toMatchObject({ code: 40101, statusCode: 401 });
    expect(client.connection.state).toBe('connected');
    cookie = on.cookieOf('ada');
    await auth.attachOrAsk(channel);
    expect(channel.state).toBe('attached');
  });

  it('while the check cannot be made: 503, and it stays connected', async () => {
    const on = await rooms();
    const { auth, client } = await connect(on);
    on.open = () => {
      throw new Error('the database is down');
    };
    await expect(auth.ensure(['room:8'])).rejects.toMatchObject({ code: 50000, statusCode: 503 });
    expect(client.connection.state).toBe('connected');
  });
});

describe.each(Object.entries(strategies))('two tabs of one person, remembered %s', (_, { config, options }) => {
  it('ask for two rooms at once: each gains its own, and keeps it', async () => {
    const on = await rooms(config());
    const headers = { cookie: on.cookieOf('ada') };
    const tabs = await Promise.all([connect(on, { ...options, headers }), connect(on, { ...options, headers })]);
    await Promise.all(tabs.map(({ auth, client }, tab) => auth.attachOrAsk(client.channels.get(`room:${tab * 2}`))));
    await Promise.all(tabs.map(({ client }) => client.auth.authorize()));
    for (const [tab, { client }] of tabs.entries()) {
      expect(client.channels.get(`room:${tab * 2}`).state).toBe('attached');
      await expect(client.channels.get('room:9').attach()).rejects.toMatchObject({ code: 40160 });
    }
  });
});
