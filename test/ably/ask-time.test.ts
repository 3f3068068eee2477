/** How Ably is asked for the time, and what is no answer. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createAblyApi } from '../../adapters/ably/ably-api.ts';
import { askTimeMs } from '../../adapters/ably/ask-time.ts';
import { AblyApiError } from '../../core/ably.ts';

async function withServer<Result>(answer: RequestListener, use: (port: number) => Promise<Result>): Promise<Result> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await use((server.address() as AddressInfo).port);
  } finally {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
}

const at = (port: number) => ({ ABLY_ENDPOINT: '127.0.0.1', ABLY_PORT: String(port), ABLY_TLS: 'false' });

describe('askTimeMs', () => {
  it('asks once, for /time, with no credential', async () => {
    const seen: unknown[] = [];
    const answer: RequestListener = ({ method, url, headers }, response) => {
      seen.push([method, url, headers.authorization]);
      response.end('[1800000000123]');
    };
    expect(await withServer(answer, (port) => createAblyApi(at(port)).timeMs())).toBe(1_800_000_000_123);
    expect(seen).toEqual([['GET', '/time', undefined]]);
  });

  it.each<[string, RequestListener]>([
    ['another status', (_, response) => response.writeHead(503).end('[1800000000123]')],
    ['something else', (_, response) => response.end('{"time":1}')],
    ['no number', (_, response) => response.end('["1800000000123"]')],
    ['no JSON', (_, response) => response.end('<html>')],
    [
      'half of it',
      (_, response) => response.writeHead(200, { 'content-length': 15 }).write('[18') && response.destroy(),
    ],
    ['more than a time', (_, response) => response.end(`[1800000000123${' '.repeat(5_000)}]`)],
    ['nothing', () => {}],
  ])('fails as unreachable when the answer is %s', async (_, answer) => {
    const error = await withServer(answer, (port) => askTimeMs(at(port))).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AblyApiError);
    expect(error).toMatchObject({ failure: 'unreachable' });
    expect((error as Error).cause).toBeUndefined();
    expect(String(error)).toContain('Ably did not say what time it is');
  });

  it('fails as unreachable when nobody listens, over TLS as well', async () => {
    for (const ABLY_TLS of ['false', undefined]) {
      const asking = askTimeMs({ ABLY_ENDPOINT: '127.0.0.1', ABLY_PORT: '1', ABLY_TLS });
      await expect(asking).rejects.toMatchObject({ name: 'AblyApiError', failure: 'unreachable' });
    }
  });

  it('names the setting that cannot be used', async () => {
    await expect(askTimeMs({ ABLY_PORT: 'x' })).rejects.toThrow('ABLY_PORT: it is not a port');
  });
});
