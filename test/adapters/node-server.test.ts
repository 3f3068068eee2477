import { describe, expect, it } from 'vitest';
import { createProbe, onlyRequest } from './support/exchange.ts';
import { closing, connect, createGate, FORM, start, until } from './support/node-servers.ts';
import { openSocket, readAnswer, requestHead, sendRaw } from './support/raw-socket.ts';

describe('startNodeServer', () => {
  it('says where it listens, on a port that the system chose', async () => {
    const server = await start(createProbe().endpoint);
    expect(server).toMatchObject({ host: '127.0.0.1', url: `http://127.0.0.1:${server.port}` });
    expect((await fetch(`${server.url}/api/ably-auth`)).status).toBe(200);
  });

  it('writes an IPv6 address into a URL that works', async () => {
    const server = await start(createProbe().endpoint, { host: '::1' });
    expect(server.url).toBe(`http://[::1]:${server.port}`);
    expect((await fetch(`${server.url}/api/ably-auth`)).status).toBe(200);
  });

  it('rejects when the port is taken', async () => {
    const { port } = await start(createProbe().endpoint);
    await expect(start(createProbe().endpoint, { port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it.each(['/', '/auth', '/api/ably-auth/', '/api/ably-auth/..', '/API/ably-auth', '//api/ably-auth'])(
    'answers 404 at %s, in the shape of our errors',
    async (path) => {
      const probe = createProbe();
      const answer = await sendRaw((await start(probe.endpoint)).port, { method: 'GET', rawQuery: 'a=1' }, path);
      expect(probe.seen).toHaveLength(0);
      expect(answer.status).toBe(404);
      expect(answer.headers.get('content-type')).toBe('application/json');
      expect(answer.headers.get('cache-control')).toContain('no-store');
      expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 40400, statusCode: 404 } });
    },
  );

  it('takes other paths, or a predicate, and hands the rest to someone else', async () => {
    const probe = createProbe();
    const list = await start(probe.endpoint, { routes: ['/auth', '/api/ably-auth'] });
    const predicate = await start(probe.endpoint, {
      routes: (path) => path.endsWith('/auth'),
      otherwise: (_req, res) => res.writeHead(418).end(),
    });
    expect((await sendRaw(list.port, { method: 'GET', rawQuery: 'a=/x' }, '/auth')).status).toBe(200);
    expect((await sendRaw(predicate.port, { method: 'GET' }, '/deep/auth')).status).toBe(200);
    expect((await sendRaw(predicate.port, { method: 'GET' }, '/api/ably-auth')).status).toBe(418);
  });
});

describe('the Node adapter', () => {
  it('shows the core two Authorization headers, which Node itself would make one of (S15)', async () => {
    const probe = createProbe();
    const headers = [
      ['Authorization', 'Bearer one'],
      ['authorization', 'Bearer two'],
    ] as const;
    await sendRaw((await start(probe.endpoint)).port, { method: 'GET', headers });
    expect(onlyRequest(probe).headers.get('authorization')).toEqual(['Bearer one', 'Bearer two']);
  });

  it('takes the address of the socket, whatever the client says of itself', async () => {
    const probe = createProbe();
    const headers = [
      ['X-Forwarded-For', '198.51.100.66'],
      ['Forwarded', 'for=198.51.100.66'],
    ] as const;
    await sendRaw((await start(probe.endpoint)).port, { method: 'GET', headers });
    expect(onlyRequest(probe).platform).toEqual({ clientIp: '127.0.0.1' });
  });

  it('answers HEAD with a head alone, and the connection lives on', async () => {
    const socket = await connect(await start(createProbe({ status: 405, body: '{"error":{}}' }).endpoint));
    for (const method of ['HEAD', 'GET', 'HEAD'] as const) {
      socket.write(requestHead({ method }));
      const answer = await readAnswer(socket, method);
      expect(answer).toMatchObject({ status: 405, body: method === 'HEAD' ? '' : '{"error":{}}' });
      expect(answer.headers.get('content-length')).toBe('12');
    }
  });

  it('answers many requests on one connection, also when they are sent at once', async () => {
    const probe = createProbe();
    const socket = await connect(await start(probe.endpoint));
    const bodies = ['a=1', '', 'b=22'];
    for (const body of bodies) {
      socket.write(requestHead({ method: 'POST', headers: [FORM], body }) + body);
      expect((await readAnswer(socket, 'POST')).status).toBe(200);
    }
    socket.write(requestHead({ method: 'GET', rawQuery: 'n=1' }) + requestHead({ method: 'GET', rawQuery: 'n=2' }));
    await until(() => probe.seen.length === 5);
    expect(probe.seen.slice(3).map(({ query }) => query[0]?.[1])).toEqual(['1', '2']);
  });

  it('answers 500 instead of crashing when an answer cannot be written', async () => {
    const { port } = await start(createProbe({ headers: [['X-Bad', 'a\r\nSet-Cookie: b=1']] }).endpoint);
    const answer = await sendRaw(port, { method: 'GET' });
    expect(answer).toMatchObject({ status: 500, setCookies: [] });
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 50000, message: 'Internal error.' } });
  });
});

describe('close', () => {
  it('lets requests under way finish and closes connections that are idle', async () => {
    const gate = createGate();
    // With a grace that no test waits for: what closes here closes by itself.
    const server = await start(gate.endpoint, { graceMs: 3_600_000 });
    const unused = await connect(server);
    const unusedClosed = closing(unused);
    const idle = await connect(server);
    const idleClosed = closing(idle);
    idle.write(requestHead({ method: 'GET' }, '/elsewhere'));
    expect((await readAnswer(idle, 'GET')).status).toBe(404);
    const busy = await connect(server);
    const busyClosed = closing(busy);
    busy.write(requestHead({ method: 'GET' }));
    await until(() => gate.seen.length === 1);

    const closed = server.close();
    await idleClosed;
    await unusedClosed;
    await expect(openSocket(server.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    gate.open();
    expect((await readAnswer(busy, 'GET')).status).toBe(200);
    await busyClosed;
    await closed;
  });

  it('answers what a connection still asks meanwhile, and says that it was the last', async () => {
    const gate = createGate();
    const server = await start(gate.endpoint);
    const busy = await connect(server);
    busy.write(requestHead({ method: 'GET' }));
    await until(() => gate.seen.length === 1);
    const closed = server.close();
    busy.write(requestHead({ method: 'GET', rawQuery: 'late=1' }));
    await until(() => gate.seen.length === 2);
    const busyClosed = closing(busy);
    let received = '';
    busy.on('data', (chunk) => {
      received += chunk;
    });
    gate.open();
    await busyClosed;
    await closed;
    expect(received.match(/HTTP\/1\.1 200 /g)).toHaveLength(2);
    expect(received.toLowerCase()).toContain('connection: close');
  });

  it('waits no longer than its grace for those who do not finish, and can be called twice', async () => {
    const gate = createGate();
    const server = await start(gate.endpoint, { graceMs: 50 });
    const busy = await connect(server);
    busy.write(requestHead({ method: 'GET' }));
    await until(() => gate.seen.length === 1);
    const busyClosed = closing(busy);
    await Promise.all([server.close(), server.close()]);
    await busyClosed;
  });
});
