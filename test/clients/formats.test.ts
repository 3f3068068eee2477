/** What becomes of each credential in the hands of real `ably` clients: its end, its identity, what only a JWT can say. */
import * as Ably from 'ably';
import { afterEach, describe, expect, it } from 'vitest';
import type { AuthConfig } from '../../index.ts';
import { STAGE_KEY, type Stage, type StageOptions, startStage, untilState } from '../stage.ts';

const SECRET = 'a-fake-secret-of-the-app-of-32-bytes-or-more';
const CONFIGS = [
  ['jwt', {}],
  ['ably-token', {}],
  ['embedded-jwt', { secret: SECRET }],
  ['embedded-jwt', { secret: SECRET, encrypted: true }],
  ['embedded-jwt', { secret: SECRET, carries: 'ably-token' }],
] as const;

const started: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of started.splice(0).reverse()) await each.close();
});

async function stageWith(options: StageOptions): Promise<Stage> {
  const stage = await startStage(options);
  started.push(stage);
  return stage;
}

function connect(stage: Stage, subject: string, more: Parameters<Stage['cookieOf']>[1] = {}): Ably.Realtime {
  const authHeaders = { cookie: stage.cookieOf(subject, more) };
  const client = new Ably.Realtime({ ...stage.clientOptions(), authUrl: stage.authUrl, authHeaders });
  started.push(client);
  return client;
}

/** What the SDK takes as a token: the text, or the TokenDetails. */
async function tokenOf(stage: Stage): Promise<string> {
  const response = await fetch(stage.authUrl, { headers: { cookie: stage.cookieOf('ada') } });
  const body = await response.text();
  return response.headers.get('content-type') === 'application/jwt' ? body : JSON.parse(body).token;
}

describe.each(CONFIGS)('a credential of the format %s, %o', (tokenFormat, embeddedJwt) => {
  it('ends when it says so, and not before', async () => {
    let aheadMs = 0;
    const stage = await stageWith({
      config: { tokenFormat, embeddedJwt, ttl: '5m' },
      service: { now: () => Date.now() + aheadMs },
    });
    const token = await tokenOf(stage);
    const rest = new Ably.Rest({ ...stage.clientOptions(), token });
    await rest.channels.get('room:1').publish('x', 'y');
    aheadMs = 290_000;
    await rest.channels.get('room:1').publish('x', 'y');
    aheadMs = 300_000;
    // Without a way to renew it, the SDK says so instead of what Ably answered.
    await expect(rest.channels.get('room:1').publish('x', 'y')).rejects.toMatchObject({ code: 40171 });
    const answer = await fetch(`${stage.service.url}/channels/room:1/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(((await answer.json()) as { error: object }).error).toMatchObject({ code: 40142, statusCode: 401 });
  });

  it('is of whoever the client says it is, for whom a rule lets choose', async () => {
    const rules: AuthConfig['rules'] = [
      { name: 'servers', grant: { 'room:*': ['publish', 'history'] }, wildcardClientId: true },
    ];
    const stage = await stageWith({ config: { tokenFormat, embeddedJwt, rules } });
    const rest = new Ably.Rest({ ...stage.clientOptions(), token: await tokenOf(stage) });
    for (const clientId of ['ada', 'bob']) await rest.channels.get('room:1').publish({ name: 'x', clientId });
    const { items } = await rest.channels.get('room:1').history();
    expect(items.map(({ clientId }) => clientId)).toEqual(['bob', 'ada']);
  });
});

describe('what a JWT says beside the rights', () => {
  it.each(['jwt', 'embedded-jwt'] as const)('reaches whoever receives the messages, in a %s', async (tokenFormat) => {
    const stage = await stageWith({
      config: {
        ...{ tokenFormat, embeddedJwt: { secret: SECRET } },
        jwt: { channelClaims: { 'room:*': { role: '{role}' }, '*': 'nobody' } },
      },
    });
    const reader = connect(stage, 'bob', { claims: { role: 'reader' } });
    const received = new Promise<Ably.InboundMessage>(
      (resolve) => void reader.channels.get('room:7').subscribe(resolve),
    );
    await reader.channels.get('room:7').attach();
    const writer = connect(stage, 'ada', { claims: { role: 'host' } });
    await writer.channels.get('room:7').publish({ name: 'x', extras: { userClaim: 'forged' } });
    expect((await received).extras).toEqual({ userClaim: '{"role":"host"}' });
  });

  it('holds a client to the rate of a channel, and the connection stays', async () => {
    const stage = await stageWith({ config: { tokenFormat: 'jwt', jwt: { publishRates: { 'room:slow': 0.01 } } } });
    const client = connect(stage, 'ada');
    const slow = client.channels.get('room:slow');
    await slow.publish('x', 'first');
    await expect(slow.publish('x', 'second')).rejects.toMatchObject({ code: 42910 });
    for (const each of ['a', 'b', 'c']) await client.channels.get('room:other').publish('x', each);
    expect(client.connection.state).toBe('connected');
  });
});

describe('a client whose Ably token is not to be had', () => {
  it('goes on trying, and connects as soon as it is', async () => {
    const stage = await stageWith({
      config: { tokenFormat: 'ably-token' },
      apiKey: `${STAGE_KEY.name}:another-secret`,
    });
    const client = connect(stage, 'ada');
    const end = await untilState(client, 'connected', 'failed', 'disconnected');
    expect(end.state).toBe('disconnected');
    expect(end.reason?.cause).toMatchObject({ code: 50000, statusCode: 503 });
    expect(stage.events.at(-1)).toMatchObject({ reason: 'misconfigured', detail: 'Ably answered 401 / 40101.' });
  });
});
