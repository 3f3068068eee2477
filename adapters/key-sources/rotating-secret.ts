/**
 * One secret of AWS Secrets Manager with its labelled versions, as a rotation sees it, one call a method. What each label
 * means, and when it may move, is decided in core/rotation.
 *
 * Needs `secretsmanager:DescribeSecret`, `GetSecretValue`, `PutSecretValue` and `UpdateSecretVersionStage` on this secret.
 */
import type * as SecretsManager from '@aws-sdk/client-secrets-manager';
import type { ApiKey } from '../../core/keys/api-key.ts';
import { type RotatingSecret, RotationError } from '../../core/rotation/ports.ts';
import { AWS_CLIENT_OPTIONS, lazyAwsClient } from './aws-client.ts';
import { explainAwsError, hasAwsErrorName } from './aws-failures.ts';
import { SECRET } from './aws-place.ts';
import { readFormerKey, readStoredKey, replaceStoredKey } from './read-key.ts';

type Sdk = Pick<
  typeof SecretsManager,
  | 'SecretsManagerClient'
  | 'DescribeSecretCommand'
  | 'GetSecretValueCommand'
  | 'PutSecretValueCommand'
  | 'UpdateSecretVersionStageCommand'
>;

export interface RotatingSecretOptions {
  /** Name or ARN. */
  readonly secretId: string;
  /** Which field holds the key, when the secret is JSON; the others are carried over. Default: as when it is read. */
  readonly field?: string | undefined;
  readonly clientOptions?: SecretsManager.SecretsManagerClientConfig;
}

interface Selector {
  readonly VersionStage?: 'AWSCURRENT' | 'AWSPREVIOUS';
  readonly VersionId?: string;
}

export function createRotatingSecret({ secretId, field, clientOptions }: RotatingSecretOptions): RotatingSecret {
  const connect = lazyAwsClient<Sdk, SecretsManager.SecretsManagerClient>(
    () => import('./rotation-sdk.ts'),
    (sdk) => new sdk.SecretsManagerClient({ ...AWS_CLIENT_OPTIONS, ...clientOptions }),
  );
  const SecretId = secretId;

  async function readText(selector: Selector): Promise<string | undefined> {
    const { sdk, client } = await connect();
    return (await client.send(new sdk.GetSecretValueCommand({ SecretId, ...selector }))).SecretString;
  }

  /** `undefined` for a version or label that is not there. */
  async function readTextIfAny(selector: Selector): Promise<string | undefined> {
    try {
      return await readText(selector);
    } catch (error) {
      // A version that has a label and no value yet, as Secrets Manager makes it, is answered one way or the other.
      if (hasAwsErrorName(error, 'ResourceNotFoundException')) return undefined;
      if ('VersionId' in selector && hasAwsErrorName(error, 'InvalidRequestException')) return undefined;
      throw failed(error);
    }
  }

  return Object.freeze({
    async describe() {
      const { sdk, client } = await connect();
      const described = await client.send(new sdk.DescribeSecretCommand({ SecretId })).catch(rethrow);
      const { ARN, VersionIdsToStages = {}, LastChangedDate, ReplicationStatus = [] } = described;
      if (ARN === undefined) throw new RotationError('unreachable', 'What Secrets Manager answered cannot be read.');
      return {
        secretArn: ARN,
        stages: new Map(Object.entries(VersionIdsToStages)),
        laggingRegions: ReplicationStatus.flatMap(({ Region, Status }) =>
          Status === 'InSync' ? [] : [Region ?? 'an unnamed region'],
        ),
        ...(LastChangedDate && { changedAtMs: LastChangedDate.getTime() }),
      };
    },
    async currentKey() {
      try {
        return readStoredKey(await readText({ VersionStage: 'AWSCURRENT' }), field, SECRET);
      } catch (error) {
        throw failed(error);
      }
    },
    previousKey: async () => formerKey(await readTextIfAny({ VersionStage: 'AWSPREVIOUS' }), field),
    keyOf: async (version) => formerKey(await readTextIfAny({ VersionId: version }), field),
    async storePending(version, key) {
      const { sdk, client } = await connect();
      try {
        const SecretString = replaceStoredKey(await readText({ VersionStage: 'AWSCURRENT' }), field, key);
        const stored = { SecretId, ClientRequestToken: version, SecretString, VersionStages: ['AWSPENDING'] };
        await client.send(new sdk.PutSecretValueCommand(stored));
        return 'stored';
      } catch (error) {
        // The store compares: the same value under the same version again is no error.
        if (hasAwsErrorName(error, 'ResourceExistsException')) return 'other-stored';
        throw failed(error);
      }
    },
    async makeCurrent(version, from) {
      const { sdk, client } = await connect();
      const move = {
        SecretId,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: version,
        ...(from !== undefined && { RemoveFromVersionId: from }),
      };
      await client.send(new sdk.UpdateSecretVersionStageCommand(move)).catch(rethrow);
    },
  } satisfies RotatingSecret);
}

function formerKey(text: string | undefined, field: string | undefined): ApiKey | undefined {
  return text === undefined ? undefined : readFormerKey(text, field);
}

function rethrow(error: unknown): never {
  throw failed(error);
}

/** The sentences that reading a key has for AWS errors, which hold nothing of what was sent or answered (S10). */
function failed(error: unknown): RotationError {
  if (error instanceof RotationError) return error;
  const { failure, message, remediation } = explainAwsError(error, SECRET);
  const problem = failure === 'unreachable' ? 'unreachable' : failure === 'malformed' ? 'unusable' : 'refused';
  return new RotationError(problem, `${message} ${remediation}`);
}
