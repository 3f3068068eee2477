/**
 * Reads the API key from AWS Secrets Manager: version AWSCURRENT signs, version AWSPREVIOUS is the key before it.
 *
 * One `GetSecretValue` a load. Secrets Manager moves AWSPREVIOUS by itself when a secret gets a new value. Caching and
 * outages are the key ring's.
 */
import type * as SecretsManager from '@aws-sdk/client-secrets-manager';
import type { KeySource } from '../../core/keys/key-source.ts';
import { AWS_CLIENT_OPTIONS, lazyAwsClient } from './aws-client.ts';
import { explainAwsError, hasAwsErrorName } from './aws-failures.ts';
import { SECRET } from './aws-place.ts';
import { readFormerKey, readStoredKey } from './read-key.ts';

type Sdk = Pick<typeof SecretsManager, 'SecretsManagerClient' | 'GetSecretValueCommand'>;

export interface SecretsManagerKeySourceOptions {
  /** Name or ARN of the secret. Its value is the key, or a JSON object with the key in a field. */
  readonly secretId: string;
  /** The field of a JSON secret. Default: the first of `ABLY_API_KEY`, `apiKey`, `key` that it has. */
  readonly field?: string | undefined;
  /**
   * Passed to the client; a `requestHandler` or `maxAttempts` in it replaces our timeouts. Outside AWS it takes a
   * region and credentials. A Vercel function has them from its OIDC token, without any stored AWS key:
   * `{ region: 'eu-west-1', credentials: awsCredentialsProvider({ roleArn }) }`, the provider from
   * `@vercel/oidc-aws-credentials-provider`.
   */
  readonly clientOptions?: SecretsManager.SecretsManagerClientConfig;
  /** For hosts whose bundler cannot follow the import: the module itself. Default: imports it on first use. */
  readonly loadSdk?: () => Promise<Sdk>;
}

/**
 * Its loads fail with each of the four kinds. Needs `secretsmanager:GetSecretValue` on the secret, and `kms:Decrypt`
 * when that is encrypted with a key of one's own.
 */
export function createSecretsManagerKeySource(options: SecretsManagerKeySourceOptions): KeySource {
  const { secretId, field, clientOptions, loadSdk = () => import('./secrets-manager-sdk.ts') } = options;
  const connect = lazyAwsClient<Sdk, SecretsManager.SecretsManagerClient>(
    loadSdk,
    (sdk) => new sdk.SecretsManagerClient({ ...AWS_CLIENT_OPTIONS, ...clientOptions }),
  );

  async function readVersion(stage: 'AWSCURRENT' | 'AWSPREVIOUS'): Promise<string | undefined> {
    const { sdk, client } = await connect();
    const answer = await client.send(new sdk.GetSecretValueCommand({ SecretId: secretId, VersionStage: stage }));
    return answer.SecretString;
  }

  return Object.freeze({
    name: 'aws-secrets-manager',
    setting: SECRET.setting,
    async loadCurrent() {
      try {
        return readStoredKey(await readVersion('AWSCURRENT'), field, SECRET);
      } catch (error) {
        throw explainAwsError(error, SECRET);
      }
    },
    async loadPrevious() {
      try {
        return readFormerKey(await readVersion('AWSPREVIOUS'), field);
      } catch (error) {
        // A secret that never changed has no such version. One that does not exist gives the same answer; then it is
        // the load of the current key that says so.
        if (hasAwsErrorName(error, 'ResourceNotFoundException')) return undefined;
        throw explainAwsError(error, SECRET);
      }
    },
  });
}
