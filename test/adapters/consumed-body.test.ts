/** Bodies that a framework read before us: nothing hangs, and nothing that was sent passes for nothing sent. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import express from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { createNodeHandler } from '../../adapters/node/handler.ts';
import { createVercelClassicHandler, type VercelRequest } from '../../adapters/vercel/classic-handler.ts';
import { MAX_BODY_BYTES } from '../../core/limits.ts';
import { bodyText, createProbe, onlyRequest, type Probe } from './support/exchange.ts';
import { sendRaw } from './support/raw-socket.ts';

const FORM = 'application/x-www-form-urlencoded';
const running: { close(): void }[] = [];
afterEach(() => {
  for (const server of running.splice(0)) server.close();
});

/** A framework that leaves only `req.body`, as a value or as Vercel's throwing getter. */
async function through(probe: Probe, type: string, body: string, parse: (bytes: Buffer) => unknown) {
  const handle = createVercelClassicHandler(probe.endpoint);
  const server = createServer(async (req, res) => {
    const bytes = await buffer(req);
    Object.defineProperty(req, 'body', { get: () => parse(bytes) });
    await handle(req satisfies IncomingMessage as VercelRequest, res);
  }).listen(0, '127.0.0.1');
  running.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return sendRaw(port, { method: 'POST', headers: [['Content-Type', type]], body });
}

describe('a body that is there only as req.body', () => {
  it.each([
    [
      'JSON',
      'application/json',
      '{"clientId":"é","n":[1,null]}',
      (b: Buffer) => JSON.parse(b.toString()),
      '{"clientId":"é","n":[1,null]}',
    ],
    [
      'JSON with a charset',
      'Application/JSON; charset=utf-8',
      '{ "a": 1 }',
      (b: Buffer) => JSON.parse(b.toString()),
      '{"a":1}',
    ],
    ['JSON that is text', 'application/json', '"{}"', (b: Buffer) => JSON.parse(b.toString()), '"{}"'],
    ['bytes', 'application/octet-stream', 'é', (b: Buffer) => b, 'é'],
    ['text', 'text/plain', 'a=é', (b: Buffer) => b.toString(), 'a=é'],
    ['a form', FORM, 'a=1&b=2&a=%26', () => ({ a: ['1', '&'], b: '2' }), 'a=1&a=%26&b=2'],
  ])('is written down again: %s', async (_, type, body, parse, expected) => {
    const probe = createProbe();
    await through(probe, type, body, parse);
    expect(bodyText(onlyRequest(probe))).toBe(expected);
  });

  it.each([
    [
      'a getter that throws at JSON that is none',
      'application/json',
      () => {
        throw new Error('Invalid JSON');
      },
    ],
    ['a type that the framework does not parse', 'multipart/form-data', () => undefined],
    ['a form nested by the parser', FORM, () => ({ a: { b: 'c' } })],
    ['a value that refers to itself', 'application/json', selfReference],
    ['JSON that was never parsed', 'application/json', () => undefined],
  ])('is refused as too large, never taken for empty: %s', async (_, type, parse) => {
    const probe = createProbe();
    await through(probe, type, 'a[b]=c', parse);
    expect(onlyRequest(probe).body.length).toBeGreaterThan(MAX_BODY_BYTES);
  });
});

describe('createNodeHandler in Express', () => {
  it.each([
    ['without a body parser', undefined],
    ['behind express.urlencoded', express.urlencoded({ extended: false })],
    ['behind express.urlencoded, extended', express.urlencoded({ extended: true })],
    ['behind express.raw', express.raw({ type: FORM })],
  ])('reads a form %s', async (_, parser) => {
    const probe = createProbe();
    const app = express();
    if (parser) app.use(parser);
    app.use('/api/ably-auth', createNodeHandler(probe.endpoint));
    const server = app.listen(0, '127.0.0.1');
    running.push(server);
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const answer = await sendRaw(port, {
      method: 'POST',
      rawQuery: 'a=1',
      headers: [['Content-Type', FORM]],
      body: 'ttl=1&ttl=2',
    });
    expect(answer.status).toBe(200);
    expect(bodyText(onlyRequest(probe))).toBe('ttl=1&ttl=2');
    expect(onlyRequest(probe).query).toEqual([['a', '1']]);
  });
});

function selfReference(): unknown {
  const value: { self?: unknown } = {};
  value.self = value;
  return value;
}
