/**
 * Records in Netlify Blobs: one blob each, read with strong consistency, written on condition of the ETag seen.
 *
 * A client is made for every call, because Netlify hands a function its access anew with each request. Blobs have no
 * expiry: what has expired counts as absent, but stays until it is written again (docs/stores.md).
 */
import { randomUUID } from 'node:crypto';
import type * as Blobs from '@netlify/blobs';
import { type RecordStore, StoreError } from '../../core/stores.ts';
import { asStoreError } from './failure.ts';

export interface NetlifyBlobsStoreOptions {
  /** Of the store, within the site: up to 64 bytes, no slash. It is the site's: every deploy shares it. */
  readonly name: string;
  /** Outside a Netlify function: which site, and a token that may use it; for a local server also its address. */
  readonly access?: {
    readonly siteID: string;
    readonly token: string;
    readonly edgeURL?: string;
    readonly uncachedEdgeURL?: string;
  };
  /** The module itself, where a bundler cannot follow the import. Default: imports `@netlify/blobs` on first use. */
  readonly loadSdk?: () => Promise<Pick<typeof Blobs, 'getStore'>>;
  /** How long one exchange may take, in milliseconds. Default 1_400, within the 1.5 s of a call. */
  readonly timeoutMs?: number;
}

const HINTS = {
  MissingBlobsEnvironmentError: 'Outside a Netlify function it needs `access`.',
  BlobsConsistencyError: 'This function has no access with strong consistency: update the Netlify CLI, or its format.',
};

/** No answer of Netlify's. The client would ask again five seconds after a failure, when nobody waits any more. */
const GAVE_UP = 499;

export function netlifyBlobsStore(options: NetlifyBlobsStoreOptions): RecordStore {
  const { name, access, timeoutMs = 1_400, loadSdk = () => import('./netlify-blobs-sdk.ts') } = options;

  const fetchOnce: typeof fetch = async (input, init) => {
    try {
      const response = await fetch(input, { ...init, signal: AbortSignal.timeout(timeoutMs) });
      return response.status === 429 || response.status >= 500 ? new Response(null, { status: GAVE_UP }) : response;
    } catch {
      return new Response(null, { status: GAVE_UP });
    }
  };

  async function open(): Promise<ReturnType<typeof Blobs.getStore>> {
    const { getStore } = await loadSdk();
    return getStore({ ...access, name, consistency: 'strong', fetch: fetchOnce });
  }

  async function call<Result>(run: (blobs: ReturnType<typeof Blobs.getStore>) => Promise<Result>): Promise<Result> {
    try {
      return await run(await open());
    } catch (error) {
      throw asStoreError('netlify-blobs', error, HINTS);
    }
  }

  /** Netlify's server for `netlify dev` answers reads without an ETag, and has them in its lists. */
  async function listedTag(blobs: ReturnType<typeof Blobs.getStore>, key: string): Promise<string | undefined> {
    const { blobs: found } = await blobs.list({ prefix: key });
    return found.find((blob) => blob.key === key)?.etag;
  }

  return Object.freeze({
    name: 'netlify-blobs',
    read: (key) =>
      call(async (blobs) => {
        let blob = await blobs.getWithMetadata(key, { type: 'text' });
        let etag = blob?.etag;
        if (blob !== null && !etag) {
          // In this order: a tag that is older than the text is refused by the next write, a newer one would not be.
          etag = await listedTag(blobs, key);
          blob = await blobs.getWithMetadata(key, { type: 'text' });
        }
        if (blob === null) return undefined;
        const { value, expiresAtMs } = JSON.parse(blob.data) as Record<string, unknown>;
        if (!etag || typeof value !== 'string' || typeof expiresAtMs !== 'number') {
          throw new StoreError('netlify-blobs', 'has a blob that is not one of ours');
        }
        return { value, expiresAtMs, version: etag };
      }),
    compareAndSet: (key, seenVersion, { value, expiresAtMs }) =>
      call(async (blobs) => {
        // An ETag may be a hash of the text, so no text is ever written twice.
        const text = JSON.stringify({ value, expiresAtMs, writtenAs: randomUUID() });
        const condition = seenVersion === undefined ? { onlyIfNew: true } : { onlyIfMatch: seenVersion };
        const { modified, etag } = await blobs.set(key, text, condition);
        // The client takes every answer but 412 for a success; what was written has a tag.
        if (modified && !etag) throw new StoreError('netlify-blobs', 'did not confirm a write');
        return modified;
      }),
    delete: (key) => call((blobs) => blobs.delete(key)),
  } satisfies RecordStore);
}
