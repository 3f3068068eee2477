/**
 * What `createHandler` of every host starts from, for projects that install the package: their definition, and beside it
 * whatever they choose for themselves. The rest is as in the prebuilt functions.
 */
import type { AblyApi } from '../../core/ably.ts';
import type { OnAuthEvent } from '../../core/auth-event.ts';
import type { AuthDefinition } from '../../core/config.ts';
import { type ChosenStore, configureEndpoint } from '../../core/configure-endpoint.ts';
import type { KeySource } from '../../core/keys/key-source.ts';
import type { Environment } from '../../core/settings.ts';
import { type ComposedEndpoint, composeEndpoint, type KeyChoice } from './compose-endpoint.ts';

export interface HandlerOptions {
  /** Default: the environment of the process. */
  readonly env?: Environment;
  /** Default: chosen by `ABLY_API_KEY`, or where AWS can be read also by the settings that name a secret there. */
  readonly keySource?: KeySource;
  /** How Ably is called, where the config needs it. Default: by its SDK, which the hosts of `fetch` have to be given. */
  readonly ably?: AblyApi;
  /** Receives what happened, in place of the log. What it throws is ignored. Default: a line each on the console. */
  readonly onEvent?: OnAuthEvent;
}

/** What a host brings: its own environment, and the stores it can read a key from. */
export interface HandlerHost {
  readonly env: Environment;
  readonly chooseKey: (env: Environment) => KeyChoice;
  /** Left out where a bundler would pack Ably's SDK for everybody. */
  readonly createAblyApi?: (env: Environment) => AblyApi;
  readonly chooseStore: (env: Environment) => ChosenStore;
  /** Default: `console.log`, which every platform collects. */
  readonly print?: (line: string) => void;
}

/** Never throws: a config that is wrong is logged once, whole, and answered 503 (S11). */
export function composeHandler(
  definition: AuthDefinition,
  options: HandlerOptions,
  host: HandlerHost,
): ComposedEndpoint {
  const { env = host.env, keySource: own, onEvent } = options;
  const { print } = host;
  const ably = options.ably ?? host.createAblyApi?.(env);
  const keySource: KeyChoice = own ? { ok: true, source: own } : host.chooseKey(env);
  const store = host.chooseStore(env);
  if (!onEvent) return composeEndpoint({ definition, env, keySource, store, ably, ...(print && { print }) });
  return {
    endpoint: configureEndpoint({ definition, env, keySource, chosenStore: store, onEvent, ...(ably && { ably }) }),
    notice: () => {},
  };
}
