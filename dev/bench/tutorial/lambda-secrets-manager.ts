/** The same handler as people write it on AWS: the key from Secrets Manager through the AWS SDK, kept once it is read. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

import Ably from 'ably';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { respond } from './respond.ts';

const secrets = new SecretsManagerClient({});
let client: Promise<Ably.Rest> | undefined;

export function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  return respond(event, () => {
    client ??= createClient();
    return client;
  });
}

async function createClient(): Promise<Ably.Rest> {
  const command = new GetSecretValueCommand({ SecretId: process.env.ABLY_API_KEY_SECRET_ID });
  const { SecretString: key = '' } = await secrets.send(command);
  return new Ably.Rest({ key });
}
