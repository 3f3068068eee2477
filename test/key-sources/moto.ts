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
  return {
    clientOptions: { endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'any', secretAccessKey: 'any' } },
    async stop() {
      const ended = once(moto, 'exit');
      moto.kill();
      await ended;
    },
  };
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
