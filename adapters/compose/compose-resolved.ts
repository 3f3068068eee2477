/**
 * What every composition root does with the parts it chose: one endpoint, one log, the warnings printed once.
 *
 * Chooses nothing itself: which config, which environment and which key sources is the entry's decision. Never throws,
 * because it runs while a deployed function is imported (S11).
 */
import type { AblyApi } from '../../core/ably.ts';
import {
  assembleEndpoint,
  type ChosenKeySource,
  type ChosenParts,
  type ChosenStore,
  type ConfiguredEndpoint,
} from '../../core/assemble-endpoint.ts';
import { type ConfigProblem, describeProblem } from '../../core/config-problem.ts';
import type { Resolution } from '../../core/resolve-config.ts';
import type { Environment } from '../../core/settings.ts';
import { openLimit } from '../rate-limit/open-limit.ts';
import { type FurtherLines, openLog, type ProcessLog } from './open-log.ts';

/** What `chooseKeySource` and its like return. */
export type KeyChoice = ChosenKeySource & { readonly warnings?: readonly ConfigProblem[] };

export interface ResolvedComposition extends FurtherLines {
  readonly resolution: Resolution;
  readonly env: Environment;
  readonly keySource: KeyChoice;
  /** Default: Ably is never called. */
  readonly ably?: AblyApi | undefined;
  /** What `chooseStore` returns. Default: none. */
  readonly store?: ChosenStore;
  /** Which endpoint: default, the one that issues. */
  readonly createEndpoint?: ChosenParts['createEndpoint'] | undefined;
  /** What the composition root itself found wrong. With any, every request is answered 503. */
  readonly problems?: readonly ConfigProblem[];
  /** Default: `console.log`, which every platform collects. */
  readonly print?: (line: string) => void;
  /** False where whoever starts the process prints the endpoint's `problems` itself. Default true. */
  readonly logProblems?: boolean;
}

export interface ComposedEndpoint {
  readonly endpoint: ConfiguredEndpoint;
  readonly notice: ProcessLog['notice'];
}

export function composeResolved(composition: ResolvedComposition): ComposedEndpoint {
  const { resolution, env, keySource, store, ably, createEndpoint } = composition;
  const { print = console.log, logProblems = true } = composition;
  const log = openLog(env, print, composition);
  const { onEvent } = log;
  const endpoint = assembleEndpoint(resolution, {
    env,
    openLimit,
    ...(elapsedMs && { elapsedMs }),
    keySource: withProblems(keySource, [...(composition.problems ?? []), ...log.problems]),
    ...(ably && { ably }),
    ...(createEndpoint && { createEndpoint }),
    ...(store && { chosenStore: store }),
    ...(onEvent && { onEvent: (event) => (logProblems || event.kind !== 'misconfigured') && onEvent(event) }),
  });
  for (const warning of (keySource.ok && keySource.warnings) || []) log.notice('warn', describeProblem(warning));
  if (endpoint.storeName === 'memory' && (env.AWS_LAMBDA_FUNCTION_NAME || env.VERCEL)) {
    log.notice('warn', MEMORY_IS_NOT_SHARED);
  }
  return { endpoint, notice: log.notice };
}

/** Node's, whose `performance` takes a millisecond of a cold start when it is first used. Elsewhere that one counts. */
const elapsedMs: ChosenParts['elapsedMs'] =
  globalThis.process?.hrtime?.bigint && (() => Number(process.hrtime.bigint()) / 1e6);

/** A container may be the only one; of functions the platform starts as many as it likes. */
const MEMORY_IS_NOT_SHARED =
  'ABLY_AUTH_STORE: memory is not shared by the instances of a function. Name a store that is (docs/stores.md)';

/** The endpoint serves only with a key source, so one that is withheld is how further problems stop it. */
function withProblems(keySource: ChosenKeySource, problems: readonly ConfigProblem[]): ChosenKeySource {
  if (problems.length === 0) return keySource;
  return { ok: false, problems: [...problems, ...(keySource.ok ? [] : keySource.problems)] };
}
