/**
 * Asks the app's checks, some at a time and all under one deadline.
 *
 * One that throws, rejects or is late ends the request with 503, as a function of a rule does (policy/ask-functions.ts):
 * a credential without the right would read as a refusal for as long as the client keeps it (S12). A live connection
 * survives the 503, and what was approved before it is not asked again where it can be remembered.
 */
import { bothOperations, isOperation, type Operation, type OperationSet } from '../capability/operations.ts';
import { withinDeadline } from '../deadline.ts';
import { AuthFailure } from '../errors.ts';
import type { Identity } from '../identity/identity.ts';
import { locked } from '../identity/locked.ts';
import { MAX_PARALLEL_CHECKS } from '../limits.ts';
import type { CompiledRequestable } from './grants-choice.ts';
import type { PlaceholderValues } from './match-resource.ts';
import type { CheckCall } from './requestable.ts';

/** One entry of `requestable` and one resource that it is about. */
export interface Check {
  readonly entry: CompiledRequestable;
  readonly resource: string;
  readonly values: PlaceholderValues;
}

/** What it may do there, never empty; `refused`; or `unfit` for what is no answer, which gives nothing either. */
export type CheckResult = OperationSet | 'refused' | 'unfit';

/**
 * @param results receives each answer as it comes, so that those who fail half-way know how far they got
 * @throws AuthFailure `policy-unavailable` (503), always as a rejection
 */
export async function askChecks(
  checks: readonly Check[],
  identity: Identity,
  deadlineMs: number,
  results: Map<Check, CheckResult>,
): Promise<void> {
  if (checks.length === 0) return;
  const shown = locked(identity);
  // One each: sixteen queries that listen to the same signal would make Node.js warn of a leak.
  const waiting = new Set<AbortController>();
  let ended = false;
  const queue = checks.values();
  const work = async (): Promise<void> => {
    for (const check of queue) {
      const controller = new AbortController();
      waiting.add(controller);
      const result = await ask(check, shown, controller.signal);
      waiting.delete(controller);
      if (ended) return;
      results.set(check, result);
    }
  };
  const late = (): AuthFailure => {
    const slow = new Set(checks.filter((check) => !results.has(check)).map(({ entry }) => JSON.stringify(entry.name)));
    const detail = `no answer within ${deadlineMs} ms from the check of ${[...slow].join(', ')}`;
    return new AuthFailure('policy-unavailable', detail);
  };
  const askAll = (): Promise<unknown> =>
    Promise.all(Array.from({ length: Math.min(MAX_PARALLEL_CHECKS, checks.length) }, work));
  try {
    await withinDeadline(deadlineMs, askAll, late);
  } finally {
    ended = true;
    for (const controller of waiting) controller.abort();
  }
}

/** Of an error the log sees the class: its message may hold anything, a room's name or a connection string (S10). */
async function ask({ entry, values }: Check, identity: Identity, signal: AbortSignal): Promise<CheckResult> {
  let answer: unknown;
  try {
    answer = await entry.check(Object.freeze({ ...values, identity, signal }) as CheckCall);
  } catch (error) {
    const what = error instanceof Error ? error.constructor.name : `a ${typeof error}`;
    throw new AuthFailure('policy-unavailable', `the check of ${JSON.stringify(entry.name)} threw ${what}`);
  }
  if (answer === true) return entry.operations;
  if (answer === false) return 'refused';
  if (!Array.isArray(answer) || !answer.every(isOperation)) return 'unfit';
  if (answer.length === 0) return 'refused';
  const narrower = answer.includes('*') ? new Set<Operation>(['*']) : new Set<Operation>(answer);
  const given = bothOperations(entry.operations, narrower);
  return given.size === 0 ? 'unfit' : given;
}
