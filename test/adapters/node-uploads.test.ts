import { describe, expect, it } from 'vitest';
import { MAX_DISCARDED_BYTES } from '../../adapters/node/discard-rest.ts';
import { MAX_BODY_BYTES } from '../../core/limits.ts';
import { createProbe, onlyRequest } from './support/exchange.ts';
import { closing, connect, createGate, FORM, start, until } from './support/node-servers.ts';
import { readAnswer, requestHead, sendRaw } from './support/raw-socket.ts';

describe('an upload that is too large', () => {
  const chunked = (bytes: number): string => `${bytes.toString(16)}\r\n${'a'.repeat(bytes)}\r\n`;
  const chunkedHead = requestHead({ method: 'POST', headers: [FORM, ['Transfer-Encoding', 'chunked']] });

  it('with a Content-Length is answered before it has arrived, and a little of the rest is thrown away', async () => {
    const probe = createProbe({ status: 400 });
    const socket = await connect(await start(probe.endpoint));
    const size = MAX_BODY_BYTES + 200_000;
    const head = requestHead({ method: 'POST', headers: [FORM] }).replace(
      '\r\n\r\n',
      `\r\nContent-Length: ${size}\r\n\r\n`,
    );
    socket.write(head + 'a'.repeat(MAX_BODY_BYTES + 100));
    expect((await readAnswer(socket, 'POST')).status).toBe(400);
    expect(onlyRequest(probe).body).toHaveLength(MAX_BODY_BYTES + 1);

    socket.write('a'.repeat(size - MAX_BODY_BYTES - 100) + requestHead({ method: 'GET', rawQuery: 'next=1' }));
    expect((await readAnswer(socket, 'GET')).status).toBe(400);
    expect(probe.seen[1]?.query).toEqual([['next', '1']]);
  });

  it('in chunks is answered as well, and the connection can be used again', async () => {
    const probe = createProbe({ status: 400 });
    const socket = await connect(await start(probe.endpoint));
    socket.write(chunkedHead + chunked(MAX_BODY_BYTES) + chunked(1_000));
    expect((await readAnswer(socket, 'POST')).status).toBe(400);
    expect(onlyRequest(probe).body).toHaveLength(MAX_BODY_BYTES + 1);
    socket.write(`${chunked(1_000)}0\r\n\r\n${requestHead({ method: 'GET' })}`);
    expect((await readAnswer(socket, 'GET')).status).toBe(400);
  });

  it('and goes on for ever loses its connection, after the answer', async () => {
    const socket = await connect(await start(createProbe({ status: 400 }).endpoint));
    const closed = closing(socket);
    socket.write(chunkedHead + chunked(MAX_BODY_BYTES + 1_000));
    expect((await readAnswer(socket, 'POST')).status).toBe(400);
    let sent = 0;
    const flood = setInterval(() => {
      sent += 64_000;
      socket.write(chunked(64_000));
    }, 1);
    await closed;
    clearInterval(flood);
    expect(sent).toBeGreaterThan(MAX_DISCARDED_BYTES / 2);
  });

  it('does not reach the core of a GET, whose connection it loses as well', async () => {
    const probe = createProbe();
    const socket = await connect(await start(probe.endpoint));
    const closed = closing(socket);
    socket.write(requestHead({ method: 'GET', headers: [['Transfer-Encoding', 'chunked']] }));
    expect((await readAnswer(socket, 'GET')).status).toBe(200);
    expect(onlyRequest(probe).body).toBe('');
    const flood = setInterval(() => socket.write(chunked(64_000)), 1);
    await closed;
    clearInterval(flood);
  });

  it('waits while the core takes its time, instead of filling the memory', async () => {
    const gate = createGate();
    const socket = await connect(await start(gate.endpoint));
    socket.write(chunkedHead + chunked(MAX_BODY_BYTES + 1_000));
    await until(() => gate.seen.length === 1);
    // 64 MB are far beyond what the buffers of both ends can take: the writes back up, and stay so.
    for (let i = 0; i < 64; i += 1) socket.write(chunked(1_000_000));
    await new Promise((resolve) => setTimeout(resolve, 500));
    const waitingBytes = socket.writableLength;
    expect(waitingBytes).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(socket.writableLength).toBe(waitingBytes);
    gate.open();
    expect((await readAnswer(socket, 'POST')).status).toBe(200);
  });
});

describe('a client that goes away', () => {
  it('in the middle of its upload is not answered, and nobody else notices', async () => {
    const probe = createProbe();
    const server = await start(probe.endpoint);
    const socket = await connect(server);
    socket.write(
      `${requestHead({ method: 'POST', headers: [FORM] }).replace('\r\n\r\n', '\r\nContent-Length: 100\r\n\r\n')}abc`,
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.resetAndDestroy();
    expect((await sendRaw(server.port, { method: 'GET' })).status).toBe(200);
    expect(probe.seen.map(({ method }) => method)).toEqual(['GET']);
  });

  it('before its answer crashes nothing', async () => {
    const gate = createGate();
    const server = await start(gate.endpoint);
    const socket = await connect(server);
    socket.write(`${requestHead({ method: 'POST', headers: [FORM], body: 'a=1' })}a=1`);
    await until(() => gate.seen.length === 1);
    socket.resetAndDestroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    gate.open();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await sendRaw(server.port, { method: 'GET' })).status).toBe(200);
  });

  it('and leaves its upload unfinished does not keep the server from closing', async () => {
    const server = await start(createProbe().endpoint, { graceMs: 100 });
    const socket = await connect(server);
    socket.write(
      requestHead({ method: 'POST', headers: [FORM] }).replace('\r\n\r\n', '\r\nContent-Length: 100\r\n\r\n'),
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    await server.close();
  });
});
