/**
 * Each place where grants are remembered, with real clients: a room is gained on asking without a disconnection, is
 * still there after a renewal, and is lost at a renewal once it was taken back or the policy changed. The connection stays.
 */
import { randomBytes } from 'node:crypto';
import * as Ably from 'ably';
import { afterEach, describe, expect, it } from 'vitest';
import { createEnvironmentKeySource } from '../../adapters/key-sources/environment.ts';
import { startNodeServer } from '../../adapters/node/serve.ts';
import { type AblyAuth, createAblyAuth } from '../../client/index.ts';
import { startAblyService } from '../../dev/ably-service/ably-service.ts';
import {
  askToReauthorize,
  configureEndpoint,
  createSessionCookies,
  forgetGrants,
  memoryStore,
  type Remembering,
  remembering,
  requestable,
  session,
} from '../../index.ts';
import { STAGE_KEY, untilState } from '../stage.ts';

const started: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of started.splice(0).reverse()) await each.close();
});

const KEY = `${STAGE_KEY.name}:${STAGE_KEY.secret}`;

/** Two deploys of one endpoint, the second with another policy, and whoever is a member of room 7. */
async function stage(where: Remembering) {
  const service = await startAblyService({ keys: [{ ...STAGE_KEY, revocableTokens: true }] });
  started.push(service);
  const secrets = [randomBytes(32).toString('base64url')];
  const store = memoryStore();
  const members = new Set(['ada']);
  const checked: string[] = [];
  const room = requestable({
    resource: 'room:{id}',
    operations: ['publish', 'subscribe'],
    check: ({ identity, id }) => {
      checked.push(id);
      return id === '7' && members.has(identity.subject);
    },
  });
  const deploy = async (policyVersion: string): Promise<string> => {
    const endpoint = configureEndpoint({
      definition: {
        build: () => ({
          sources: [session({ secrets })],
          revocable: true,
          rules: [{ name: 'everybody', grant: { lobby: ['subscribe'], 'user:{sub}:control': ['subscribe'] } }],
          requestable: [room],
          grants: remembering(where, { policyVersion }),
          store,
        }),
      },
      env: {},
      keySource: { ok: true, source: createEnvironmentKeySource({ ABLY_API_KEY: KEY }) },
    });
    expect(endpoint.problems).toEqual([]);
    const server = await startNodeServer({ endpoint, host: '127.0.0.1', port: 0 });
    started.push(server);
    return `${server.url}/api/ably-auth`;
  };
  const [login = ''] = createSessionCookies({ secrets })
    .write({ subject: 'ada', lifetimeSeconds: 7_200 }, Date.now())
    .split(';');
  return { service, store, members, checked, login, urls: [await deploy('1'), await deploy('2')] as const };
}

type Staged = Awaited<ReturnType<typeof stage>>;

/** A browser's part, its cookies and what it says of its page, around the helper; `deployed` is which deploy answers. */
function helper(
  on: Staged,
  holds: 'nothing' | 'resources' | 'grant',
  jar = new Map<string, string>(),
): { auth: AblyAuth; deployed: { index: 0 | 1 } } {
  const deployed: { index: 0 | 1 } = { index: 0 };
  const auth = createAblyAuth({
    url: on.urls[0],
    holds,
    fetch: async (url, call) => {
      const cookie = [on.login, ...[...jar].map(([name, value]) => `${name}=${value}`)].join('; ');
      const headers = { ...call.headers, cookie, 'sec-fetch-site': 'same-origin' };
      const response = await fetch(String(url).replace(on.urls[0], on.urls[deployed.index]), { ...call, headers });
      for (const setCookie of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(setCookie) ?? [];
        jar.set(name, value);
      }
      const text = await response.text();
      return { status: response.status, headers: response.headers, text: async () => text };
    },
  });
  return { auth, deployed };
}

async function connectedTo(on: Staged, auth: AblyAuth) {
  const options = { ...on.service.clientOptions, logLevel: 0, authCallback: auth.authCallback };
  const client = auth.use(new Ably.Realtime(options));
  started.push(client);
  const states: Ably.ConnectionState[] = [];
  client.connection.on(({ current }) => states.push(current));
  await untilState(client, 'connected');
  return { client, states, connectionId: client.connection.id };
}

describe.each([
  ['by the client, in its list', 'client', 'resources'],
  ['in a signed cookie', 'signed', 'nothing'],
  ['in a signed header', 'signed', 'grant'],
  ['in the store', 'store', 'nothing'],
] as const)('a room that is remembered %s', (_, where, holds) => {
  it('is gained on asking, kept over renewals, and lost when the policy changes', async () => {
    const on = await stage(where);
    const { auth, deployed } = helper(on, holds);
    const { client, states, connectionId } = await connectedTo(on, auth);
    const channel = client.channels.get('room:7');
    await expect(channel.attach()).rejects.toMatchObject({ code: 40160 });

    expect(await auth.ensure(['room:7', 'room:8'])).toEqual({ granted: ['room:7'], refused: ['room:8'] });
    await channel.attach();
    await channel.publish('greeting', 'hello');
    await client.auth.authorize();
    await client.auth.authorize();
    expect(channel.state).toBe('attached');
    expect(on.checked.filter((id) => id === '7').length).toBe(where === 'client' ? 3 : 1);

    on.members.delete('ada');
    if (where !== 'client') {
      await client.auth.authorize();
      expect(channel.state).toBe('attached');
    }
    deployed.index = 1;
    const failed = new Promise<Ably.ChannelStateChange>((resolve) => channel.once('failed', resolve));
    await client.auth.authorize();
    expect((await failed).reason).toMatchObject({ code: 40160 });
    expect([client.connection.state, client.connection.id]).toEqual(['connected', connectionId]);
    expect(new Set(states)).toEqual(new Set(['connecting', 'connected']));
  });
});

type Prompt = (server: Ably.Rest) => Promise<unknown>;

describe.each<readonly [string, Prompt]>([
  ['a message on its control channel', (server) => askToReauthorize(server, 'user:ada:control')],
  [
    'a revocation with a margin',
    (server) => server.auth.revokeTokens([{ type: 'clientId', value: 'ada' }], { allowReauthMargin: true }),
  ],
])('a room that is taken back', (how, prompt) => {
  it(`is lost as soon as the client is prompted by ${how}; the connection stays`, async () => {
    const on = await stage('store');
    const { auth } = helper(on, 'nothing');
    const { client, connectionId } = await connectedTo(on, auth);
    await auth.reauthorizeOn(client.channels.get('user:ada:control'), { withinMs: 0 });
    const channel = client.channels.get('room:7');
    await auth.attachOrAsk(channel);
    const failed = new Promise<Ably.ChannelStateChange>((resolve) => channel.once('failed', resolve));

    on.members.delete('ada');
    await forgetGrants(on.store, { source: 'session', subject: 'ada' }, ['room:7']);
    await prompt(new Ably.Rest({ ...on.service.clientOptions, logLevel: 0, key: KEY }));

    expect((await failed).reason).toMatchObject({ code: 40160 });
    expect([client.connection.state, client.connection.id]).toEqual(['connected', connectionId]);
    await expect(auth.attachOrAsk(channel)).rejects.toMatchObject({ code: 40160 });
  });
});

describe('two tabs that share a cookie', () => {
  it('and ask at once may lose a memory, and never gain a right', async () => {
    const on = await stage('signed');
    const jar = new Map<string, string>();
    const [auth, other] = [helper(on, 'nothing', jar).auth, helper(on, 'nothing', jar).auth];
    const tabs = await Promise.all([connectedTo(on, auth), connectedTo(on, other)]);
    const answers = await Promise.all([auth.ensure(['room:7']), other.ensure(['room:7', 'room:9'])]);
    expect(answers).toEqual([
      { granted: ['room:7'], refused: [] },
      { granted: ['room:7'], refused: ['room:9'] },
    ]);
    for (const { client } of tabs) {
      await client.channels.get('room:7').attach();
      await expect(client.channels.get('room:9').attach()).rejects.toMatchObject({ code: 40160 });
    }
  });
});
