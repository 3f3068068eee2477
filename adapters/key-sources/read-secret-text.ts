/** A secret that is no API key, as text: the access token of Ably's Control API. Read anew for each use; nothing keeps it. */
import { RotationError } from '../../core/rotation/ports.ts';
import { AWS_CLIENT_OPTIONS } from './aws-client.ts';
import { explainAwsError } from './aws-failures.ts';
import { SECRET } from './aws-place.ts';

/**
 * @param setting that names the secret, for messages
 * @throws RotationError
 */
export async function readSecretText(secretId: string, setting: string): Promise<string> {
  if (secretId === '') throw new RotationError('refused', `${setting} is not set.`);
  let text: string | undefined;
  try {
    const { SecretsManagerClient, GetSecretValueCommand } = await import('./rotation-sdk.ts');
    const client = new SecretsManagerClient(AWS_CLIENT_OPTIONS);
    text = (await client.send(new GetSecretValueCommand({ SecretId: secretId }))).SecretString?.trim();
    client.destroy();
  } catch (error) {
    const place = { ...SECRET, setting, subject: `The secret that ${setting} names` };
    const { failure, message, remediation } = explainAwsError(error, place);
    throw new RotationError(failure === 'unreachable' ? 'unreachable' : 'refused', `${message} ${remediation}`);
  }
  if (text && /^[\x21-\x7e]+$/.test(text)) return text;
  throw new RotationError('unusable', `What ${setting} names is not one token in plain text.`);
}
