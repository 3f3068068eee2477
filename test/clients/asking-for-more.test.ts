/**
 * Rights that grow and shrink while the connection stays up: real `ably` clients with our helper, the endpoint with rooms
 * to ask for, and the local service, which checks each attach against the token.
 */
import * as Ably from 'ably';
import { afterEach, describe, expect, it } from 'vitest';
import { type AblyAuthOptions, createAblyAuth } from '../../client/index.ts';
import { type AuthConfig, remembering } from '../../index.ts';
import { observe, type Rooms, startRooms } from '../client/rooms.ts';
import { startStage, untilState } from '../stage.ts';

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
    const server = new Ably.Rest({ ...on.clientOptions(), key: 'stageapp.stagekey:obviously-a-fake-secret' });
    await server.channels.get('lobby').publish('reauthorize', null);
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

describe('two tabs of one person', () => {
  it('ask for two rooms at once: each gains its own', async () => {
    const on = await rooms({ grants: remembering('client') });
    const tabs = await Promise.all([connect(on), connect(on)]);
    await Promise.all(tabs.map(({ auth, client }, tab) => auth.attachOrAsk(client.channels.get(`room:${tab * 2}`))));
    await Promise.all(tabs.map(({ client }) => client.auth.authorize()));
    for (const [tab, { client }] of tabs.entries()) {
      expect(client.channels.get(`room:${tab * 2}`).state).toBe('attached');
      await expect(client.channels.get(`room:${tab * 2 + 1}`).attach()).rejects.toMatchObject({ code: 40160 });
    }
  });
});
