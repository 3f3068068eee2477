/**
 * Two stores of the key on this machine, for cold starts: Secrets Manager as the AWS SDK asks it, and the Parameters and
 * Secrets extension as it is asked inside Lambda. They answer at once, so that what is measured is the asking.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Settings } from './children.ts';
import { API_KEY } from './requests.ts';

export interface LocalSecrets {
  /** For a handler that asks Secrets Manager. */
  readonly secretsManager: Settings;
  /** For one that asks the extension. */
  readonly extension: Settings;
  close(): void;
}

const SECRET_ID = 'fake/ably-api-key';

export async function openLocalSecrets(): Promise<LocalSecrets> {
  const server = createServer((_req, res) => {
    const body = JSON.stringify({
      ARN: `arn:aws:secretsmanager:eu-west-1:000000000000:secret:${SECRET_ID}-abcdef`,
      Name: SECRET_ID,
      VersionId: '00000000-0000-4000-8000-000000000000',
      VersionStages: ['AWSCURRENT'],
      CreatedDate: 1_767_225_600,
      SecretString: API_KEY,
    });
    res.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.1', 'Content-Length': Buffer.byteLength(body) });
    res.end(body);
  });
  const port = await listen(server);
  return {
    secretsManager: {
      ABLY_API_KEY_SECRET_ID: SECRET_ID,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${port}`,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'fake',
      AWS_SECRET_ACCESS_KEY: 'fake',
      AWS_SESSION_TOKEN: 'fake',
      // It warns on a Node that Lambda no longer offers, which costs time that it would not cost there.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
    extension: {
      ABLY_API_KEY_SECRET_ID: SECRET_ID,
      PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(port),
      AWS_SESSION_TOKEN: 'fake',
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
