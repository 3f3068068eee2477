/**
 * The AWS module applied and destroyed against moto, somebody else's AWS on this machine, with the secret in its Secrets
 * Manager: everything is made, everything goes, and neither the state nor the plan ever held the key.
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasMoto, type Moto, startMoto } from '../../key-sources/moto.ts';
import { createScratch, PROJECT } from '../support/scratch.ts';
import { findTerraform } from './terraform.ts';

const KEY = 'appid.keyid:not-a-real-secret';
const SERVICES = ['iam', 'lambda', 'apigatewayv2', 'cloudwatch', 'cloudwatchlogs', 'dynamodb', 'secretsmanager', 'sts'];
/** A zip with nothing in it: nobody runs it. */
const EMPTY_ZIP = Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)]);

const scratch = createScratch('terraform-apply');
const folder = join(scratch.path, 'root');
cpSync(join(PROJECT, 'infra/terraform/aws'), join(folder, 'module'), {
  recursive: true,
  filter: (path) => !path.includes('.terraform'),
});
const terraform = findTerraform(scratch.path);
writeFileSync(join(folder, 'main.tf.json'), JSON.stringify({ module: { auth: { source: './module' } } }));
const isReady = hasMoto && (terraform?.init(folder) ?? false);

let moto: Moto | undefined;
afterAll(async () => {
  await moto?.stop();
  scratch.remove();
});

describe.skipIf(!isReady)('infra/terraform/aws against moto', () => {
  beforeAll(async () => {
    moto = await startMoto();
    const client = new SecretsManagerClient(moto.clientOptions);
    const { ARN } = await client.send(new CreateSecretCommand({ Name: 'ably/api-key', SecretString: KEY }));
    const { endpoint, region } = moto.clientOptions;
    const provider = {
      region,
      access_key: 'fake',
      secret_key: 'fake',
      skip_credentials_validation: true,
      skip_metadata_api_check: true,
      skip_requesting_account_id: true,
      endpoints: [Object.fromEntries(SERVICES.map((name) => [name, endpoint]))],
    };
    const auth = {
      source: './module',
      artifact: 'empty.zip',
      api_key_secret_arn: ARN,
      runtime: 'nodejs22.x',
      store: true,
      store_deletion_protection: false,
      tracing: true,
    };
    const outputOf = (name: string): object => ({ value: `\${module.auth.${name}}` });
    const output = { url: outputOf('auth_url'), log: outputOf('log_group_name') };
    writeFileSync(join(folder, 'empty.zip'), EMPTY_ZIP);
    writeFileSync(
      join(folder, 'main.tf.json'),
      JSON.stringify({ provider: { aws: provider }, module: { auth }, output }),
    );
  });

  it('makes everything, and says where it answers', () => {
    const applied = terraform?.run(folder, 'apply', '-input=false', '-auto-approve', '-no-color');
    expect(applied?.status, applied?.said).toBe(0);
    const outputs = JSON.parse(terraform?.run(folder, 'output', '-json').said ?? '{}') as Record<string, unknown>;
    expect(outputs).toMatchObject({
      url: { value: expect.stringMatching(/^https:\/\/.+\/api\/ably-auth$/) },
      log: { value: '/aws/lambda/ably-auth' },
    });
  }, 180_000);

  it('never had the key', () => {
    const state = readFileSync(join(folder, 'terraform.tfstate'), 'utf8');
    expect(state).toContain('ABLY_API_KEY_SECRET_ID');
    expect(state).not.toContain('not-a-real-secret');
  });

  it('takes everything away again, but for the secret, which is not its own', () => {
    const destroyed = terraform?.run(folder, 'destroy', '-auto-approve', '-no-color');
    expect(destroyed?.status, destroyed?.said).toBe(0);
    const left = JSON.parse(readFileSync(join(folder, 'terraform.tfstate'), 'utf8')) as {
      readonly resources: object[];
    };
    expect(left.resources).toEqual([]);
  }, 180_000);
});
