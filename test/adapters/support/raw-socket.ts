/** HTTP/1.1 by hand: exactly these lines are sent, and exactly what comes back is told apart. */
import { connect, type Socket } from 'node:net';
import type { WireAnswer, WireRequest } from './exchange.ts';

export function requestHead({ method, rawQuery, headers = [], body }: WireRequest, path = '/api/ably-auth'): string {
  const target = rawQuery === undefined ? path : `${path}?${rawQuery}`;
  const length = body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const lines = [
    `${method} ${target} HTTP/1.1`,
    'Host: auth.example',
    ...headers.map(([n, v]) => `${n}: ${v}`),
    ...length,
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** One request on a connection of its own. */
export async function sendRaw(port: number, request: WireRequest, path?: string): Promise<WireAnswer> {
  const socket = await openSocket(port);
  try {
    socket.write(requestHead(request, path));
    if (request.body !== undefined) socket.write(request.body);
    return await readAnswer(socket, request.method);
  } finally {
    socket.destroy();
  }
}

export function openSocket(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Resolves with the next answer on the connection; rejects when the connection ends first. */
export function readAnswer(socket: Socket, method: string): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    let received = '';
    const done = (): void => {
      socket.off('data', onData).off('close', onClose).off('error', onClose);
    };
    const onData = (chunk: Buffer): void => {
      received += chunk.toString('latin1');
      const answer = parseAnswer(received, method);
      if (!answer) return;
      done();
      resolve(answer);
    };
    const onClose = (): void => {
      done();
      reject(new Error(`the connection ended after ${received.length} bytes`));
    };
    socket.on('data', onData).on('close', onClose).on('error', onClose);
  });
}

function parseAnswer(received: string, method: string): WireAnswer | undefined {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const [statusLine = '', ...lines] = received.slice(0, headEnd).split('\r\n');
  const headers = new Map<string, string>();
  const setCookies: string[] = [];
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === 'set-cookie') setCookies.push(value);
    else headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value);
  }
  const status = Number(statusLine.split(' ')[1]);
  const length = method === 'HEAD' || status === 204 ? 0 : Number(headers.get('content-length') ?? 0);
  const body = received.slice(headEnd + 4);
  if (body.length < length) return undefined;
  return { status, headers, setCookies, body: Buffer.from(body, 'latin1').toString('utf8') };
}
