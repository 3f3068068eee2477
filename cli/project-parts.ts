/** What a project's functions are made of, for commands that act in their place: its key, its store, its limit, and Ably. */
import { createAblyApi } from '../adapters/ably/ably-api.ts';
import { chooseAwsStore } from '../adapters/compose/aws-store.ts';
import { chooseKeySource } from '../adapters/compose/key-sources.ts';
import { openLimit } from '../adapters/rate-limit/open-limit.ts';
import type { AuthDefinition } from '../core/config.ts';
import type { EndpointParts } from '../core/configure-endpoint.ts';
import type { Environment } from '../core/settings.ts';

export function projectParts(definition: AuthDefinition, env: Environment): EndpointParts {
  return {
    ...{ definition, env, openLimit },
    keySource: chooseKeySource(env),
    chosenStore: chooseAwsStore(env),
    ably: createAblyApi(env),
  };
}
