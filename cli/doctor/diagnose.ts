/** Makes the checks, one after the other, and never lets one that cannot be made look like one that passed. */
import type { Check, Outcome } from './check.ts';
import { EVERY_CHECK } from './every-check.ts';
import { NoAnswer } from './exchange.ts';
import { createVisit, NotChecked, type Target, type Visit } from './visit.ts';

export interface CheckResult extends Outcome {
  readonly check: Check;
}

export interface Diagnosis {
  readonly results: readonly CheckResult[];
  readonly requests: number;
}

export interface DiagnoseOptions {
  /** Ids; default: all of them. */
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  /** Told before each check is made. */
  readonly onCheck?: (check: Check, index: number, count: number) => void;
  /** Told before the endpoint is waited for, because it says when to ask again. */
  readonly onWait?: (seconds: number) => void;
}

const NOT_REACHED: Outcome = { verdict: 'not checked', seen: 'the endpoint was not reached' };

export async function diagnose(target: Target, options: DiagnoseOptions = {}): Promise<Diagnosis> {
  const { only, skip = [], onCheck, onWait } = options;
  const checks = EVERY_CHECK.filter(({ id }) => (only === undefined || only.includes(id)) && !skip.includes(id));
  const visit = createVisit(target, onWait);
  const results: CheckResult[] = [];
  for (const [index, check] of checks.entries()) {
    onCheck?.(check, index, checks.length);
    // Each would wait as long again, or complain of a page that was never an endpoint.
    const isReached = results[0]?.check.id !== 'reachable' || results[0].verdict === 'passes';
    results.push({ check, ...(isReached || check.evenUnreached ? await outcomeOf(check, visit) : NOT_REACHED) });
  }
  return { results, requests: visit.requests() };
}

async function outcomeOf(check: Check, visit: Visit): Promise<Outcome> {
  try {
    return await check.run(visit);
  } catch (error) {
    if (error instanceof NotChecked || error instanceof NoAnswer)
      return { verdict: 'not checked', seen: error.message };
    throw error;
  }
}
