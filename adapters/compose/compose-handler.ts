/**
 * What `createHandler` of every host starts from, for projects that install the package: their definition, and beside it
 * whatever they choose for themselves. The rest is as in the prebuilt functions.
 */
import type { AblyApi } from '../../core/ably.ts';
import type { OnAuthEvent } from '../../core/auth-event.ts';
import type { AuthDefinition } from '../../core/config.ts';
import { type ChosenStore, configureEndpoint, type EndpointParts } from '../../core/configure-endpoint.ts';
import type { KeySource } from '../../core/keys/key-source.ts';
import { createRevocations, type Revocations } from '../../core/revocation/create-revocations.ts';
import type { Environment } from '../../core/settings.ts';
import { openLimit } from '../rate-limit/open-limit.ts';
import { type ComposedEndpoint, composeEndpoint, type KeyChoice } from './compose-endpoint.ts';
import type { FurtherLines } from './open-log.ts';

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
  /** Where CloudWatch collects what is printed. Default: it does not, and a setting that asks for metrics is wrong. */
  readonly openMetrics?: (env: Environment) => FurtherLines['metrics'];
  /** Default: `console.log`, which every platform collects. */
  readonly print?: (line: string) => void;
  /** Default: the endpoint that issues. */
  readonly createEndpoint?: EndpointParts['createEndpoint'];
}

/** Never throws: a config that is wrong is logged once, whole, and answered 503 (S11). */
export function composeHandler(
  definition: AuthDefinition,
  options: HandlerOptions,
  host: HandlerHost,
): ComposedEndpoint {
  const { createEndpoint, print } = host;
  const parts = partsOf(definition, options, host);
  const { onEvent } = options;
  if (!onEvent) {
    const metrics = parts.env.ABLY_AUTH_METRICS ? host.openMetrics?.(parts.env) : undefined;
    return composeEndpoint({ ...parts, store: parts.chosenStore, createEndpoint, metrics, ...(print && { print }) });
  }
  return {
    endpoint: configureEndpoint({ ...parts, onEvent, ...(createEndpoint && { createEndpoint }) }),
    notice: () => {},
  };
}

/** What an app calls by itself, beside the functions: over the same key, store and config as they have. */
export function composeRevocations(
  definition: AuthDefinition,
  options: HandlerOptions,
  host: HandlerHost,
): Revocations {
  const { onEvent } = options;
  return createRevocations({ ...partsOf(definition, options, host), ...(onEvent && { onEvent }) });
}

function partsOf(definition: AuthDefinition, options: HandlerOptions, host: HandlerHost) {
  const { env = host.env, keySource: own } = options;
  const ably = options.ably ?? host.createAblyApi?.(env);
  const keySource: KeyChoice = own ? { ok: true, source: own } : host.chooseKey(env);
  return { definition, env, keySource, openLimit, chosenStore: host.chooseStore(env), ...(ably && { ably }) };
}
