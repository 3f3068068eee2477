/**
 * A client that asks too often, with the real SDK at one end and the limit at the other: it stays alive, comes back, and a
 * connection that is up survives a renewal that was refused.
 */
import * as Ably from 'ably';
import { afterEach, describe, expect, it } from 'vitest';
import { createAblyAuth } from '../../client/index.ts';
import { type Stage, startStage, untilState } from '../stage.ts';

const started: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of started.splice(0).reverse()) await each.close();
});

async function stageOf(requests: number, per: '8s' | '1h'): Promise<Stage> {
  const stage = await startStage({ config: { rateLimit: { requests, per } } });
  started.push(stage);
  return stage;
}

function connect(stage: Stage, subject: string, options: Ably.ClientOptions = {}): Ably.Realtime {
  const client = new Ably.Realtime({
    ...stage.clientOptions(),
    authUrl: stage.authUrl,
    authHeaders: { cookie: stage.cookieOf(subject) },
    disconnectedRetryTimeout: 300,
    ...options,
  });
  started.push(client);
  return client;
}

const refusedIn = ({ events }: Stage): number =>
  events.filter((event) => event.kind === 'refused' && event.reason === 'rate-limited').length;

describe('a client over the limit', () => {
  it('is not FAILED: it waits, asks again, and connects when the window has ended', async () => {
    const stage = await stageOf(1, '8s');
    const first = connect(stage, 'ada');
    await untilState(first, 'connected');
    const second = connect(stage, 'ada');
    const seen: string[] = [];
    second.connection.on(({ current }) => seen.push(current));
    const { state, reason } = await untilState(second, 'disconnected', 'failed', 'suspended');
    expect(state).toBe('disconnected');
    expect(reason?.code).toBe(80019);
    expect(reason?.cause).toMatchObject({ code: 42910, statusCode: 401 });
    expect((await untilState(second, 'connected')).state).toBe('connected');
    expect(seen).not.toContain('failed');
    expect(refusedIn(stage)).toBeGreaterThan(0);
  });

  it('stays connected when a renewal is refused, and is renewed later', async () => {
    const stage = await stageOf(1, '8s');
    const client = connect(stage, 'ada');
    await untilState(client, 'connected');
    const { id } = client.connection;
    await expect(client.auth.authorize()).rejects.toMatchObject({ code: 42910, statusCode: 401 });
    expect([client.connection.state, client.connection.id]).toEqual(['connected', id]);
    await expect
      .poll(
        () =>
          client.auth
            .authorize()
            .then(() => 'renewed')
            .catch(({ code }: Ably.ErrorInfo) => code),
        {
          timeout: 10_000,
          interval: 200,
        },
      )
      .toBe('renewed');
    expect([client.connection.state, client.connection.id]).toEqual(['connected', id]);
  });

  it('keeps nobody else from connecting', async () => {
    const stage = await stageOf(2, '1h');
    const ada = connect(stage, 'ada');
    await untilState(ada, 'connected');
    for (let asked = 0; asked < 5; asked += 1) await ada.auth.authorize().catch(() => {});
    expect(refusedIn(stage)).toBe(4);
    const bob = connect(stage, 'bob');
    expect((await untilState(bob, 'connected', 'failed', 'disconnected')).state).toBe('connected');
  });

  it('with our helper asks when it was told to, and not before', async () => {
    const stage = await stageOf(1, '8s');
    const headers = { cookie: stage.cookieOf('ada') };
    await fetch(stage.authUrl, { headers });
    const auth = createAblyAuth({ url: stage.authUrl, headers });
    const client = auth.use(
      new Ably.Realtime({ ...stage.clientOptions(), authCallback: auth.authCallback, disconnectedRetryTimeout: 100 }),
    );
    started.push(client);
    expect((await untilState(client, 'connected', 'failed')).state).toBe('connected');
    expect(refusedIn(stage)).toBeLessThanOrEqual(2);
  });
});
