/**
 * What this caller may do now: what the policy says, cut to what the API key may do, narrowed by what the client asked
 * for (S3).
 *
 * Asking never adds: a requested capability is intersected, a requested clientId must be the granted one. How long the
 * token lives is settled afterwards.
 */

import { contains, intersect, intersectWithin, union } from '../capability/algebra.ts';
import { type Capability, isEmpty } from '../capability/capability.ts';
import { AuthFailure } from '../errors.ts';
import type { Identity } from '../identity/identity.ts';
import { MAX_CROSSED_RESOURCES } from '../limits.ts';
import { isFitClientId } from '../well-formed.ts';
import { clientIdFromTemplate } from './client-id-template.ts';
import type { Policy } from './compile-policy.ts';
import { type Evaluation, evaluate } from './evaluate.ts';
import { type Answers, NO_ANSWERS } from './look-up.ts';
import type { Wishes } from './wishes.ts';

export interface Decision {
  readonly evaluation: Evaluation;
  /** Before the client's wish narrowed it. */
  readonly granted: Capability;
  readonly capability: Capability;
  /** Absent: an anonymous token. */
  readonly clientId?: string;
  readonly wildcardClientId?: true;
}

/**
 * @param clientIdPrefix what the identity's source puts before its clientIds (S19)
 * @param answers of the functions of the policy (look-up.ts)
 * @param extension what the caller asked for and may have beyond the policy (grants/extend-rights.ts)
 * @throws AuthFailure as `conclude` does
 */
export function decide(
  policy: Policy,
  identity: Identity,
  clientIdPrefix: string,
  wishes: Wishes,
  answers: Answers = NO_ANSWERS,
  extension?: Capability,
): Decision {
  const evaluation = evaluate(policy, identity, answers);
  const extended = extension ? { ...evaluation, capability: union(evaluation.capability, extension) } : evaluation;
  return conclude(policy, extended, identity, clientIdPrefix, wishes);
}

/**
 * The second half of `decide`, for those who need to see the first (explain.ts, shadow.ts).
 *
 * @throws AuthFailure `anonymous-not-allowed`, `requested-capability-empty` or `requested-capability-exceeds` (401),
 *   `no-rule`, `unfit-client-id` or `foreign-client-id` (403), `misconfigured` (503)
 */
export function conclude(
  policy: Policy,
  evaluation: Evaluation,
  identity: Identity,
  clientIdPrefix: string,
  wishes: Wishes,
): Decision {
  if (isEmpty(evaluation.capability)) {
    const leftOut = evaluation.leftOut.length > 0 ? `left out: ${describeLeftOut(evaluation)}` : undefined;
    throw new AuthFailure(identity.kind === 'anonymous' ? 'anonymous-not-allowed' : 'no-rule', leftOut);
  }
  const granted = withinCeiling(policy, evaluation);
  const clientId = decideClientId(evaluation, identity, clientIdPrefix, wishes);
  const { requestedCapability } = wishes;
  const capability = requestedCapability === undefined ? granted : narrow(granted, requestedCapability);
  if (isEmpty(capability)) throw new AuthFailure('requested-capability-empty');
  if (policy.onExcessRequest === 'refuse' && requestedCapability && !contains(granted, requestedCapability)) {
    throw new AuthFailure('requested-capability-exceeds');
  }
  return {
    evaluation,
    granted,
    capability,
    ...(clientId !== undefined && { clientId }),
    ...(clientId === '*' && { wildcardClientId: true }),
  };
}

/** @throws AuthFailure `unfit-client-id` or `foreign-client-id` (403) */
export function decideClientId(
  evaluation: Evaluation,
  identity: Identity,
  clientIdPrefix: string,
  { requestedClientId }: Wishes,
): string | undefined {
  const grantedId = grantedClientId(evaluation, identity, clientIdPrefix);
  if (requestedClientId === undefined || requestedClientId === grantedId) return grantedId;
  if (!evaluation.wildcardClientId) throw new AuthFailure('foreign-client-id');
  if (!isFitClientId(requestedClientId)) throw new AuthFailure('unfit-client-id', 'the requested clientId');
  return requestedClientId;
}

/**
 * Ably would cut the same away, and answer 40160 where nothing is left. That is a mistake of the operator's: the caller
 * is neither refused for good nor told that he may not.
 */
function withinCeiling({ ceiling }: Policy, { capability, matchedRules }: Evaluation): Capability {
  if (ceiling === undefined) return capability;
  const granted = intersect(capability, ceiling);
  if (!isEmpty(granted)) return granted;
  throw new AuthFailure('misconfigured', `keyCapability has nothing of what is granted by ${matchedRules.join(', ')}`);
}

function grantedClientId(evaluation: Evaluation, identity: Identity, prefix: string): string | undefined {
  if (evaluation.wildcardClientId) return '*';
  if (evaluation.clientId === false) return undefined;
  if (evaluation.clientId === undefined) {
    if (identity.kind === 'anonymous') return undefined;
    const clientId = prefix + identity.subject;
    // The prefix alone would be everybody's without a subject.
    if (identity.subject !== '' && isFitClientId(clientId)) return clientId;
    throw new AuthFailure('unfit-client-id', 'the subject');
  }
  const clientId = clientIdFromTemplate(evaluation.clientId, prefix, identity.claims);
  if (clientId === undefined) throw new AuthFailure('unfit-client-id', `the template ${evaluation.clientId.text}`);
  return clientId;
}

/** Only what a client asks for can multiply, so it is told; a policy's own size is looked at when it is signed. */
function narrow(granted: Capability, requested: Capability): Capability {
  const narrowed = intersectWithin(granted, requested, granted.size + MAX_CROSSED_RESOURCES);
  if (!narrowed) throw new AuthFailure('malformed-request', 'the requested capability multiplies the granted one');
  return narrowed;
}

function describeLeftOut({ leftOut }: Evaluation): string {
  return leftOut
    .map(({ rule, grant, why, placeholder }) => `${rule} / ${grant}: {${placeholder}} is ${why}`)
    .join('; ');
}
