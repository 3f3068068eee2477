/** A store by a description that fits on a command line, so that several processes open the same one. */
import { dynamodbStore } from '../../adapters/stores/dynamodb.ts';
import { netlifyBlobsStore } from '../../adapters/stores/netlify-blobs.ts';
import { redisStore } from '../../adapters/stores/redis.ts';
import type { RecordStore } from '../../core/stores.ts';

export type StorePlace =
  | { readonly kind: 'redis'; readonly url: string }
  | { readonly kind: 'dynamodb'; readonly endpoint: string; readonly table: string }
  | { readonly kind: 'netlify-blobs'; readonly url: string };

export interface OpenStore extends RecordStore {
  close?(): void;
}

export const AWS = { region: 'eu-west-1', credentials: { accessKeyId: 'any', secretAccessKey: 'any' } };

const LONG_MS = 20_000;

/**
 * @param patience `as-deployed` gives up when a function must; `long` waits for servers that are emulated on a machine
 *   with something else to do
 */
export function openStore(place: StorePlace, patience: 'as-deployed' | 'long' = 'long'): OpenStore {
  const isPatient = patience === 'long';

  switch (place.kind) {
    case 'redis':
      return redisStore({ url: place.url, ...(isPatient && { clientOptions: { commandTimeout: LONG_MS } }) });
    case 'dynamodb':
      return dynamodbStore({
        table: place.table,
        clientOptions: {
          endpoint: place.endpoint,
          ...AWS,
          ...(isPatient && { requestHandler: { requestTimeout: LONG_MS, throwOnRequestTimeout: true } }),
        },
      });
    case 'netlify-blobs': {
      const { url } = place;
      return netlifyBlobsStore({
        name: 'records',
        ...(isPatient && { timeoutMs: LONG_MS }),
        access: { siteID: 'a-site', token: 'a-token', edgeURL: url, uncachedEdgeURL: url },
      });
    }
  }
}
