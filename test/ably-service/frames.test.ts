/** The realtime protocol below the SDK: frames that an SDK hides, or that only other SDKs send. */

import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { AblyService } from '../../dev/ably-service/ably-service.ts';
import { API_KEY, basic, KEY_NAME, KEY_SECRET, post, redeem, startService, tokenRequest } from './support.ts';

type Frame = Readonly<Record<string, unknown>>;

/** A socket that keeps what it receives; `next` waits for the following frame, `closed` for the end. */
function openSocket(service: AblyService, query: Readonly<Record<string, string>>) {
  const socket = new WebSocket(`${service.url.replace('http', 'ws')}/?${new URLSearchParams(query)}`);
  onTestFinished(() => socket.terminate());
  const frames: Frame[] = [];
  const waiting: ((frame: Frame) => void)[] = [];
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as Frame;
    const next = waiting.shift();
    if (next === undefined) frames.push(frame);
    else next(frame);
  });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  const next = async (): Promise<Frame> => frames.shift() ?? new Promise((resolve) => waiting.push(resolve));
  const send = (frame: Frame | string) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  return { next, send, closed };
}

describe('frames', () => {
  it('refuses a socket without credentials with one ERROR and closes it', async () => {
    const socket = openSocket(await startService(), {});

    expect(await socket.next()).toMatchObject({ action: 9, error: { code: 40101, statusCode: 401 } });
    expect(await socket.closed).toBe(1000);
  });

  it.each(['access_token', 'accessToken'])('takes a token as %s', async (name) => {
    const service = await startService();
    const { token } = (await redeem(service.url, tokenRequest({ clientId: 'bob' }))).body;

    expect(await openSocket(service, { [name]: token }).next()).toMatchObject({
      action: 4,
      connectionDetails: { clientId: 'bob', maxIdleInterval: 15_000, maxMessageSize: 65_536 },
    });
  });

  it('tells a wildcard from an anonymous client', async () => {
    const service = await startService();
    const { token } = (await redeem(service.url, tokenRequest())).body;

    const wildcard = await openSocket(service, { key: API_KEY }).next();
    const anonymous = await openSocket(service, { access_token: token }).next();

    expect(wildcard).toMatchObject({ connectionDetails: { clientId: '*' } });
    expect(anonymous.connectionDetails).not.toHaveProperty('clientId');
  });

  it('answers a heartbeat with its id, and CLOSE with CLOSED', async () => {
    const socket = openSocket(await startService(), { key: API_KEY });
    await socket.next();

    socket.send({ action: 0, id: 'ping-1' });
    expect(await socket.next()).toEqual({ action: 0, id: 'ping-1' });
    socket.send({ action: 7 });
    expect(await socket.next()).toEqual({ action: 8 });
    expect(await socket.closed).toBe(1000);
  });

  it('sends nothing of a channel after DETACHED', async () => {
    const service = await startService();
    const socket = openSocket(service, { key: API_KEY });
    await socket.next();
    const publish = (name: string) => post(service.url, '/channels/a/messages', { name }, basic());
    socket.send({ action: 10, channel: 'a' });
    expect(await socket.next()).toMatchObject({ action: 11, channel: 'a' });
    await publish('one');
    expect(await socket.next()).toMatchObject({ action: 15, messages: [{ name: 'one' }] });

    socket.send({ action: 12, channel: 'a' });
    expect(await socket.next()).toEqual({ action: 13, channel: 'a' });
    await publish('two');
    socket.send({ action: 0 });
    expect(await socket.next()).toEqual({ action: 0 });
  });

  it('replays what was missed since a channelSerial, and says when it cannot', async () => {
    const service = await startService();
    const first = openSocket(service, { key: API_KEY });
    await first.next();
    first.send({ action: 10, channel: 'a' });
    const { channelSerial } = await first.next();
    await post(service.url, '/channels/a/messages', { name: 'missed' }, basic());
    const RESUMED = 4;

    const second = openSocket(service, { key: API_KEY });
    await second.next();
    second.send({ action: 10, channel: 'a', channelSerial: 'unknown-0000000000' });
    expect(Number((await second.next()).flags) & RESUMED).toBe(0);
    second.send({ action: 10, channel: 'a', channelSerial: channelSerial as string });
    expect(Number((await second.next()).flags) & RESUMED).toBe(RESUMED);
    expect(await second.next()).toMatchObject({ action: 15, messages: [{ name: 'missed' }] });
  });

  it('refuses presence without an identity, or without an attachment', async () => {
    const service = await startService();
    const { token } = (await redeem(service.url, tokenRequest())).body;
    const anonymous = openSocket(service, { access_token: token });
    const server = openSocket(service, { key: API_KEY });
    await Promise.all([anonymous.next(), server.next()]);
    const enter = { action: 14, channel: 'a', msgSerial: 0 };

    anonymous.send({ action: 10, channel: 'a' });
    await anonymous.next();
    anonymous.send({ ...enter, presence: [{ action: 2 }] });
    server.send({ ...enter, presence: [{ action: 2, clientId: 'bob' }] });

    expect(await anonymous.next()).toMatchObject({ action: 2, error: { code: 40012 } });
    expect(await server.next()).toMatchObject({ action: 2, error: { code: 91001 } });
  });

  it('asks once for another token, however often the one in use is revoked with a margin', async () => {
    const service = await startService({ keys: [{ name: KEY_NAME, secret: KEY_SECRET, revocableTokens: true }] });
    const { token } = (await redeem(service.url, tokenRequest({ clientId: 'bob' }))).body;
    const socket = openSocket(service, { access_token: token });
    await socket.next();

    const body = { targets: ['clientId:bob', 'clientId:bob'], allowReauthMargin: true };
    expect((await post(service.url, `/keys/${KEY_NAME}/revokeTokens`, body, basic())).status).toBe(201);
    socket.send({ action: 0 });

    expect([await socket.next(), await socket.next()]).toEqual([{ action: 17 }, { action: 0 }]);
  });

  it('refuses a message over 64 KiB with a NACK', async () => {
    const socket = openSocket(await startService(), { key: API_KEY });
    await socket.next();

    socket.send({ action: 15, channel: 'a', msgSerial: 0, messages: [{ data: 'x'.repeat(65_537) }] });

    expect(await socket.next()).toMatchObject({ action: 2, msgSerial: 0, count: 1, error: { code: 40009 } });
  });

  it.each(['{', '[]', '7'])('ends a connection that sends %s', async (text) => {
    const socket = openSocket(await startService(), { key: API_KEY });
    await socket.next();

    socket.send(text);

    expect(await socket.next()).toMatchObject({ action: 9, error: { code: 40000 } });
    expect(await socket.closed).toBe(1000);
  });
});
