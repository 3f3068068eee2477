/** moto, somebody else's Secrets Manager and Parameter Store, as a server on a loopback port, where it is installed. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

export const hasMoto = spawnSync('moto_server', ['--help'], { stdio: 'ignore' }).status === 0;

export interface Moto {
  readonly clientOptions: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  stop(): Promise<void>;
}

export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const moto = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const endpoint = `http://127.0.0.1:${port}`;
  await untilItAnswers(endpoint);
  // It loads a service when that is first asked, which on a busy machine takes longer than a driver waits.
  await Promise.all([load(endpoint, 'secretsmanager', 'ListSecrets'), load(endpoint, 'ssm', 'DescribeParameters')]);
  return {
    clientOptions: { endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'any', secretAccessKey: 'any' } },
    async stop() {
      const ended = once(moto, 'exit');
      moto.kill();
      await ended;
    },
  };
}

async function load(endpoint: string, service: 'secretsmanager' | 'ssm', operation: string): Promise<void> {
  const credential = `Credential=any/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=any`;
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 ${credential}`,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `${service === 'ssm' ? 'AmazonSSM' : service}.${operation}`,
    },
    body: '{}',
  });
  if (!response.ok) throw new Error(`moto answers ${response.status} to ${operation}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Polls: moto has no other way to say that it is ready. Ended by the time limit of the hook. */
async function untilItAnswers(endpoint: string): Promise<void> {
  const answers = await fetch(`${endpoint}/moto-api/`).then(
    (response) => response.ok,
    () => false,
  );
  if (answers) return;
  await new Promise((resolve) => setTimeout(resolve, 50));
  await untilItAnswers(endpoint);
}
