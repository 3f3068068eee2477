/**
 * Whether a policy has functions to ask about an identity, and what they answered: collected before evaluate.ts reads
 * it, so that the decision itself stays pure and never waits. How they are asked is decided in ask-functions.ts, which a
 * policy of plain data never loads.
 */
import type { Identity } from '../identity/identity.ts';
import type { Answers } from './ask-functions.ts';
import type { CompiledRule, Policy } from './compile-policy.ts';

export type { Answers, RuleAnswer } from './ask-functions.ts';

export const NO_ANSWERS: Answers = new Map();

/**
 * For a policy of plain data the answer is there at once.
 *
 * @throws AuthFailure `policy-unavailable` (503), always as a rejection
 */
export function lookUp(policy: Policy, identity: Identity): Answers | Promise<Answers> {
  if (policy.asking.length === 0) return NO_ANSWERS;
  const asked = policy.asking.filter((rule) => rule.covers(identity));
  return asked.length === 0 ? NO_ANSWERS : askThem(asked, identity, policy.deadlineMs);
}

async function askThem(asked: readonly CompiledRule[], identity: Identity, deadlineMs: number): Promise<Answers> {
  const { askAll } = await import('./ask-functions.ts');
  return askAll(asked, identity, deadlineMs);
}
