/**
 * What we use of the Secrets Manager client, named so that a bundler can leave the rest out. Imported dynamically only:
 * a function whose key is elsewhere never reads it.
 */
export { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
