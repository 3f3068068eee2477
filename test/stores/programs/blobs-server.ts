/**
 * Netlify's own server of blobs, made as strict as Netlify documents the real one. As it comes, for `netlify dev`, it
 * looks at a condition first and writes then, and answers reads without an ETag. So this lets one change through at a
 * time, and adds the tag that its lists have. Arguments: port, directory.
 */
import { createServer, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { BlobsServer } from '@netlify/blobs/server';

const [port, directory = ''] = process.argv.slice(2);
const { port: innerPort } = await new BlobsServer({ directory, token: 'a-token' }).start();
const inner = `http://localhost:${innerPort}`;
let last: Promise<unknown> = Promise.resolve();
/** By address, of what was written since the start. */
const tags = new Map<string, string>();

createServer(async (incoming, outgoing) => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const turn = incoming.method === 'GET' ? exchange(incoming, body) : last.then(() => exchange(incoming, body));
  if (incoming.method !== 'GET') last = turn.catch(() => {});
  const { status, headers, answer } = await turn;
  outgoing.writeHead(status, headers).end(answer);
}).listen(Number(port), '127.0.0.1');

async function exchange({ url = '', method = '', headers }: IncomingMessage, body: Buffer) {
  const names = ['authorization', 'if-match', 'if-none-match'];
  const sent = Object.fromEntries(names.flatMap((name) => (headers[name] ? [[name, String(headers[name])]] : [])));
  // Before the text: a tag that is older than it is refused by the next change, as it should be.
  const known = method === 'GET' ? (tags.get(url) ?? (await listedTag(url, sent))) : undefined;
  const response = await fetch(`${inner}${url}`, {
    method,
    headers: sent,
    body: method === 'PUT' ? new Uint8Array(body) : null,
  });
  const answer = Buffer.from(await response.arrayBuffer());
  const etag = response.headers.get('etag') ?? known;
  if (method === 'DELETE') tags.delete(url);
  if (method === 'PUT' && etag) tags.set(url, etag);
  // Its tags are made of the time of the last change, in milliseconds.
  if (method === 'PUT') await delay(2);
  return { status: response.status, headers: { ...(etag && { etag }) }, answer };
}

async function listedTag(url: string, headers: Record<string, string>): Promise<string | undefined> {
  const [, site, store, ...rest] = new URL(url, inner).pathname.split('/');
  const key = decodeURIComponent(rest.join('/'));
  if (!key) return undefined;
  const list = await fetch(`${inner}/${site}/${store}?prefix=${encodeURIComponent(key)}`, { headers });
  const { blobs } = (await list.json()) as { blobs: readonly { key: string; etag: string }[] };
  return blobs.find((blob) => blob.key === key)?.etag;
}
