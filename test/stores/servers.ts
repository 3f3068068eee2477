/** The servers that the lane starts: Redis, `dynalite` for DynamoDB, Netlify's own for its blobs. */
import { fileURLToPath } from 'node:url';
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { Redis } from 'ioredis';
import { AWS } from './open.ts';
import { type ServerCommand, tsProgram } from './processes.ts';

export const REDIS_PASSWORD = 'hunter2';
export const redisUrl = (port: number, password = REDIS_PASSWORD): string => `redis://:${password}@127.0.0.1:${port}`;
export const httpUrl = (port: number): string => `http://127.0.0.1:${port}`;

export async function withRedis<Result>(port: number, run: (client: Redis) => Promise<Result>): Promise<Result> {
  const client = new Redis(redisUrl(port), { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => {});
  try {
    return await run(client);
  } finally {
    client.disconnect();
  }
}

/** What it acknowledges it keeps: it is told to sync each write. */
export function redisServer(...more: readonly string[]): ServerCommand {
  return {
    command: 'redis-server',
    args: (port, directory) => [
      ...['--bind', '127.0.0.1', '--port', String(port), '--dir', directory, '--requirepass', REDIS_PASSWORD],
      ...['--save', '', '--appendonly', 'yes', '--appendfsync', 'always', ...more],
    ],
    isReady: (port) => withRedis(port, async (client) => (await client.ping()) === 'PONG'),
  };
}

export const TABLE = 'ably-auth';

export async function withDynamoDb<Result>(
  port: number,
  run: (client: DynamoDBClient) => Promise<Result>,
): Promise<Result> {
  const client = new DynamoDBClient({ endpoint: httpUrl(port), ...AWS, maxAttempts: 1 });
  try {
    return await run(client);
  } finally {
    client.destroy();
  }
}

/** Whether the table of docs/stores.md is there; makes it where it is not. */
export function hasTable(port: number): Promise<boolean> {
  return withDynamoDb(port, async (client) => {
    const { TableNames = [] } = await client.send(new ListTablesCommand({}));
    if (TableNames.includes(TABLE)) return true;
    await client.send(
      new CreateTableCommand({
        TableName: TABLE,
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    return false;
  });
}

const DYNALITE = fileURLToPath(new URL('cli.js', import.meta.resolve('dynalite')));

export const dynalite: ServerCommand = {
  command: process.execPath,
  args: (port, directory) => [
    DYNALITE,
    ...['--host', '127.0.0.1', '--port', String(port), '--path', directory, '--createTableMs', '0'],
  ],
  isReady: hasTable,
};

export const blobsServer: ServerCommand = {
  command: process.execPath,
  args: (port, directory) => [...tsProgram('blobs-server.ts'), String(port), directory],
  isReady: async (port) => (await fetch(httpUrl(port))).status > 0,
};
