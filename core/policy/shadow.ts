/**
 * Tries a second policy beside the first and says where the two differ, so that a change can be watched before it
 * counts. The same evaluate, conclude and settle as the real one; grants nothing, never changes an answer, never throws.
 *
 * Differences only, in the words of the policy: rules, and grants as they are written. The channels that a template
 * became, and a clientId, hold claim values and are never said (S10).
 */
import { AuthFailure, type FailureReason } from '../errors.ts';
import type { Identity } from '../identity/identity.ts';
import { keepReserved, type ReservedPrefix } from '../identity/reserved-prefix.ts';
import type { TokenFormat } from '../token/settled-params.ts';
import { type GrantDifference, grantsBeyond, traceGrants } from './beyond.ts';
import type { Policy } from './compile-policy.ts';
import { conclude } from './decide.ts';
import { type Evaluation, evaluate } from './evaluate.ts';
import { type Answers, lookUp } from './look-up.ts';
import { type SettleDefaults, type Settled, settle } from './settle.ts';
import type { Wishes } from './wishes.ts';

/** What would change if the shadow counted; what would not is absent. */
export interface ShadowDifference {
  /** `issued` where the real policy refuses; why the shadow refuses, where it does so otherwise than the real one. */
  readonly outcome?: 'issued' | FailureReason;
  readonly rulesAdded?: readonly string[];
  readonly rulesRemoved?: readonly string[];
  readonly added?: readonly GrantDifference[];
  readonly removed?: readonly GrantDifference[];
  readonly clientId?: 'differs';
  readonly ttlMs?: number;
  readonly format?: TokenFormat;
}

/** Everything that a decision was made of. */
export interface Trial {
  readonly policy: Policy;
  readonly identity: Identity;
  readonly clientIdPrefix: string;
  /** Beginnings of clientIds that only their own source may come to (S19). */
  readonly reserved: readonly ReservedPrefix[];
  readonly wishes: Wishes;
  readonly answers: Answers;
  readonly defaults: SettleDefaults;
  readonly nowMs: number;
}

interface Outcome {
  readonly evaluation: Evaluation;
  readonly settled?: Settled;
  readonly reason?: FailureReason;
}

export interface ShadowWatch {
  /**
   * What belongs into the event of the request: nothing when the two agree. Never rejects.
   *
   * @param answers of the real policy's functions; `undefined` when they could not be had, and nothing can be compared
   */
  report(answers: Answers | undefined): Promise<{ readonly shadow?: ShadowDifference }>;
}

/** Begins to ask the shadow's functions, beside those of the real policy and under the same deadline. */
export function watchShadow(shadow: Policy, real: Omit<Trial, 'answers'>): ShadowWatch {
  const pending = (async () => ({ answers: await lookUp(shadow, real.identity) }))().catch(
    (error: unknown) => ({ reason: error instanceof AuthFailure ? error.reason : 'internal' }) as const,
  );
  return {
    async report(answers) {
      const tried = await pending;
      if (answers === undefined) return {};
      try {
        if ('reason' in tried) return { shadow: { outcome: tried.reason } };
        const found = difference({ ...real, answers }, { ...real, policy: shadow, answers: tried.answers });
        return found ? { shadow: found } : {};
      } catch {
        return { shadow: { outcome: 'internal' } };
      }
    },
  };
}

function difference(real: Trial, shadow: Trial): ShadowDifference | undefined {
  const [was, would] = [outcomeOf(real), outcomeOf(shadow)];
  const [before, after] = [was.evaluation, would.evaluation];
  const tracesBefore = traceGrants(before, real.identity, real.answers);
  const tracesAfter = traceGrants(after, shadow.identity, shadow.answers);
  const found = {
    ...(would.reason !== was.reason && { outcome: would.reason ?? ('issued' as const) }),
    ...listed('rulesAdded', without(after.matchedRules, before.matchedRules)),
    ...listed('rulesRemoved', without(before.matchedRules, after.matchedRules)),
    ...listed('added', grantsBeyond(tracesAfter, after.capability, before.capability)),
    ...listed('removed', grantsBeyond(tracesBefore, before.capability, after.capability)),
    ...(was.settled && would.settled && settledDifference(was.settled, would.settled)),
  };
  return Object.keys(found).length > 0 ? found : undefined;
}

function outcomeOf({ policy, identity, clientIdPrefix, reserved, wishes, answers, defaults, nowMs }: Trial): Outcome {
  const evaluation = evaluate(policy, identity, answers);
  try {
    const decision = conclude(policy, evaluation, identity, clientIdPrefix, wishes);
    keepReserved(reserved, decision.clientId, identity.source);
    return { evaluation, settled: settle(decision, identity, wishes, '', defaults, nowMs) };
  } catch (error) {
    if (error instanceof AuthFailure) return { evaluation, reason: error.reason };
    throw error;
  }
}

function settledDifference(was: Settled, would: Settled): ShadowDifference {
  return {
    ...(was.params.clientId !== would.params.clientId && { clientId: 'differs' }),
    ...(was.params.ttlMs !== would.params.ttlMs && { ttlMs: would.params.ttlMs }),
    ...(was.format !== would.format && { format: would.format }),
  };
}

function without(names: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others);
  return names.filter((name) => !known.has(name));
}

function listed<K extends string, T>(name: K, list: readonly T[]): { readonly [key in K]?: readonly T[] } {
  return (list.length > 0 ? { [name]: list } : {}) as { readonly [key in K]?: readonly T[] };
}
