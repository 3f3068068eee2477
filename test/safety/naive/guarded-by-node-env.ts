/** Keeps a demo login out of production by NODE_ENV alone, and listens wherever the machine has an address. */
import { createServer, type Server } from 'node:http';

export const startsIn = (env: Readonly<Record<string, string | undefined>>): boolean => env.NODE_ENV !== 'production';

export function listenEverywhere(): Promise<Server> {
  const server = createServer((_req, res) => res.end('welcome'));
  return new Promise((resolve) => server.listen(0, () => resolve(server)));
}
