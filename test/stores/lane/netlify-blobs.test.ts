/** Netlify Blobs, by Netlify's own server: made as strict as the real one, and as it comes for `netlify dev`. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobsServer } from '@netlify/blobs/server';
import { describe, expect, it } from 'vitest';
import { netlifyBlobsStore } from '../../../adapters/stores/netlify-blobs.ts';
import { failsAsStoreError, forgetsWhatIsDeleted, keepsWhatIsWritten, writesOnlyOverWhatWasSeen } from '../contract.ts';
import { startServer } from '../processes.ts';
import { blobsServer, httpUrl } from '../servers.ts';
import { describeStore } from '../suite.ts';

describeStore('Netlify Blobs', {
  start: () => startServer(blobsServer),
  placeAt: (port) => ({ kind: 'netlify-blobs', url: httpUrl(port) }),
  survivesAKill: true,
});

describe('netlifyBlobsStore', () => {
  const accessTo = (url: string) => ({ siteID: 'a-site', token: 'a-token', edgeURL: url, uncachedEdgeURL: url });

  it('works with the server of `netlify dev`, which answers reads without an ETag', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'blobs-'));
    const server = new BlobsServer({ directory, token: 'a-token' });
    const { port } = await server.start();
    const store = netlifyBlobsStore({ name: 'records', access: accessTo(`http://localhost:${port}`) });
    await keepsWhatIsWritten(store);
    await writesOnlyOverWhatWasSeen(store);
    await forgetsWhatIsDeleted(store);
    await server.stop();
    rmSync(directory, { recursive: true });
  });

  it.each([400, 401, 403, 404, 429, 500, 503])(
    'takes an answer of %s for no success, and asks once',
    async (status) => {
      let asked = 0;
      const server = createServer((_, response) => {
        asked += 1;
        response.writeHead(status).end('a-value');
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const url = httpUrl((server.address() as AddressInfo).port);
      const store = netlifyBlobsStore({ name: 'records', access: accessTo(url) });
      const record = { value: 'a-value', expiresAtMs: 1 };
      await failsAsStoreError(store.compareAndSet('gate:x', undefined, record), ['gate:', 'a-value', 'a-token', url]);
      expect(asked).toBe(1);
      if (status !== 404) await failsAsStoreError(store.read('gate:x'), ['gate:', 'a-value', 'a-token', url]);
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  );

  it('says that it needs access where it is no Netlify function', async () => {
    const error = await failsAsStoreError(netlifyBlobsStore({ name: 'records' }).read('gate:x'), ['gate:']);
    expect(error.message).toBe(
      'could not be used (MissingBlobsEnvironmentError). Outside a Netlify function it needs `access`.',
    );
  });

  it('refuses what is not one of our records', async () => {
    const fetchText = async () => ({ data: '{"value":1}', etag: '"1"', metadata: {} });
    const loadSdk = async () => ({ getStore: () => ({ getWithMetadata: fetchText }) }) as never;
    const error = await failsAsStoreError(netlifyBlobsStore({ name: 'records', loadSdk }).read('gate:x'), ['gate:']);
    expect(error.message).toContain('not one of ours');
  });
});
