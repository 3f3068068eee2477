/** The two stores of AWS, in the words of our settings and of theirs. Apart from what explains failures, which few loads need. */
import type { KeyPlace } from './read-key.ts';

/** What was being read, for the sentences of an error. */
export interface AwsPlace extends KeyPlace {
  readonly service: 'Secrets Manager' | 'Parameter Store';
  readonly noun: 'secret' | 'parameter';
  /** The IAM action it takes. */
  readonly action: string;
}

export const SECRET: AwsPlace = {
  setting: 'ABLY_API_KEY_SECRET_ID',
  subject: 'The secret that ABLY_API_KEY_SECRET_ID names',
  service: 'Secrets Manager',
  noun: 'secret',
  action: 'secretsmanager:GetSecretValue',
};

export const PARAMETER: AwsPlace = {
  setting: 'ABLY_API_KEY_PARAMETER',
  subject: 'The parameter that ABLY_API_KEY_PARAMETER names',
  service: 'Parameter Store',
  noun: 'parameter',
  action: 'ssm:GetParameter',
};
