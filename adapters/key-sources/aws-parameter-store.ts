/**
 * Reads the API key from AWS Systems Manager Parameter Store. The latest version of the parameter signs; the version
 * before it is the previous key.
 *
 * One `GetParameter` for the one, two for the other; which version that is, is decided in parameter-version.ts. Caching
 * and outages are the key ring's.
 */
import type * as Ssm from '@aws-sdk/client-ssm';
import type { KeySource } from '../../core/keys/key-source.ts';
import { AWS_CLIENT_OPTIONS, lazyAwsClient } from './aws-client.ts';
import { explainAwsError, hasAwsErrorName } from './aws-failures.ts';
import { PARAMETER } from './aws-place.ts';
import { formerVersion, isPinned } from './parameter-version.ts';
import { readFormerKey, readStoredKey } from './read-key.ts';

type Sdk = Pick<typeof Ssm, 'SSMClient' | 'GetParameterCommand'>;

export interface ParameterStoreKeySourceOptions {
  /** Name or ARN of the parameter, of type SecureString or String. Its value is the key, or JSON as in a secret. */
  readonly parameter: string;
  /** The field of a JSON value. Default: the first of `ABLY_API_KEY`, `apiKey`, `key` that it has. */
  readonly field?: string | undefined;
  /** Passed to the client; see `SecretsManagerKeySourceOptions`. */
  readonly clientOptions?: Ssm.SSMClientConfig;
  /** For hosts whose bundler cannot follow the import: the module itself. Default: imports it on first use. */
  readonly loadSdk?: () => Promise<Sdk>;
}

/**
 * Its loads fail with each of the four kinds. Needs `ssm:GetParameter` on the parameter, and `kms:Decrypt` when that is
 * encrypted with a key of one's own. Loading the previous key takes two calls.
 */
export function createParameterStoreKeySource(options: ParameterStoreKeySourceOptions): KeySource {
  const { parameter, field, clientOptions, loadSdk = () => import('./ssm-sdk.ts') } = options;
  const connect = lazyAwsClient<Sdk, Ssm.SSMClient>(
    loadSdk,
    (sdk) => new sdk.SSMClient({ ...AWS_CLIENT_OPTIONS, ...clientOptions }),
  );

  async function read(name: string): Promise<Ssm.Parameter | undefined> {
    const { sdk, client } = await connect();
    const answer = await client.send(new sdk.GetParameterCommand({ Name: name, WithDecryption: true }));
    return answer.Parameter;
  }

  return Object.freeze({
    name: 'aws-parameter-store',
    setting: PARAMETER.setting,
    async loadCurrent() {
      try {
        return readStoredKey((await read(parameter))?.Value, field, PARAMETER);
      } catch (error) {
        throw explainAwsError(error, PARAMETER);
      }
    },
    async loadPrevious() {
      if (isPinned(parameter)) return undefined;
      try {
        const version = formerVersion((await read(parameter))?.Version);
        return version === undefined ? undefined : readFormerKey((await read(`${parameter}:${version}`))?.Value, field);
      } catch (error) {
        // Only the latest 100 versions are kept, and they can be made to go.
        if (hasAwsErrorName(error, 'ParameterVersionNotFound')) return undefined;
        throw explainAwsError(error, PARAMETER);
      }
    },
  });
}
