/** Renewal with real clients: prompted by the service, asked of our endpoint, without losing the connection. */
import * as Ably from 'ably';
import { afterEach, describe, expect, it } from 'vitest';
import type { AuthConfig } from '../../index.ts';
import { type Stage, type StageOptions, startStage, untilState } from '../stage.ts';

const started: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of started.splice(0).reverse()) await each.close();
});

async function stageAndClient(
  options: StageOptions,
  subject: string,
): Promise<{ stage: Stage; client: Ably.Realtime }> {
  const stage = await startStage(options);
  const authHeaders = { cookie: stage.cookieOf(subject) };
  const client = new Ably.Realtime({ ...stage.clientOptions(), authUrl: stage.authUrl, authHeaders });
  started.push(stage, client);
  await untilState(client, 'connected');
  return { stage, client };
}

function updates(client: Ably.Realtime, count: number): Promise<void> {
  return new Promise((resolve) => {
    client.connection.on('update', () => {
      count -= 1;
      if (count === 0) resolve();
    });
  });
}

describe.each(['token-request', 'jwt', 'ably-token', 'embedded-jwt', 'auto'] as const)(
  'a client with a %s',
  (tokenFormat) => {
    it('renews when the service prompts, again and again, on the same connection', async () => {
      // Our shortest token lives a minute; a lead of 59 seconds makes the service prompt after one.
      const embeddedJwt = { secret: 'a-fake-secret-of-the-app-of-32-bytes-or-more' };
      const config: Partial<AuthConfig> = { tokenFormat, ttl: '60s', embeddedJwt };
      const { stage, client } = await stageAndClient({ config, service: { renewalLeadMs: 59_000 } }, 'ada');
      const connectionId = client.connection.id;
      const states: Ably.ConnectionState[] = [];
      client.connection.on(({ current }) => states.push(current));
      const channel = client.channels.get('room:7');
      await channel.attach();

      await updates(client, 2);

      expect(client.connection.id).toBe(connectionId);
      expect(new Set(states)).toEqual(new Set(['connected']));
      expect(channel.state).toBe('attached');
      expect(stage.events.filter(({ kind }) => kind === 'issued').length).toBeGreaterThanOrEqual(3);
    });
  },
);

describe('a client whose rights change at a renewal', () => {
  it('gains a channel without a disconnection', async () => {
    const rules: AuthConfig['rules'] = [
      { name: 'all', grant: { 'room:1': ['subscribe'] } },
      { name: 'asked', when: { claims: { later: { present: false } } }, grant: { 'room:2': ['subscribe'] } },
    ];
    const { client } = await stageAndClient({ config: { rules } }, 'ada');
    await client.auth.authorize({ capability: { 'room:1': ['subscribe'] } });
    await expect(client.channels.get('room:2').attach()).rejects.toMatchObject({ code: 40160 });
    const connectionId = client.connection.id;

    await client.auth.authorize({});

    await client.channels.get('room:2').attach();
    expect(client.connection.id).toBe(connectionId);
  });

  it('loses a channel, which fails, while the connection stays', async () => {
    const { client } = await stageAndClient({}, 'ada');
    const channel = client.channels.get('room:7');
    await channel.attach();
    const failed = new Promise<Ably.ChannelStateChange>((resolve) => channel.once('failed', resolve));

    await client.auth.authorize({ capability: { 'room:8': ['subscribe'] } });

    expect((await failed).reason).toMatchObject({ code: 40160 });
    expect(client.connection.state).toBe('connected');
  });

  it('survives a renewal that is refused because nothing is left of what it asks for', async () => {
    const { client } = await stageAndClient({}, 'ada');
    await expect(client.auth.authorize({ capability: { elsewhere: ['subscribe'] } })).rejects.toMatchObject({
      code: 40160,
    });
    expect(client.connection.state).toBe('connected');
  });
});
