/**
 * Loads a server from another process: `{ port, milliseconds }` in, `{ requests, milliseconds }` out.
 *
 * Plain sockets and not an HTTP client: one that parses headers costs more than the servers it would measure, and the
 * load must never be what is measured. Each connection sends its next request when the answer before it is complete,
 * which is known by its Content-Length; any answer but 200 ends the benchmark.
 */
import { connect, type Socket } from 'node:net';

interface Order {
  readonly port: number;
  readonly milliseconds: number;
}

const CONNECTIONS = 32;
const [, , path = '/', cookie = ''] = process.argv;

process.on('message', async ({ port, milliseconds }: Order) => {
  const lines = [
    'Accept: */*',
    'Accept-Encoding: gzip, deflate, br',
    'User-Agent: bench',
    'Sec-Fetch-Site: same-origin',
  ];
  if (cookie !== '') lines.push(`Cookie: ${cookie}`);
  const request = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${lines.join('\r\n')}\r\n\r\n`);
  let requests = 0;
  const sockets = Array.from({ length: CONNECTIONS }, () => keepAsking(port, request, () => (requests += 1)));
  const startedAt = performance.now();
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  const result = { requests, milliseconds: performance.now() - startedAt };
  for (const socket of sockets) socket.destroy();
  process.send?.(result);
});
process.send?.({ ready: true });

function keepAsking(port: number, request: Buffer, onAnswer: () => void): Socket {
  const socket = connect(port, '127.0.0.1').setNoDelay(true).setEncoding('latin1');
  let received = '';
  socket.on('connect', () => socket.write(request));
  socket.on('data', (chunk: string) => {
    received += chunk;
    const headEnd = received.indexOf('\r\n\r\n');
    if (headEnd === -1) return;
    const bodyLength = Number(/\r\ncontent-length: (\d+)/i.exec(received)?.[1]);
    if (!received.startsWith('HTTP/1.1 200') || Number.isNaN(bodyLength)) throw new Error(`Unfit answer: ${received}`);
    if (received.length < headEnd + 4 + bodyLength) return;
    received = '';
    onAnswer();
    socket.write(request);
  });
  return socket;
}
