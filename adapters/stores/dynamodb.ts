/**
 * Records in a DynamoDB table: one item each, read consistently, written on condition that its version is the one seen.
 *
 * The table has the string `id` as its partition key and no sort key; `ttl` is the attribute for DynamoDB's own expiry,
 * which removes items days later and is only housekeeping. Definition, permissions and cost are in docs/stores.md.
 */
import { randomUUID } from 'node:crypto';
import type * as DynamoDb from '@aws-sdk/client-dynamodb';
import { RECORD_GRACE_MS, type RecordStore, StoreError, type VersionedRecord } from '../../core/stores.ts';
import { asStoreError } from './failure.ts';

type Sdk = Pick<typeof DynamoDb, 'DynamoDBClient' | 'GetItemCommand' | 'PutItemCommand' | 'DeleteItemCommand'>;

export interface DynamoDbStoreOptions {
  readonly table: string;
  /**
   * Passed to the client; a `requestHandler` or `maxAttempts` in it replaces our timeouts. Outside AWS it takes a region
   * and credentials.
   */
  readonly clientOptions?: DynamoDb.DynamoDBClientConfig;
  /** The module itself, where a bundler cannot follow the import. Default: imports it on first use. */
  readonly loadSdk?: () => Promise<Sdk>;
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly nowMs?: () => number;
}

/**
 * Two attempts fit into the 1.5 s that a call of a store may take. The second is for the connection that went away
 * while the function was frozen. Without `throwOnRequestTimeout` the SDK only prints a warning and waits on.
 */
const CLIENT_OPTIONS = {
  maxAttempts: 2,
  requestHandler: {
    connectionTimeout: 300,
    requestTimeout: 650,
    throwOnRequestTimeout: true,
    socketTimeout: 650,
  },
} as const;

const HINTS = {
  ResourceNotFoundException: 'Check the name of the table and the region of the function (AWS_REGION).',
  AccessDeniedException: 'Allow dynamodb:GetItem, PutItem and DeleteItem on the table to the role of the function.',
  ValidationException: 'Check that the partition key of the table is the string id, without a sort key.',
  CredentialsProviderError: 'Give the function a role, or credentials; outside AWS, also set AWS_REGION.',
};

export function dynamodbStore(options: DynamoDbStoreOptions): RecordStore {
  const { table: TableName, clientOptions, loadSdk = () => import('./dynamodb-sdk.ts'), nowMs = Date.now } = options;
  let ready: { readonly sdk: Sdk; readonly client: DynamoDb.DynamoDBClient } | undefined;

  async function connect(): Promise<NonNullable<typeof ready>> {
    if (ready === undefined) {
      const sdk = await loadSdk();
      // Two first calls may have waited side by side.
      ready ??= { sdk, client: new sdk.DynamoDBClient({ ...CLIENT_OPTIONS, ...clientOptions }) };
    }
    return ready;
  }

  async function readItem(key: string): Promise<VersionedRecord | undefined> {
    const { sdk, client } = await connect();
    const command = new sdk.GetItemCommand({ TableName, Key: { id: { S: key } }, ConsistentRead: true });
    const { Item } = await client.send(command);
    if (Item === undefined) return undefined;
    const { value, version, expiresAtMs } = Item;
    if (value?.S === undefined || version?.S === undefined || expiresAtMs?.N === undefined) {
      throw new StoreError('dynamodb', 'has an item that is not one of ours');
    }
    return { value: value.S, version: version.S, expiresAtMs: Number(expiresAtMs.N) };
  }

  async function write(key: string, seenVersion: string | undefined, record: VersionedRecord): Promise<boolean> {
    const { sdk, client } = await connect();
    const { value, version, expiresAtMs } = record;
    const keptUntilMs = Math.max(expiresAtMs, nowMs()) + RECORD_GRACE_MS;
    const Item = {
      id: { S: key },
      value: { S: value },
      version: { S: version },
      expiresAtMs: { N: String(expiresAtMs) },
      ttl: { N: String(Math.ceil(keptUntilMs / 1000)) },
    };
    const condition =
      seenVersion === undefined
        ? { ConditionExpression: 'attribute_not_exists(#id)', ExpressionAttributeNames: { '#id': 'id' } }
        : {
            ConditionExpression: '#version = :seen',
            ExpressionAttributeNames: { '#version': 'version' },
            ExpressionAttributeValues: { ':seen': { S: seenVersion } },
          };
    try {
      await client.send(new sdk.PutItemCommand({ TableName, Item, ...condition }));
      return true;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') throw error;
      // When the answer to a first attempt was lost, it is our own write that the second one met.
      const { attempts = 1 } = (error as DynamoDb.ConditionalCheckFailedException).$metadata;
      return attempts > 1 && (await readItem(key))?.version === version;
    }
  }

  async function remove(key: string): Promise<void> {
    const { sdk, client } = await connect();
    await client.send(new sdk.DeleteItemCommand({ TableName, Key: { id: { S: key } } }));
  }

  const fail = (error: unknown): never => {
    throw asStoreError('dynamodb', error, HINTS);
  };
  return Object.freeze({
    name: 'dynamodb',
    read: (key) => readItem(key).catch(fail),
    compareAndSet: (key, seen, record) => write(key, seen, { ...record, version: randomUUID() }).catch(fail),
    delete: (key) => remove(key).catch(fail),
  } satisfies RecordStore);
}
