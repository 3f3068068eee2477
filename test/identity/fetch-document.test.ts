import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fetchDocument, MAX_DOCUMENT_BYTES } from '../../adapters/identity/fetch-document.ts';
import { isSafeAddress } from '../../adapters/identity/safe-address.ts';

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
}

describe('fetchDocument', () => {
  it('gets a document, and sends nothing of anybody’s', async () => {
    let sent: readonly string[] = [];
    const url = await serve((req, res) => {
      sent = Object.keys(req.headers).sort();
      res.end('{"keys":[]}');
    });
    expect(await fetchDocument(url, 'the key document')).toBe('{"keys":[]}');
    expect(sent).toEqual(['accept', 'connection', 'host', 'user-agent']);
  });

  it.each([301, 302, 307, 308])('follows no redirect (%i)', async (status) => {
    const asked: (string | undefined)[] = [];
    const url = await serve((req, res) => {
      asked.push(req.url);
      res.writeHead(status, { location: '/elsewhere' }).end();
    });
    await expect(fetchDocument(url, 'the key document')).rejects.toMatchObject({ status });
    expect(asked).toEqual(['/keys']);
  });

  it('stops reading what is too large, whether that is said beforehand or not', async () => {
    let written = 0;
    const url = await serve((_req, res) => {
      const more = (): void => {
        if (res.destroyed) return;
        written += 65_536;
        res.write(Buffer.alloc(65_536), () => setImmediate(more));
      };
      more();
    });
    await expect(fetchDocument(url, 'the key document')).rejects.toThrow(/larger than 262144 bytes/);
    expect(written).toBeLessThan(MAX_DOCUMENT_BYTES * 40);
  });

  it('waits for no answer that trickles without an end', async () => {
    const url = await serve((_req, res) => {
      const timer = setInterval(() => res.write(' '), 200);
      res.on('close', () => clearInterval(timer));
    });
    await expect(fetchDocument(url, 'the key document')).rejects.toThrow('the key document did not come in time');
  });

  it('says only that it could not be reached when nobody is there, and when the answer breaks off', async () => {
    const url = await serve((_req, res) => {
      res.writeHead(200, { 'content-length': '100' }).write('{');
      res.destroy();
    });
    for (const address of [url, 'http://127.0.0.1:1/']) {
      await expect(fetchDocument(address, 'the key document')).rejects.toThrow(
        /^the key document could not be reached$/,
      );
    }
  });
});

describe('isSafeAddress', () => {
  it.each([
    'https://id.example',
    'https://id.example:8443/x',
    'http://localhost:3000',
    'http://127.0.0.1',
    'http://[::1]:1',
  ])('takes %s', (address) => expect(isSafeAddress(address)).toBe(true));

  it.each([
    'http://id.example',
    'http://localhost.id.example',
    'http://127.0.0.1.id.example',
    'https://user:secret@id.example',
    'https://id.example/#x',
    'file:///etc/passwd',
    'data:application/json,{}',
    'id.example',
    '',
  ])('refuses %s', (address) => expect(isSafeAddress(address)).toBe(false));
});
