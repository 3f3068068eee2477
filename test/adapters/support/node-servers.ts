/** Running servers, raw connections to them, and an endpoint that answers when told to; all closed after each test. */
import type { Socket } from 'node:net';
import { afterEach } from 'vitest';
import { type NodeServerOptions, type RunningNodeServer, startNodeServer } from '../../../adapters/node/serve.ts';
import type { AuthEndpoint } from '../../../core/auth-endpoint.ts';
import { createProbe, type Probe } from './exchange.ts';
import { openSocket } from './raw-socket.ts';

export const FORM = ['Content-Type', 'application/x-www-form-urlencoded'] as const;
const servers: RunningNodeServer[] = [];
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

export async function start(
  endpoint: AuthEndpoint,
  options: Partial<NodeServerOptions> = {},
): Promise<RunningNodeServer> {
  const server = await startNodeServer({ endpoint, host: '127.0.0.1', port: 0, ...options });
  servers.push(server);
  return server;
}

export async function connect({ port }: RunningNodeServer): Promise<Socket> {
  const socket = await openSocket(port);
  sockets.push(socket.on('error', () => {}));
  return socket;
}

export function closing(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => socket.once('close', resolve));
}

/** An endpoint that answers when told to. */
export function createGate(): Probe & { readonly open: () => void } {
  const probe = createProbe();
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const handle: AuthEndpoint['handle'] = async (request) => {
    const answer = await probe.endpoint.handle(request);
    await opened;
    return answer;
  };
  return { endpoint: { handle }, seen: probe.seen, open: () => open() };
}

export async function until(condition: () => boolean): Promise<void> {
  const giveUpMs = performance.now() + 30_000;
  while (!condition()) {
    if (performance.now() > giveUpMs) throw new Error('waited for 30 seconds');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
