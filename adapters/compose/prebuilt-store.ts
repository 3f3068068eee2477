/**
 * The stores that a prebuilt Lambda function or container opens by itself: all but Netlify's own. Their clients are in
 * the build, in files that only the store in use reads.
 */
import type { ChosenStore } from '../../core/configure-endpoint.ts';
import type { Environment } from '../../core/settings.ts';
import { chooseStore } from '../stores/choose-store.ts';

export function choosePrebuiltStore(env: Environment): ChosenStore {
  return chooseStore(env, {
    dynamodb: async (table) => (await import('../stores/dynamodb.ts')).dynamodbStore({ table }),
    redis: async (url) => (await import('../stores/redis.ts')).redisStore({ url }),
  });
}
