/** The key sources that the package offers beside the hosts which can use them; each is documented where it is made. */
export type { KeySource } from '../../core/keys/key-source.ts';
export {
  createParameterStoreKeySource,
  type ParameterStoreKeySourceOptions,
} from '../key-sources/aws-parameter-store.ts';
export { createSecretsExtensionKeySource, type SecretsExtensionOptions } from '../key-sources/aws-secrets-extension.ts';
export {
  createSecretsManagerKeySource,
  type SecretsManagerKeySourceOptions,
} from '../key-sources/aws-secrets-manager.ts';
export { chooseKeySource } from '../key-sources/choose-key-source.ts';
export { createEnvironmentKeySource } from '../key-sources/environment.ts';
