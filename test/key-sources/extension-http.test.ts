import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TOO_LATE } from '../../adapters/key-sources/extension-answer.ts';
import { getThroughClient } from '../../adapters/key-sources/extension-client.ts';
import { getFromExtension, readPlain } from '../../adapters/key-sources/extension-http.ts';

const sockets = new Set<Socket>();
const requests: string[] = [];
let pieces: readonly string[] = [];
let ends = true;
const server = createServer((socket) => {
  sockets.add(socket);
  socket.on('error', () => {});
  socket.once('data', async (head) => {
    requests.push(head.toString('latin1'));
    for (const piece of pieces) {
      socket.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (ends) socket.end();
  });
});
let port = 0;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
beforeEach(() => {
  requests.length = 0;
  ends = true;
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

const get = (token = 'token') => getFromExtension(port, '/path?name=value', token, 1_500);
const viaClient = () => getThroughClient(port, '/path?name=value', 'token', 1_500);

describe('getFromExtension', () => {
  it.each([
    ['whole', ['HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n{"ü']],
    ['in pieces', ['HTTP/1.1 404 Not Fo', 'und\r\nDate: x\r\ncontent-le', 'ngth:4\r\n\r', '\n{}', '{}']],
    ['without a reason', ['HTTP/1.1 400 \r\nVary: accept-encoding\r\nContent-Length: 0\r\n\r\n']],
  ])('reads a plain answer, %s, as the client of Node does, with one request', async (_, answer) => {
    pieces = answer;
    const read = await get();
    expect(requests).toHaveLength(1);
    expect(read).toEqual(await viaClient());
  });

  it.each([
    ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n'],
    ['no length', 'HTTP/1.1 200 OK\r\n\r\n{}'],
    ['an interim answer', 'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'],
    ['an older version', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}'],
  ])('leaves %s to that client', async (_, answer) => {
    pieces = [answer];
    expect(await get()).toEqual({ status: 200, body: '{}' });
    expect(requests).toHaveLength(2);
  });

  it.each([
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}'],
    ['a length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}'],
    ['less than it says', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}'],
    ['no HTTP', 'hello'],
  ])('believes no answer with %s', async (_, answer) => {
    pieces = [answer];
    await expect(get()).rejects.toThrow();
  });

  it('sends no token that is not one line', async () => {
    pieces = ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'];
    await expect(get('token\r\nX-Other: 1')).rejects.toThrow();
    expect(requests).toEqual([]);
  });

  it('is one request with what the extension asks for', async () => {
    pieces = ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'];
    await get();
    expect(requests[0]?.split('\r\n')).toEqual([
      'GET /path?name=value HTTP/1.1',
      `Host: localhost:${port}`,
      'X-Aws-Parameters-Secrets-Token: token',
      'Connection: close',
      '',
      '',
    ]);
  });

  it.each([
    ['a plain one', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{'],
    ['another', 'HTTP/1.1 200 OK\r\n\r\n{'],
  ])('gives up an answer that does not end, %s', async (_, answer) => {
    pieces = [answer];
    ends = false;
    await expect(getFromExtension(port, '/', 'token', 50)).rejects.toBe(TOO_LATE);
  });
});

describe('readPlain', () => {
  const noise = fc.array(
    fc.constantFrom(
      'HTTP/1.1 200 OK',
      '\r\n',
      '\r\n\r\n',
      'Content-Length: 2',
      ' ',
      ':',
      '{}',
      'Content-Encoding: x',
      '0',
    ),
  );

  it('never reads more or less than the length that it was told', () => {
    fc.assert(
      fc.property(fc.string(), noise, fc.nat(3), (body, extra, cut) => {
        const bytes = Buffer.byteLength(body);
        const head = `HTTP/1.1 200 OK\r\nContent-Length: ${bytes}\r\n\r\n`;
        const whole = Buffer.from(head + body);
        expect(readPlain(whole)).toEqual({ status: 200, body });
        if (cut > 0) expect(readPlain(whole.subarray(0, -cut))).toBe('incomplete');
        const more = extra.join('');
        if (more !== '') expect(readPlain(Buffer.concat([whole, Buffer.from(more)]))).toBeUndefined();
      }),
    );
  });

  it('never throws, and takes nothing that has an encoding', () => {
    fc.assert(
      fc.property(noise, (parts) => {
        const answer = readPlain(Buffer.from(parts.join('')));
        if (typeof answer === 'object') expect(answer.body).toHaveLength(2);
      }),
    );
  });
});
