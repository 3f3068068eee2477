/**
 * Asks the functions of a policy, `when` and `lookup`, all at once and under one deadline.
 *
 * A function that throws, rejects or is late ends the request with 503: its rule might have granted something, and a
 * token without it, or a 403, would read as a refusal for as long as the client keeps it (S12). What a function answers
 * is validated as data from outside; what is unfit leaves its grants out and is reported.
 */
import { withinDeadline } from '../deadline.ts';
import { AuthFailure } from '../errors.ts';
import type { Identity } from '../identity/identity.ts';
import { locked } from '../identity/locked.ts';
import type { CompiledRule } from './compile-policy.ts';
import type { LookedUpRow, PolicyCall } from './rule.ts';

/** Rows that one look-up may give (ours): each can be a channel or more, and a JWT holds fewer. */
export const MAX_LOOKUP_ROWS = 1_000;

/** What the functions of one rule said of one identity. */
export interface RuleAnswer {
  readonly covers: boolean;
  /** Present when the rule has a `lookup`. */
  readonly rows?: readonly LookedUpRow[];
  /** Which function answered with something that is not of its type: all, or with rows some, of what it says is lost. */
  readonly unfit?: 'when' | 'lookup';
}

/** By rule; those that data alone excludes are not in it. */
export type Answers = ReadonlyMap<CompiledRule, RuleAnswer>;

/** @throws AuthFailure `policy-unavailable` (503), always as a rejection */
export async function askAll(rules: readonly CompiledRule[], identity: Identity, deadlineMs: number): Promise<Answers> {
  const answers = new Map<CompiledRule, RuleAnswer>();
  const waiting = new AbortController();
  const call: PolicyCall = Object.freeze({ signal: waiting.signal });
  const caller = locked(identity);
  const late = (): AuthFailure => {
    const unanswered = rules.filter((rule) => !answers.has(rule)).map(({ name }) => JSON.stringify(name));
    return new AuthFailure('policy-unavailable', `no answer within ${deadlineMs} ms from ${unanswered.join(', ')}`);
  };
  const askEach = (): Promise<unknown> =>
    Promise.all(rules.map(async (rule) => void answers.set(rule, await ask(rule, caller, call))));
  try {
    await withinDeadline(deadlineMs, askEach, late);
    return answers;
  } finally {
    // Also after success: it is the promise of `PolicyCall` that nobody waits any longer.
    waiting.abort();
  }
}

async function ask(rule: CompiledRule, identity: Identity, call: PolicyCall): Promise<RuleAnswer> {
  const { test, lookup } = rule;
  const holds: unknown = test === undefined || (await guarded(rule, 'when', () => test(identity, call)));
  if (holds !== true) return { covers: false, ...(holds !== false && { unfit: 'when' }) };
  if (lookup === undefined) return { covers: true };
  return { covers: true, ...rowsOf(await guarded(rule, 'lookup', () => lookup(identity, call))) };
}

/** Of an error the log sees the class: its message may hold anything, a claim or a connection string (S10). */
async function guarded(rule: CompiledRule, part: 'when' | 'lookup', run: () => unknown): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    const what = error instanceof Error ? error.constructor.name : `a ${typeof error}`;
    throw new AuthFailure('policy-unavailable', `${part} of ${JSON.stringify(rule.name)} threw ${what}`);
  }
}

function rowsOf(found: unknown): Pick<RuleAnswer, 'rows' | 'unfit'> {
  if (found === undefined || found === null) return { rows: [] };
  if (isRow(found)) return { rows: [found] };
  if (!Array.isArray(found) || found.length > MAX_LOOKUP_ROWS) return { rows: [], unfit: 'lookup' };
  const rows = found.filter(isRow);
  return { rows, ...(rows.length < found.length && { unfit: 'lookup' }) };
}

function isRow(value: unknown): value is LookedUpRow {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
