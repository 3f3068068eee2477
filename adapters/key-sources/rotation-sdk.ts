/**
 * What a rotation uses of the Secrets Manager client, named so that a bundler can leave the rest out. Imported dynamically,
 * and by the rotation function only.
 */
export {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
