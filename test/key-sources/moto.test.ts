/**
 * The same key sources against moto, somebody else's Secrets Manager and Parameter Store. Runs where `moto_server` is
 * on the PATH (`pip install 'moto[server]'`) and is shown as skipped elsewhere.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createParameterStoreKeySource } from '../../adapters/key-sources/aws-parameter-store.ts';
import { createSecretsManagerKeySource } from '../../adapters/key-sources/aws-secrets-manager.ts';

const OLD = 'app.old:aSecret';
const NEW = 'app.new:aSecret';

const isInstalled = spawnSync('moto_server', ['--help'], { stdio: 'ignore' }).status === 0;

describe.skipIf(!isInstalled)('key sources against moto (skipped without moto_server on the PATH)', () => {
  let moto: ChildProcess;
  let clientOptions: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };

  beforeAll(async () => {
    const port = await freePort();
    moto = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
    const endpoint = `http://127.0.0.1:${port}`;
    clientOptions = { endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'any', secretAccessKey: 'any' } };
    await untilItAnswers(endpoint);
  }, 60_000);

  afterAll(async () => {
    const ended = once(moto, 'exit');
    moto.kill();
    await ended;
  });

  it('follows a rotation in Secrets Manager: AWSCURRENT signs, AWSPREVIOUS is the key before', async () => {
    const client = new SecretsManagerClient(clientOptions);
    const source = createSecretsManagerKeySource({ secretId: 'ably/key', clientOptions });
    await expect(source.loadCurrent()).rejects.toMatchObject({ failure: 'not-found' });
    await client.send(new CreateSecretCommand({ Name: 'ably/key', SecretString: OLD }));
    expect([String(await source.loadCurrent()), await source.loadPrevious()]).toEqual(['app.old', undefined]);
    const SecretString = JSON.stringify({ apiKey: NEW });
    await client.send(new PutSecretValueCommand({ SecretId: 'ably/key', SecretString }));
    expect([String(await source.loadCurrent()), String(await source.loadPrevious())]).toEqual(['app.new', 'app.old']);
    await client.send(new DeleteSecretCommand({ SecretId: 'ably/key' }));
    await expect(source.loadCurrent()).rejects.toMatchObject({ failure: 'not-found' });
    client.destroy();
  });

  it('follows a rotation in Parameter Store: the latest version signs, the one before it is the previous key', async () => {
    const client = new SSMClient(clientOptions);
    const source = createParameterStoreKeySource({ parameter: '/ably/key', clientOptions });
    await expect(source.loadCurrent()).rejects.toMatchObject({ failure: 'not-found' });
    const put = (Value: string) =>
      client.send(new PutParameterCommand({ Name: '/ably/key', Type: 'SecureString', Value, Overwrite: true }));
    await put(OLD);
    expect([String(await source.loadCurrent()), await source.loadPrevious()]).toEqual(['app.old', undefined]);
    await put(NEW);
    expect([String(await source.loadCurrent()), String(await source.loadPrevious())]).toEqual(['app.new', 'app.old']);
    client.destroy();
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Polls: moto has no other way to say that it is ready. Ended by the time limit of the hook. */
async function untilItAnswers(endpoint: string): Promise<void> {
  const answers = await fetch(`${endpoint}/moto-api/`).then(
    (response) => response.ok,
    () => false,
  );
  if (answers) return;
  await new Promise((resolve) => setTimeout(resolve, 50));
  await untilItAnswers(endpoint);
}
