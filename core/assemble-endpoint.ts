/**
 * Puts an endpoint together from a config that was read and the parts that a composition root chose.
 *
 * A config that is wrong does not throw, because a deployed function must not fail at import (S11): the endpoint then
 * says so once, whole, and answers 503. Those who start a server read `problems` first and stop.
 */
import type { AblyApi } from './ably.ts';
import { type AuthEndpoint, createAuthEndpoint, type EndpointPorts } from './auth-endpoint.ts';
import type { OnAuthEvent } from './auth-event.ts';
import { openClock } from './clock/open-clock.ts';
import type { AuthDefinition } from './config.ts';
import type { ConfigProblem } from './config-problem.ts';
import { type HealthReport, type KeyHealth, keyHealth, MISCONFIGURED } from './health/health-report.ts';
import type { AuthRequest, AuthResponse } from './http.ts';
import { createKeyRing } from './keys/key-ring.ts';
import type { KeySource } from './keys/key-source.ts';
import { checkFurtherFormats, furtherFormatsOf } from './load-further-formats.ts';
import { quietly } from './quietly.ts';
import type { OpenLimit } from './rate-limit/rate-limit.ts';
import type { Records } from './records.ts';
import type { Resolution, ResolvedAuth } from './resolve-config.ts';
import type { Environment } from './settings.ts';
import type { RecordStore } from './stores.ts';
import type { WatchPorts } from './watch.ts';
import type { CorsRules } from './wire/cors.ts';

export type ChosenKeySource =
  | { readonly ok: true; readonly source: KeySource }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

export type ChosenStore =
  | { readonly ok: true; readonly store: RecordStore | undefined }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** What a composition root chooses beside the config. */
export interface ChosenParts {
  readonly env: Environment;
  readonly keySource: ChosenKeySource;
  /** How Ably is asked for what cannot be signed here. Default: it is not, and a config that needs it is wrong. */
  readonly ably?: AblyApi;
  /** Which endpoint is made of it. Default: the one that issues credentials. */
  readonly createEndpoint?: typeof createAuthEndpoint;
  /** What the settings say about where records are kept. Does not count where the config names a store. */
  readonly chosenStore?: ChosenStore;
  /** What counts requests, where the config limits them. Default: nothing does, and such a config is wrong. */
  readonly openLimit?: OpenLimit;
  /** Receives one event a request, and a few about the key. What it throws is ignored. Default: nobody listens. */
  readonly onEvent?: OnAuthEvent;
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly nowMs?: () => number;
  /** For durations: milliseconds since some moment, never less than before. Default: `performance.now`. */
  readonly elapsedMs?: () => number;
}

export interface EndpointParts extends ChosenParts {
  readonly definition: AuthDefinition;
}

export interface ConfiguredEndpoint extends AuthEndpoint {
  /** Those that are known at once. Empty when the endpoint can serve, as far as these say. */
  readonly problems: readonly ConfigProblem[];
  /** The name of the store in use, if any. */
  readonly storeName?: string | undefined;
  /** How it is doing, as far as that is known without asking anybody. */
  health(): HealthReport;
  /**
   * All of them, with those of formats and claims that only some configs use, whose code is loaded meanwhile. Whoever
   * starts a server waits for it; a request does so anyway. Never rejects.
   */
  readonly allProblems: Promise<readonly ConfigProblem[]>;
}

export function assembleEndpoint(resolution: Resolution, parts: ChosenParts): ConfiguredEndpoint {
  const prepared = preparePorts(resolution, parts);
  const { problems, storeName, health, ports } = prepared;
  const { createEndpoint = createAuthEndpoint } = parts;
  const { handle } = prepared.ok ? createEndpoint(prepared.auth, prepared.ports) : refusing(prepared);
  const allProblems = checkFurtherFormats(problems, ports);
  return Object.freeze({
    problems,
    storeName,
    health,
    allProblems,
    handle: (request: AuthRequest) => (asksForHealth(request) ? tellHealth(request) : handle(request)),
  });

  async function tellHealth(request: AuthRequest): Promise<AuthResponse> {
    const { answerHealth } = await import('./health/answer-health.ts');
    return answerHealth(request, parts, prepared, await allProblems);
  }
}

/** The one question that is no request for a credential, by whatever method. */
function asksForHealth({ method, query }: AuthRequest): boolean {
  return method !== 'OPTIONS' && query.some(([name]) => name === 'health');
}

function refusing({ cors, ports }: Refused): AuthEndpoint {
  return {
    handle: async (request) => (await import('./answer-misconfigured.ts')).answerMisconfigured(request, cors, ports),
  };
}

export interface Prepared {
  readonly ok: true;
  /** None. */
  readonly problems: readonly ConfigProblem[];
  readonly auth: ResolvedAuth;
  readonly ports: EndpointPorts;
  readonly storeName: string | undefined;
  readonly health: () => HealthReport;
}

export interface Refused {
  readonly ok: false;
  readonly problems: readonly ConfigProblem[];
  readonly cors: CorsRules;
  /** Of further formats only their problems are asked for. */
  readonly ports: WatchPorts & Pick<EndpointPorts, 'furtherFormats'>;
  readonly storeName?: undefined;
  readonly health: () => HealthReport;
}

export type PreparedPorts = Prepared | Refused;

/** What every endpoint is made of. */
export function preparePorts(resolution: Resolution, parts: ChosenParts): PreparedPorts {
  const { env, keySource, chosenStore = NO_STORE, nowMs = Date.now, elapsedMs = now } = parts;
  const onEvent = parts.onEvent && quietly(parts.onEvent);
  const { auth } = resolution;
  const settledStore = auth?.store ? { ok: true as const, store: auth.store } : storeFor(auth, chosenStore);
  const unasked = auth ? missingParts(auth, parts) : [];
  if (!resolution.ok || !keySource.ok || !settledStore.ok || unasked.length > 0) {
    const refused = [resolution, keySource, settledStore].flatMap((part) => (part.ok ? [] : part.problems));
    const problems = [...refused, ...unasked];
    const cors = resolution.ok ? resolution.auth.cors : NO_ORIGIN;
    const furtherFormats = auth && furtherFormatsOf(auth, { env, ably: parts.ably, nowMs });
    const ports = { furtherFormats, onEvent, nowMs, elapsedMs };
    return { ok: false, problems, cors, health: () => MISCONFIGURED, ports };
  }
  let key: KeyHealth = 'not asked';
  const keys = createKeyRing(keySource.source, {
    nowMs,
    onKeyEvent: (event) => {
      if (event.stage === 'current') key = keyHealth(event);
      onEvent?.({ kind: 'key', event });
    },
  });
  const { store } = settledStore;
  const records = store && recordsOnFirstUse(store, nowMs);
  const { clock: mode, rateLimit, cors } = resolution.auth;
  const limit = rateLimit && parts.openLimit?.({ limit: rateLimit, ...cors }, store, nowMs);
  const clock = mode !== 'local' && parts.ably && openClock({ mode, ably: parts.ably, nowMs, onEvent });
  const { ably, offsetMs, health = () => ({ mode }) } = clock || { ably: parts.ably };
  const furtherFormats = furtherFormatsOf(resolution.auth, { env, ably, nowMs });
  return {
    ok: true,
    problems: unasked,
    auth: resolution.auth,
    ports: { keys, records, ably, furtherFormats, limit, onEvent, nowMs, elapsedMs, offsetMs },
    storeName: store?.name,
    health: () => ({ status: 'ok', key, clock: health(), ...(store && { store: store.name }) }),
  };
}

/** Found here and not before: what the settings choose is not known to whoever reads the config. */
function storeFor(auth: ResolvedAuth | undefined, chosen: ChosenStore): ChosenStore {
  const problems = auth?.grants?.withoutStore ?? [];
  return problems.length > 0 && chosen.ok && !chosen.store ? { ok: false, problems } : chosen;
}

function missingParts({ clock, rateLimit }: ResolvedAuth, { ably, openLimit }: ChosenParts): readonly ConfigProblem[] {
  const missing = [
    ...(clock === 'local' || ably ? [] : [['clock', 'ably']]),
    ...(!rateLimit || openLimit ? [] : [['rateLimit', 'openLimit']]),
  ];
  return missing.map(([setting = '', part]) => {
    return { setting, problem: 'what it takes was not handed in', fix: `Leave it out, or hand in ${part}` };
  });
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

/** Not read before it is used: its first use loads a module of Node, which takes a millisecond. */
function now(): number {
  return performance.now();
}
