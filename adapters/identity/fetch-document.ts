/**
 * Gets one small document from a provider: keys, or where they are. Bounded in time and in size, no redirect followed,
 * nothing sent but the request (no cookie, no credential), over TLS except to this machine itself.
 *
 * `node:https` and not `fetch`: the first `fetch` of a process costs more than the rest of a cold start
 * (docs/decisions/0001-plain-records.md), and it would follow redirects unless told. What is in the document is for
 * others to read.
 */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { AddressBook } from './safe-address.ts';

/** From connecting to the last byte. */
export const DOCUMENT_TIMEOUT_MS = 3_000;

/** Microsoft's and Google's key documents have about 20 KB; nobody's has this much. */
export const MAX_DOCUMENT_BYTES = 256 * 1024;

/** The provider is out of reach, or what it says makes no sense. The message is for the log and holds no value of it. */
export class ProviderError extends Error {
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.name = 'ProviderError';
    this.status = status;
  }
}

/** @throws ProviderError whatever goes wrong */
export async function fetchDocument(url: string, what: string, addressBook: AddressBook = itself): Promise<string> {
  const signal = AbortSignal.timeout(DOCUMENT_TIMEOUT_MS);
  try {
    return await get(new URL(addressBook(url)), what, signal);
  } catch (error) {
    if (error instanceof ProviderError) throw error;
    throw new ProviderError(`${what} ${signal.aborted ? 'did not come in time' : 'could not be reached'}`);
  }
}

function itself(url: string): string {
  return url;
}

function get(url: URL, what: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const outgoing = send(
      url,
      // A kept connection would be dead after the function was frozen.
      { agent: false, signal, headers: { accept: 'application/json, */*;q=0.1', 'user-agent': 'ably-auth-functions' } },
      (incoming) => {
        incoming.on('error', reject);
        const { statusCode = 0 } = incoming;
        if (statusCode !== 200) {
          // Also a redirect: it may lead anywhere, and no provider's address in a config needs one.
          reject(new ProviderError(`${what} was answered with status ${statusCode}`, statusCode));
          outgoing.destroy();
          return;
        }
        const chunks: Buffer[] = [];
        let bytes = 0;
        incoming.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          chunks.push(chunk);
          if (bytes <= MAX_DOCUMENT_BYTES) return;
          reject(new ProviderError(`${what} is larger than ${MAX_DOCUMENT_BYTES} bytes`));
          outgoing.destroy();
        });
        incoming.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
      },
    );
    outgoing.on('error', reject);
    outgoing.end();
  });
}
