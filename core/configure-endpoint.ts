/**
 * Puts an endpoint together from a definition, an environment and a key source. What every composition root calls.
 *
 * A config that is wrong does not throw, because a deployed function must not fail at import (S11): the endpoint then
 * says so once, whole, and answers 503. Those who start a server read `problems` first and stop.
 */
import type { AblyApi } from './ably.ts';
import { type AuthEndpoint, createAuthEndpoint, type EndpointPorts } from './auth-endpoint.ts';
import type { OnAuthEvent } from './auth-event.ts';
import type { AuthDefinition } from './config.ts';
import type { ConfigProblem } from './config-problem.ts';
import { AuthFailure } from './errors.ts';
import { createKeyRing } from './keys/key-ring.ts';
import type { KeySource } from './keys/key-source.ts';
import type { Records } from './records.ts';
import { type Resolution, type ResolvedAuth, resolveConfig } from './resolve-config.ts';
import type { Environment } from './settings.ts';
import type { RecordStore } from './stores.ts';
import { answerFailure, answerPreflight } from './wire/answer.ts';
import { type CorsRules, corsHeaders, preflightHeaders } from './wire/cors.ts';
import { requestIdOf } from './wire/request-id.ts';

export type ChosenKeySource =
  | { readonly ok: true; readonly source: KeySource }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

export type ChosenStore =
  | { readonly ok: true; readonly store: RecordStore | undefined }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

export interface EndpointParts {
  readonly definition: AuthDefinition;
  readonly env: Environment;
  readonly keySource: ChosenKeySource;
  /** How Ably is asked for what cannot be signed here. Default: it is not, and a config that needs it is wrong. */
  readonly ably?: AblyApi;
  /** Which endpoint is made of it. Default: the one that issues credentials. */
  readonly createEndpoint?: typeof createAuthEndpoint;
  /** What the settings say about where records are kept. Does not count where the config names a store. */
  readonly chosenStore?: ChosenStore;
  /** Receives one event a request, and a few about the key. What it throws is ignored. Default: nobody listens. */
  readonly onEvent?: OnAuthEvent;
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly nowMs?: () => number;
}

export interface ConfiguredEndpoint extends AuthEndpoint {
  /** Empty when the endpoint can serve. */
  readonly problems: readonly ConfigProblem[];
  /** The name of the store in use, if any. */
  readonly storeName?: string;
}

export function configureEndpoint(parts: EndpointParts): ConfiguredEndpoint {
  const { createEndpoint = createAuthEndpoint } = parts;
  const prepared = preparePorts(parts);
  if (!prepared.ok) {
    const { problems, cors } = prepared;
    return Object.freeze({ problems, handle: answerMisconfigured(cors) });
  }
  const { auth, ports, storeName } = prepared;
  return Object.freeze({
    problems: [],
    ...(storeName !== undefined && { storeName }),
    ...createEndpoint(auth, ports),
  });
}

export type PreparedPorts =
  | {
      readonly ok: true;
      readonly auth: ResolvedAuth;
      readonly ports: EndpointPorts;
      readonly storeName: string | undefined;
    }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[]; readonly cors: CorsRules };

/** What every endpoint is made of. What is wrong is told to `onEvent` as well. */
export function preparePorts(parts: EndpointParts): PreparedPorts {
  const { definition, env, keySource, chosenStore = NO_STORE, ably, nowMs = Date.now } = parts;
  const onEvent = parts.onEvent && quietly(parts.onEvent);
  const resolution = resolveConfig(definition, env);
  const ownStore = resolution.ok ? resolution.auth.store : undefined;
  const settledStore = ownStore ? { ok: true as const, store: ownStore } : storeFor(resolution, chosenStore);
  if (!resolution.ok || !keySource.ok || !settledStore.ok) {
    const problems = [resolution, keySource, settledStore].flatMap((part) => (part.ok ? [] : part.problems));
    onEvent?.({ kind: 'misconfigured', problems });
    return { ok: false, problems, cors: resolution.ok ? resolution.auth.cors : NO_ORIGIN };
  }
  const keys = createKeyRing(keySource.source, {
    nowMs,
    ...(onEvent && { onKeyEvent: (event) => onEvent({ kind: 'key', event }) }),
  });
  const { store } = settledStore;
  const records = store && recordsOnFirstUse(store, nowMs);
  return {
    ok: true,
    auth: resolution.auth,
    ports: { keys, records, ably, onEvent, nowMs },
    storeName: store?.name,
  };
}

/** Found here and not before: what the settings choose is not known to whoever reads the config. */
function storeFor(resolution: Resolution, chosen: ChosenStore): ChosenStore {
  const problems = (resolution.ok && resolution.auth.grants?.withoutStore) || [];
  return problems.length > 0 && chosen.ok && !chosen.store ? { ok: false, problems } : chosen;
}

const NO_STORE: ChosenStore = { ok: true, store: undefined };

/** Most requests of most endpoints keep nothing, so how it is done is not read at their start. */
function recordsOnFirstUse(store: RecordStore, nowMs: () => number): Records {
  let opened: Records | undefined;
  const open = async (): Promise<Records> => {
    opened ??= (await import('./records.ts')).createRecords(store, { nowMs });
    return opened;
  };
  return {
    read: async (key) => (await open()).read(key),
    update: async (key, change) => (await open()).update(key, change),
  };
}

/** Of a config that cannot be used nobody knows which origins it would have allowed. */
const NO_ORIGIN: CorsRules = { mode: 'platform', allowedOrigins: new Set(), anyOrigin: false, allowedHeaders: [] };

function answerMisconfigured(rules: CorsRules): AuthEndpoint['handle'] {
  return async (request) => {
    const context = { requestId: requestIdOf(request), cors: corsHeaders(rules, request), docsBaseUrl: undefined };
    return request.method === 'OPTIONS'
      ? answerPreflight(preflightHeaders(rules, request), context)
      : answerFailure(new AuthFailure('misconfigured'), context);
  };
}

/** A log that cannot be written must not cost a caller the answer, nor, when it says so later, the process. */
function quietly(onEvent: OnAuthEvent): OnAuthEvent {
  return (event) => {
    try {
      const written: unknown = onEvent(event);
      if (written instanceof Promise) written.catch(() => {});
    } catch {
      // Nobody is left to tell.
    }
  };
}
