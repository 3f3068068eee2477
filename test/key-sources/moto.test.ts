/**
 * The same key sources against moto, somebody else's Secrets Manager and Parameter Store. Runs where `moto_server` is
 * on the PATH (`pip install 'moto[server]'`) and is shown as skipped elsewhere.
 */
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
import { hasMoto, type Moto, startMoto } from './moto.ts';

const OLD = 'app.old:aSecret';
const NEW = 'app.new:aSecret';

describe.skipIf(!hasMoto)('key sources against moto (skipped without moto_server on the PATH)', () => {
  let moto: Moto;
  let clientOptions: Moto['clientOptions'];

  beforeAll(async () => {
    moto = await startMoto();
    ({ clientOptions } = moto);
  });
  afterAll(() => moto.stop());

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
