/**
 * Records in Redis, or what speaks its protocol: one hash each, changed by a script that the server runs as a whole.
 *
 * One connection, made on first use. It is dropped when it was idle for long, because a frozen function does not notice
 * that the other end is gone, and nothing is sent twice. What a failover may lose is in docs/stores.md.
 */
import { randomUUID } from 'node:crypto';
import type * as IoRedis from 'ioredis';
import { RECORD_GRACE_MS, type RecordStore, StoreError } from '../../core/stores.ts';
import { asStoreError } from './failure.ts';

/** The commands that are used; a `Redis` or `Cluster` of ioredis has them. */
export interface RedisClient {
  hmget(key: string, ...fields: string[]): Promise<(string | null)[]>;
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
  del(key: string): Promise<number>;
}

export interface RedisStoreOptions {
  /** `redis://[user:password@]host[:port][/database]`, or `rediss://` over TLS. Either this or `client`. */
  readonly url?: string;
  /** A client of one's own: a cluster, sentinels. How it connects, and how long it tries, is then its own affair. */
  readonly client?: RedisClient;
  /** Passed to the client that is made from the url; what is in it replaces ours. */
  readonly clientOptions?: IoRedis.RedisOptions;
  /** The module itself, where a bundler cannot follow the import. Default: imports `ioredis` on first use. */
  readonly loadSdk?: () => Promise<Pick<typeof IoRedis, 'Redis'>>;
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly nowMs?: () => number;
}

export interface RedisStore extends RecordStore {
  /** Ends the connection, for a program that is to end by itself. The next call makes another. */
  close(): void;
}

interface Connection {
  readonly client: IoRedis.Redis;
  usedAtMs: number;
  /** Why it could not be made or ended. */
  problem?: unknown;
}

/** Longer unused, a connection is not trusted: load balancers and NAT gateways forget it after 60 to 350 s. */
const MAX_IDLE_MS = 30_000;

const CLIENT_OPTIONS = {
  lazyConnect: true,
  connectTimeout: 1_000,
  commandTimeout: 1_000,
  // A command that fails is not sent again and a connection that ends is not made again behind our back.
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  retryStrategy: () => null,
  // Would ask for INFO first, which some services forbid. A server that is still loading says so itself.
  enableReadyCheck: false,
  // The newer one is agreed upon in an exchange of its own, for which a first command would wait.
  protocol: 2,
} satisfies IoRedis.RedisOptions;

function connect(client: IoRedis.Redis): Connection {
  const connection: Connection = { client, usedAtMs: 0 };
  // Commands fail with no more than that there is no connection. Unheard, the client would print why.
  client.on('error', (problem) => {
    connection.problem = problem;
  });
  return connection;
}

/** Redis runs a script as a whole. Sent twice it answers 1 twice: the version is then the writer's own. */
const COMPARE_AND_SET = `
local version = redis.call('HGET', KEYS[1], 'version')
if version == ARGV[2] then return 1 end
if (version or '') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'expiresAtMs', ARGV[3], 'value', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1`;

const HINTS = {
  NOAUTH: 'Put the password into the url.',
  WRONGPASS: 'Check user and password in the url.',
  NOPERM: 'Allow the user HMGET, EVAL, HGET, HSET, PEXPIRE and DEL.',
  READONLY: 'This is a replica: name the primary.',
  OOM: 'Its memory is full. Set maxmemory-policy to noeviction and give it more.',
  ECONNREFUSED: 'Check host and port, and the path to it: in a VPC, subnet and security group.',
};

export function redisStore(options: RedisStoreOptions): RedisStore {
  const { url = '', client: own, clientOptions, nowMs = Date.now } = options;
  const loadSdk = options.loadSdk ?? (() => import('./redis-sdk.ts'));
  let Redis: typeof IoRedis.Redis | undefined;
  let made: Connection | undefined;

  async function connected(): Promise<Connection> {
    Redis ??= (await loadSdk()).Redis;
    const now = nowMs();
    if (made && (made.client.status === 'end' || Math.abs(now - made.usedAtMs) > MAX_IDLE_MS)) drop();
    made ??= connect(new Redis(url, { ...CLIENT_OPTIONS, ...clientOptions } as { replyMapping?: 'legacy' }));
    made.usedAtMs = now;
    return made;
  }

  function drop(): void {
    made?.client.disconnect();
    made = undefined;
  }

  async function call<Result>(run: (client: RedisClient) => Promise<Result>): Promise<Result> {
    let connection: Connection | undefined;
    try {
      if (own) return await run(own);
      connection = await connected();
      return await run(connection.client);
    } catch (error) {
      const { name } = (error ?? {}) as { readonly name?: unknown };
      // After a reply the connection is sound. After anything else nobody knows what is still under way on it.
      const isReply = name === 'ReplyError' || name === 'StoreError';
      if (!isReply && connection === made) drop();
      throw asStoreError('redis', isReply ? error : (connection?.problem ?? error), HINTS);
    }
  }

  return Object.freeze({
    name: 'redis',
    read: (key) =>
      call(async (client) => {
        const [value, version, expiresAtMs] = await client.hmget(key, 'value', 'version', 'expiresAtMs');
        if (version === null) return undefined;
        if (typeof value !== 'string' || typeof version !== 'string' || typeof expiresAtMs !== 'string') {
          throw new StoreError('redis', 'has a record that is not one of ours');
        }
        return { value, version, expiresAtMs: Number(expiresAtMs) };
      }),
    compareAndSet: (key, seenVersion = '', { value, expiresAtMs }) =>
      call(async (client) => {
        // A span and not a moment: how long it is kept is then decided by our clock, whatever the server's says.
        const keptMs = Math.max(Math.ceil(expiresAtMs - nowMs()), 0) + RECORD_GRACE_MS;
        const written = [randomUUID(), String(expiresAtMs), value, String(keptMs)];
        return (await client.eval(COMPARE_AND_SET, 1, key, seenVersion, ...written)) === 1;
      }),
    delete: (key) =>
      call(async (client) => {
        await client.del(key);
      }),
    close: drop,
  } satisfies RedisStore);
}
