/** The contract suite over whatever speaks DynamoDB's API, and what only DynamoDB has. */
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamodbStore } from '../../adapters/stores/dynamodb.ts';
import { RECORD_GRACE_MS } from '../../core/stores.ts';
import { failsAsStoreError } from './contract.ts';
import { AWS } from './open.ts';
import { type ServerCommand, type ServerProcess, startServer } from './processes.ts';
import { hasTable, httpUrl, TABLE, withDynamoDb } from './servers.ts';
import { describeStore } from './suite.ts';

export interface DynamoDbServer extends Omit<ServerCommand, 'isReady'> {
  readonly survivesAKill: boolean;
}

export function describeDynamoDb(name: string, { survivesAKill, ...command }: DynamoDbServer): void {
  const start = (): Promise<ServerProcess> => startServer({ ...command, isReady: hasTable });
  describeStore(name, {
    start,
    placeAt: (port) => ({ kind: 'dynamodb', endpoint: httpUrl(port), table: TABLE }),
    survivesAKill,
  });

  describe(`dynamodbStore with ${name}`, () => {
    let server: ServerProcess;
    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server?.stop());
    const open = (table = TABLE, more = {}) =>
      dynamodbStore({ table, clientOptions: { endpoint: httpUrl(server.port), ...AWS }, ...more });

    it('tells DynamoDB when it may remove an item: an hour after it expired, in seconds', async () => {
      const ttlOf = (id: string): Promise<number> =>
        withDynamoDb(server.port, async (client) => {
          const { Item } = await client.send(new GetItemCommand({ TableName: TABLE, Key: { id: { S: id } } }));
          return Number(Item?.ttl?.N);
        });
      const nowMs = 1_800_000_000_000;
      const store = open(TABLE, { nowMs: () => nowMs });
      await store.compareAndSet('a', undefined, { value: 'x', expiresAtMs: nowMs + 60_001 });
      expect(await ttlOf('a')).toBe(Math.ceil((nowMs + 60_001 + RECORD_GRACE_MS) / 1000));
      // DynamoDB never removes what expired more than five years ago.
      await store.compareAndSet('b', undefined, { value: 'x', expiresAtMs: 0 });
      expect(await ttlOf('b')).toBe((nowMs + RECORD_GRACE_MS) / 1000);
    });

    it('says what to look at when there is no such table', async () => {
      const error = await failsAsStoreError(open('no-such-table').read('gate:x'), ['gate:x']);
      expect(error.message).toBe(
        'could not be used (ResourceNotFoundException). Check the name of the table and the region of the function (AWS_REGION).',
      );
    });

    it('takes a write for its own when the answer to its first attempt was lost', async () => {
      const { DynamoDBClient: Real, ...sdk } = await import('@aws-sdk/client-dynamodb');
      let lost = 0;
      class Forgetful extends Real {
        constructor(...options: ConstructorParameters<typeof Real>) {
          super(...options);
          this.middlewareStack.add(
            (next, { commandName }) =>
              async (args) => {
                const result = await next(args);
                if (commandName !== 'PutItemCommand' || lost > 0) return result;
                lost += 1;
                throw Object.assign(new Error('the connection is gone'), { name: 'TimeoutError', $retryable: {} });
              },
            { step: 'deserialize', priority: 'high' },
          );
        }
      }
      const store = open(TABLE, { loadSdk: async () => ({ ...sdk, DynamoDBClient: Forgetful }) });
      expect(await store.compareAndSet('lost', undefined, { value: 'x', expiresAtMs: 1 })).toBe(true);
      expect(lost).toBe(1);
      expect(await store.compareAndSet('lost', undefined, { value: 'x', expiresAtMs: 1 })).toBe(false);
    });
  });
}
