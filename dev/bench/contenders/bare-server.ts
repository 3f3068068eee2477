/** The bare cost as a server: `node:http` and nothing around it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bareTokenRequest } from './bare-token-request.ts';

/** @returns the port that the system chose */
export function start(): Promise<number> {
  const server = createServer((req, res) => {
    const body = bareTokenRequest(req.headers.cookie?.split('; '));
    res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
    res.end(body);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
