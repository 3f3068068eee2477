/**
 * The store that a function of one's own opens by itself where AWS can be reached. Redis is not among them: its client is
 * an optional peer, and a bundler stops at an import that is not installed. The config names it instead.
 */
import type { ChosenStore } from '../../core/configure-endpoint.ts';
import type { Environment } from '../../core/settings.ts';
import { chooseStore } from '../stores/choose-store.ts';

export function chooseAwsStore(env: Environment): ChosenStore {
  return chooseStore(env, {
    dynamodb: async (table) => (await import('../stores/dynamodb.ts')).dynamodbStore({ table }),
  });
}
