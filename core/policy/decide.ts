/**
 * What this caller may do now: what the policy says, narrowed by what the client asked for (S3).
 *
 * Asking never adds: a requested capability is intersected, a requested clientId must be the granted one. How long the
 * token lives is settled afterwards.
 */

import { intersect } from '../capability/algebra.ts';
import { type Capability, isEmpty } from '../capability/capability.ts';
import { AuthFailure } from '../errors.ts';
import type { Identity } from '../identity/identity.ts';
import { isFitClientId } from '../well-formed.ts';
import { clientIdFromTemplate } from './client-id-template.ts';
import type { Policy } from './compile-policy.ts';
import { type Evaluation, evaluate } from './evaluate.ts';
import type { Wishes } from './wishes.ts';

export interface Decision {
  readonly evaluation: Evaluation;
  readonly capability: Capability;
  /** Absent: an anonymous token. */
  readonly clientId?: string;
  readonly wildcardClientId?: true;
}

/**
 * @param clientIdPrefix what the identity's source puts before its clientIds (S19)
 * @throws AuthFailure `anonymous-not-allowed` or `requested-capability-empty` (401), `no-rule`, `unfit-client-id` or
 *   `foreign-client-id` (403)
 */
export function decide(policy: Policy, identity: Identity, clientIdPrefix: string, wishes: Wishes): Decision {
  const evaluation = evaluate(policy, identity);
  if (isEmpty(evaluation.capability)) {
    const leftOut = evaluation.leftOut.length > 0 ? `left out: ${describeLeftOut(evaluation)}` : undefined;
    throw new AuthFailure(identity.kind === 'anonymous' ? 'anonymous-not-allowed' : 'no-rule', leftOut);
  }
  const granted = grantedClientId(evaluation, identity, clientIdPrefix);
  const { requestedClientId, requestedCapability } = wishes;
  if (requestedClientId !== undefined && requestedClientId !== granted) {
    if (!evaluation.wildcardClientId) throw new AuthFailure('foreign-client-id');
    if (!isFitClientId(requestedClientId)) throw new AuthFailure('unfit-client-id', 'the requested clientId');
  }
  const clientId = evaluation.wildcardClientId ? (requestedClientId ?? granted) : granted;
  const capability =
    requestedCapability === undefined ? evaluation.capability : intersect(evaluation.capability, requestedCapability);
  if (isEmpty(capability)) throw new AuthFailure('requested-capability-empty');
  return {
    evaluation,
    capability,
    ...(clientId !== undefined && { clientId }),
    ...(clientId === '*' && { wildcardClientId: true }),
  };
}

function grantedClientId(evaluation: Evaluation, identity: Identity, prefix: string): string | undefined {
  if (evaluation.wildcardClientId) return '*';
  if (evaluation.clientId === false) return undefined;
  if (evaluation.clientId === undefined) {
    if (identity.kind === 'anonymous') return undefined;
    const clientId = prefix + identity.subject;
    if (isFitClientId(clientId)) return clientId;
    throw new AuthFailure('unfit-client-id', 'the subject');
  }
  const clientId = clientIdFromTemplate(evaluation.clientId, prefix, identity.claims);
  if (clientId === undefined) throw new AuthFailure('unfit-client-id', `the template ${evaluation.clientId.text}`);
  return clientId;
}

function describeLeftOut({ leftOut }: Evaluation): string {
  return leftOut
    .map(({ rule, grant, why, placeholder }) => `${rule} / ${grant}: {${placeholder}} is ${why}`)
    .join('; ');
}
