/**
 * The rotation against moto: staging labels as somebody else understood them. Runs where `moto_server` is on the PATH, in
 * its lane always, and is shown as skipped elsewhere.
 */
import { randomUUID } from 'node:crypto';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRotatingSecret } from '../../adapters/key-sources/rotating-secret.ts';
import { replaceLeaked } from '../../core/rotation/replace-leaked.ts';
import { retireStep } from '../../core/rotation/rotate-secret.ts';
import { hasMoto, type Moto, startMoto } from '../key-sources/moto.ts';
import { FIRST, type RotationStage, STEPS, startRotationStage } from './stage.ts';

describe.skipIf(!hasMoto)('a rotation against moto (skipped without moto_server on the PATH)', () => {
  let moto: Moto;
  let stage: RotationStage;
  let client: SecretsManagerClient;

  beforeAll(async () => {
    moto = await startMoto();
    stage = await startRotationStage();
    client = new SecretsManagerClient(moto.clientOptions);
  });
  afterAll(async () => {
    client.destroy();
    await stage.close();
    await moto.stop();
  });

  it('moves the labels, each step three times, retires on time, and replaces a key that leaked', async () => {
    const SecretString = `${FIRST.name}:${FIRST.secret}`;
    await client.send(new CreateSecretCommand({ Name: 'ably/key', SecretString }));
    const secret = createRotatingSecret({
      secretId: 'ably/key',
      clientOptions: { ...moto.clientOptions, maxAttempts: 5 },
    });
    const parts = { ...stage.parts, secret };

    const version = randomUUID();
    for (const step of STEPS) for (let times = 0; times < 3; times += 1) await step(parts, version);
    const second = (await secret.currentKey()).name;
    expect([second === FIRST.name, (await secret.previousKey())?.name]).toEqual([false, FIRST.name]);
    expect((await secret.describe()).stages.get(version)).toContain('AWSCURRENT');
    expect((await secret.describe()).changedAtMs).toBeGreaterThan(0);

    expect(await retireStep(parts)).toMatchObject([{ did: 'waiting' }]);
    stage.pastTheBound();
    expect(await retireStep(parts)).toMatchObject([{ keyName: FIRST.name, did: 'revoked' }]);

    const replaced = await replaceLeaked(parts, second);
    expect(await replaceLeaked(parts, second)).toEqual(replaced);
    expect((await secret.currentKey()).name).toBe(replaced.current);
    expect(stage.control.keys()).toHaveLength(2);
  });
});
