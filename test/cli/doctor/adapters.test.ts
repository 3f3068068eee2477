/** Ours on every host and every generation of event, in the formats that need no call to Ably: nothing to complain about. */
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { diagnose } from '../../../cli/doctor/diagnose.ts';
import type { NameValue } from '../../../core/http.ts';
import { everyHost } from '../../adapters/hosts/every-host.ts';
import type { Host, WireRequest } from '../../adapters/support/exchange.ts';
import { goodEndpoint, type Served, serve, targetOf } from './endpoints.ts';

const running: Served[] = [];
afterAll(() => {
  for (const server of running) server.close();
});

/** What carries a message from here to there, and is not part of it. */
const OF_THE_CONNECTION = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive', 'date']);

async function wireRequest(req: IncomingMessage): Promise<WireRequest> {
  const [, rawQuery] = (req.url ?? '').split('?', 2);
  const headers: NameValue[] = [];
  for (let i = 0; i < req.rawHeaders.length; i += 2) {
    const name = req.rawHeaders[i] ?? '';
    if (!OF_THE_CONNECTION.has(name.toLowerCase())) headers.push([name, req.rawHeaders[i + 1] ?? '']);
  }
  const body = await text(req);
  return {
    method: req.method ?? '',
    headers,
    ...(rawQuery !== undefined && { rawQuery }),
    ...(body !== '' && { body }),
  };
}

/** The host behind a server of its own, as its platform stands in front of it. */
async function serveHost(host: Host, tokenFormat: 'token-request' | 'jwt'): Promise<Served> {
  const endpoint = goodEndpoint({ tokenFormat });
  const server = await serve(async (req, res) => {
    const answer = await host.exchange(endpoint, await wireRequest(req));
    const headers = [...answer.headers].filter(([name]) => !OF_THE_CONNECTION.has(name));
    res.writeHead(answer.status, headers.flat()).end(answer.body);
  });
  running.push(server);
  return server;
}

describe.concurrent.each(['token-request', 'jwt'] as const)('%s', (tokenFormat) => {
  it.each(everyHost)('$name', async (host) => {
    const { url } = await serveHost(host, tokenFormat);
    const { results } = await diagnose(targetOf(url));
    const other = results
      .filter(({ verdict }) => verdict !== 'passes')
      .map(({ check, seen }) => `${check.id}: ${seen}`);
    expect(other).toEqual([]);
  });
});
