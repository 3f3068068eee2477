/**
 * What we use of the SSM client, named so that a bundler can leave the rest out. Imported dynamically only: a function
 * whose key is elsewhere never reads it.
 */
export { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
