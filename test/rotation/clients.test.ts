/** A rotation seen from outside: real clients that stay connected and renew, an endpoint that notices, and a key that leaks. */
import * as Ably from 'ably';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSecretsManagerKeySource } from '../../adapters/key-sources/aws-secrets-manager.ts';
import { startNodeServer } from '../../adapters/node/serve.ts';
import { replaceLeaked, whoIsDisconnected } from '../../core/rotation/replace-leaked.ts';
import { retireStep } from '../../core/rotation/rotate-secret.ts';
import { anonymous, configureEndpoint } from '../../index.ts';
import { untilState } from '../stage.ts';
import { FIRST, type RotationStage, SECRET_ID, STEPS, startRotationStage } from './stage.ts';

const CACHE_MS = 5 * 60_000;

let stage: RotationStage;
let server: Awaited<ReturnType<typeof startNodeServer>>;
let client: Ably.Realtime;
let states: string[];

beforeEach(async () => {
  stage = await startRotationStage();
  const { clientOptions, clock } = stage;
  const endpoint = configureEndpoint({
    definition: {
      build: () => ({
        sources: [anonymous()],
        rules: [{ name: 'all', when: { kind: 'anonymous' }, grant: { notifications: ['subscribe'] } }],
      }),
    },
    env: {},
    keySource: { ok: true, source: createSecretsManagerKeySource({ secretId: SECRET_ID, clientOptions }) },
    nowMs: () => clock.nowMs,
  });
  server = await startNodeServer({ endpoint, host: '127.0.0.1', port: 0 });
  const authUrl = `${server.url}/api/ably-auth`;
  client = new Ably.Realtime({ ...stage.service.clientOptions, logLevel: 0, authUrl });
  await untilState(client, 'connected');
  states = [];
  client.connection.on(({ previous, current }) => states.push(previous === current ? 'update' : current));
});

afterEach(async () => {
  client.close();
  await server.close();
  await stage.close();
});

/** What Ably does before a token ends: the client fetches another. */
async function renew(): Promise<string | undefined> {
  await client.auth.authorize();
  return stage.service.connections()[0]?.keyName;
}

describe('clients, while the key is rotated', () => {
  it('stay connected and renew throughout; the endpoint signs with the new key within its cache time', async () => {
    const signedBy: (string | undefined)[] = [];
    const version = stage.announce();
    for (const step of STEPS) {
      await step(stage.parts, version);
      signedBy.push(await renew());
    }
    const second = await stage.current();
    expect(new Set(signedBy)).toEqual(new Set([FIRST.name]));

    stage.clock.nowMs += CACHE_MS;
    expect(await renew()).toBe(second);

    stage.pastTheBound();
    expect(await renew()).toBe(second);
    expect(await retireStep(stage.parts)).toMatchObject([{ keyName: FIRST.name, did: 'revoked' }]);
    expect(await renew()).toBe(second);
    expect(new Set(states)).toEqual(new Set(['update']));
    expect(client.connection.state).toBe('connected');
  });

  it('may be connected by the old key for as long as it must live', async () => {
    await stage.rotate();
    expect(await renew()).toBe(FIRST.name);
    await retireStep(stage.parts);
    expect(client.connection.state).toBe('connected');
  });
});

describe('the day the key leaks', () => {
  it('ends all that lives by it at once, and says so; clients that authorise again are back with the new key', async () => {
    const replaced = await replaceLeaked(stage.parts, FIRST.name);
    expect(replaced).toEqual({ revoked: FIRST.name, current: await stage.current() });
    expect(stage.key(FIRST.name)).toBeUndefined();
    const { reason } = await untilState(client, 'failed');
    expect(reason).toMatchObject({ code: 40131, statusCode: 401 });
    expect(whoIsDisconnected(replaced.revoked).join(' ')).toMatch(
      /signed by rotapp\.first[\s\S]*40131[\s\S]*FAILED[\s\S]*authorize/,
    );

    // Until the endpoint reads the secret again, what it signs is worth nothing.
    await expect(client.auth.authorize()).rejects.toBeDefined();
    stage.clock.nowMs += CACHE_MS;
    await client.auth.authorize();
    await untilState(client, 'connected');
    expect(stage.service.connections()[0]?.keyName).toBe(replaced.current);
  });

  it('can be run again wherever it was cut off, and touches no other key', async () => {
    const once = await replaceLeaked(stage.parts, FIRST.name);
    expect(await replaceLeaked(stage.parts, FIRST.name)).toEqual(once);
    expect(stage.control.keys()).toHaveLength(2);
  });

  it('is done with every key that lay in the store, also with one that was pending', async () => {
    const pending = stage.announce();
    for (const step of STEPS.slice(0, 3)) await step(stage.parts, pending);
    const name = (await stage.parts.secret.keyOf(pending))?.name ?? '';
    const { current } = await replaceLeaked(stage.parts, FIRST.name);
    expect(current).not.toBe(name);
    expect(await replaceLeaked(stage.parts, name)).toEqual({ revoked: name, current });
    expect([stage.key(FIRST.name), stage.key(name), await stage.current()]).toEqual([undefined, undefined, current]);
  });

  it('does not wait for the bound, and refuses a key of another app', async () => {
    await stage.rotate();
    const second = await stage.current();
    expect(await replaceLeaked(stage.parts, second)).toMatchObject({ revoked: second });
    await expect(replaceLeaked(stage.parts, 'other.key')).rejects.toMatchObject({ problem: 'refused' });
  });
});
