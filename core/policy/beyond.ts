/**
 * Which grants of a policy reach beyond other rights, said in the words of the policy: the grant as it is written, never
 * the channels that it became for a caller, which hold claim values (S10). For shadow.ts and explain.ts; decides nothing.
 */
import { intersect } from '../capability/algebra.ts';
import type { Capability } from '../capability/capability.ts';
import { givesOperation, type Operation, type OperationSet } from '../capability/operations.ts';
import type { Identity } from '../identity/identity.ts';
import type { CompiledRule } from './compile-policy.ts';
import { type Evaluation, expandGrant } from './evaluate.ts';
import type { Answers } from './look-up.ts';

/** A grant of one rule, as it is written, with the operations that the other rights do not give there. */
export interface GrantDifference {
  readonly rule: string;
  readonly grant: string;
  readonly operations: readonly Operation[];
}

/** One grant of a matching rule, with the resources that it came to. */
export interface GrantTrace {
  readonly rule: CompiledRule;
  readonly grant: string;
  readonly resources: readonly string[];
  readonly operations: OperationSet;
}

/** The same expansion that `evaluate` added up, grant by grant. */
export function traceGrants({ matched }: Evaluation, identity: Identity, answers: Answers): readonly GrantTrace[] {
  return matched.flatMap((rule) => [
    ...[...rule.grants.fixed].map(([grant, operations]) => ({ rule, grant, resources: [grant], operations })),
    ...rule.grants.templates.map((template) => ({
      ...{ rule, grant: template.template.text, operations: template.operations },
      resources: expandGrant(template, identity, answers.get(rule)).resources,
    })),
  ]);
}

/**
 * What of `traces`, which together are `own`, is not in `other`. A resource of one side is covered by the other side for
 * an operation exactly when their intersection has that very resource with that operation; so one intersection answers
 * for all, in linear time.
 */
export function grantsBeyond(
  traces: readonly GrantTrace[],
  own: Capability,
  other: Capability,
): readonly GrantDifference[] {
  const common = intersect(own, other);
  const lacks = (resource: string, operation: Operation): boolean => {
    const given = common.get(resource);
    return given === undefined || !givesOperation(given, operation);
  };
  return traces
    .map(({ rule, grant, resources, operations }) => ({
      ...{ rule: rule.name, grant },
      operations: [...operations].filter((operation) => resources.some((resource) => lacks(resource, operation))),
    }))
    .filter(({ operations }) => operations.length > 0);
}
