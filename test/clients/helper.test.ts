/** Our client helper in real `ably` clients against the endpoint: stop or go on, as the endpoint means it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as Ably from 'ably';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type AblyAuth, createAblyAuth } from '../../client/index.ts';
import type { AuthConfig } from '../../index.ts';
import { type Stage, type StageOptions, startStage, untilState } from '../stage.ts';

const started: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of started.splice(0).reverse()) await each.close();
});

const ONLY_USERS: AuthConfig['rules'] = [
  { name: 'users', when: { kind: 'user' }, grant: { 'room:*': ['publish', 'subscribe'] } },
];

async function stage(options?: StageOptions): Promise<Stage> {
  const made = await startStage(options);
  started.push(made);
  return made;
}

/** What the endpoint answered, one by one. */
function answers(on: Stage): readonly string[] {
  return on.events.map(({ kind }) => kind).filter((kind) => kind === 'issued' || kind === 'refused');
}

function connect(on: Stage, auth: AblyAuth, options: Ably.ClientOptions = {}): Ably.Realtime {
  const client = auth.use(new Ably.Realtime({ ...on.clientOptions(), authCallback: auth.authCallback, ...options }));
  started.push(client);
  return client;
}

describe('the client helper', () => {
  it.each(['token-request', 'jwt'] as const)(
    'connects with a %s, and renews when asked by the service',
    async (tokenFormat) => {
      const on = await stage({ config: { tokenFormat, ttl: '60s' }, service: { renewalLeadMs: 59_000 } });
      const client = connect(on, createAblyAuth({ url: on.authUrl, headers: { cookie: on.cookieOf('ada') } }));
      await untilState(client, 'connected');
      const { id } = client.connection;
      await new Promise((resolve) => client.connection.once('update', resolve));
      expect([client.auth.clientId, client.connection.id]).toEqual(['ada', id]);
      expect(answers(on)).toEqual(['issued', 'issued']);
    },
  );

  it('goes on trying while nobody is signed in, says so once, and connects after the sign-in', async () => {
    const on = await stage({ config: { rules: ONLY_USERS } });
    const headers: Record<string, string> = {};
    const told: number[] = [];
    const auth = createAblyAuth({
      url: on.authUrl,
      headers: () => headers,
      onSignedOut: ({ code }) => told.push(code),
    });
    const client = connect(on, auth, { disconnectedRetryTimeout: 30 });
    await untilState(client, 'disconnected');
    while (answers(on).length < 3) await new Promise((resolve) => client.connection.once('disconnected', resolve));
    expect(told).toEqual([40101]);

    headers.cookie = on.cookieOf('ada');
    expect((await untilState(client, 'connected', 'failed')).state).toBe('connected');
    expect(told).toEqual([40101]);
  });

  it('stops for good when it is refused for good, with the words of the endpoint', async () => {
    const on = await stage({ config: { rules: ONLY_USERS } });
    const auth = createAblyAuth({ url: on.authUrl, headers: { cookie: on.cookieOf('a*b') } });
    const client = connect(on, auth, { disconnectedRetryTimeout: 30 });
    const { state, reason } = await untilState(client, 'failed', 'disconnected', 'connected');
    expect(state).toBe('failed');
    expect(reason?.cause?.message).toMatch(/^This identity cannot be used as a clientId\. \(request [\w-]+\)$/);
    expect(answers(on).length).toBe(1);
  });

  it('asks once while the endpoint wants to be left alone, however often the SDK tries', async () => {
    // 503 with Retry-After: 5.
    const on = await stage({ apiKey: '' });
    const auth = createAblyAuth({ url: on.authUrl });
    const client = connect(on, auth, { disconnectedRetryTimeout: 10 });
    for (let tries = 0; tries < 5; tries++) {
      const { reason } = (await new Promise((resolve) =>
        client.connection.once('disconnected', resolve),
      )) as Ably.ConnectionStateChange;
      expect(reason?.cause).toMatchObject({ code: 50000, statusCode: 503 });
    }
    expect(answers(on).length).toBe(1);

    const bare = new Ably.Realtime({ ...on.clientOptions(), authUrl: on.authUrl, disconnectedRetryTimeout: 10 });
    started.push(bare);
    while (answers(on).length < 4) await new Promise((resolve) => bare.connection.once('disconnected', resolve));
  });

  it('keeps a live connection when a renewal finds nobody signed in, and ends it when refused for good', async () => {
    let subject = 'ada';
    const on = await stage({ config: { rules: ONLY_USERS } });
    const auth = createAblyAuth({
      url: on.authUrl,
      headers: () => (subject === '' ? {} : { cookie: on.cookieOf(subject) }),
    });
    const client = connect(on, auth);
    await untilState(client, 'connected');
    subject = '';
    await expect(client.auth.authorize()).rejects.toMatchObject({ code: 40101, statusCode: 401 });
    expect(client.connection.state).toBe('connected');
    subject = 'a*b';
    await expect(client.auth.authorize()).rejects.toMatchObject({ code: 40300, statusCode: 403 });
    expect(client.connection.state).toBe('failed');
  });

  it('goes on trying behind a captive portal, and connects when that lets it out', async () => {
    const on = await stage();
    let captive = true;
    const portal = createServer((_, res) => {
      if (captive) res.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>Welcome to our hotel</html>');
      else res.writeHead(403, { 'Content-Type': 'text/html' }).end('<html>Accept our terms first</html>');
    });
    await new Promise<void>((resolve) => void portal.listen(0, '127.0.0.1', resolve));
    started.push(portal);
    const inside = { url: `http://127.0.0.1:${(portal.address() as AddressInfo).port}/`, method: 'GET' as const };
    const held = createAblyAuth(inside);
    const free = createAblyAuth({ url: on.authUrl });
    let auth = held;
    const authCallback: AblyAuth['authCallback'] = (params, done) => auth.authCallback(params, done);
    const client = new Ably.Realtime({ ...on.clientOptions(), authCallback, disconnectedRetryTimeout: 30 });
    started.push(client);
    expect((await untilState(client, 'disconnected', 'failed')).state).toBe('disconnected');
    captive = false;
    await new Promise((resolve) => client.connection.once('disconnected', resolve));
    expect(client.connection.errorReason?.cause).toMatchObject({ code: 40170, statusCode: 401 });
    auth = free;
    expect((await untilState(client, 'connected', 'failed')).state).toBe('connected');
  });

  it('signs in as somebody else with another client: the old one is closed, and its asking is over', async () => {
    const on = await stage();
    let subject = 'ada';
    const auth = createAblyAuth({ url: on.authUrl, headers: () => ({ cookie: on.cookieOf(subject) }) });
    const before = connect(on, auth);
    await untilState(before, 'connected');
    await auth.signOut();
    expect((await untilState(before, 'closed')).state).toBe('closed');
    subject = 'bob';
    const after = connect(on, auth);
    await untilState(after, 'connected');
    expect(after.auth.clientId).toBe('bob');
  });

  it('keeps a client closed whose token was on its way when somebody signed out', async () => {
    const on = await stage();
    const auth = createAblyAuth({ url: on.authUrl, headers: { cookie: on.cookieOf('ada') } });
    let leaving = false;
    // The endpoint has answered, and the SDK is about to have the TokenRequest redeemed.
    const authCallback: AblyAuth['authCallback'] = (params, done) =>
      auth.authCallback(params, (error, credential) => {
        if (leaving) void auth.signOut();
        done(error, credential);
      });
    const client = connect(on, auth, { authCallback });
    await untilState(client, 'connected');
    leaving = true;
    await expect(client.auth.authorize()).rejects.toMatchObject({ code: 80017 });
    expect(client.connection.state).toBe('closed');
    await expect.poll(() => on.service.connections()).toEqual([]);
    leaving = false;
    // Given to use() again, it is wanted again.
    auth.use(client).connect();
    await untilState(client, 'connected');
  });

  it('uses REST as well', async () => {
    const on = await stage();
    const auth = createAblyAuth({ url: on.authUrl, headers: { cookie: on.cookieOf('ada') } });
    const rest = new Ably.Rest({ ...on.clientOptions(), authCallback: auth.authCallback });
    await rest.channels.get('room:rest').publish('greeting', 'hello');
    const page = await rest.channels.get('room:rest').history();
    expect(page.items.map(({ data }) => data)).toEqual(['hello']);
  });
});

describe('a message on the control channel', () => {
  it('makes the client renew once, on the same connection, and not after it stopped listening', async () => {
    const on = await stage();
    const auth = createAblyAuth({ url: on.authUrl, headers: { cookie: on.cookieOf('ada') } });
    const client = connect(on, auth);
    const server = new Ably.Rest({ ...on.clientOptions(), key: 'stageapp.stagekey:obviously-a-fake-secret' });
    await untilState(client, 'connected');
    const { id } = client.connection;
    const channel = client.channels.get('user:ada');
    const stop = await auth.reauthorizeOn(channel, { withinMs: 0 });
    const renewed = new Promise((resolve) => client.connection.once('update', resolve));
    await server.channels.get('user:ada').publish(['reauthorize', 'hello', 'reauthorize'].map((name) => ({ name })));
    await renewed;
    expect([client.connection.id, answers(on).length]).toEqual([id, 2]);
    stop();
    const seen = new Promise((resolve) => void channel.subscribe('reauthorize', resolve));
    await server.channels.get('user:ada').publish('reauthorize', null);
    await seen;
    await client.auth.authorize();
    expect(answers(on).length).toBe(3);
  });

  it('cannot be listened to without the right to', async () => {
    const on = await stage();
    const auth = createAblyAuth({ url: on.authUrl, headers: { cookie: on.cookieOf('ada') } });
    const client = connect(on, auth);
    const channel = client.channels.get('user:bob');
    const unsubscribe = vi.spyOn(channel, 'unsubscribe');
    await expect(auth.reauthorizeOn(channel)).rejects.toMatchObject({ code: 40160 });
    // The SDK itself goes on listening, for when somebody else attaches.
    expect(unsubscribe).toHaveBeenCalledExactlyOnceWith('reauthorize', expect.any(Function));
  });
});
