/**
 * What the policy says of one identity: the rights that the matching rules add up to, and the clientId, ttl and format
 * that the first of them to name one decides. Pure; what the client asked for is not known here (see decide.ts).
 */

import { unionAll } from '../capability/algebra.ts';
import { type Capability, EMPTY_CAPABILITY } from '../capability/capability.ts';
import type { OperationSet } from '../capability/operations.ts';
import type { Identity } from '../identity/identity.ts';
import type { TokenFormat } from '../token/settled-params.ts';
import type { CompiledRule, Policy } from './compile-policy.ts';
import { expandTemplate, type Shortfall, type Template } from './template.ts';

/** A grant, or one element of a list in it, that a caller did not get although the rule matched. */
export interface LeftOut extends Shortfall {
  readonly rule: string;
  readonly grant: string;
}

export interface Evaluation {
  readonly matchedRules: readonly string[];
  readonly capability: Capability;
  /** `undefined`: no rule named one. */
  readonly clientId: Template | false | undefined;
  readonly wildcardClientId: boolean;
  readonly ttlMs: number | undefined;
  readonly format: TokenFormat | undefined;
  readonly leftOut: readonly LeftOut[];
}

export function evaluate(policy: Policy, identity: Identity): Evaluation {
  const matched = policy.filter((rule) => rule.covers(identity));
  const leftOut: LeftOut[] = [];
  const capabilities = matched.map((rule) => grantedBy(rule, identity, leftOut));
  return {
    matchedRules: matched.map(({ name }) => name),
    capability: unionAll(capabilities),
    clientId: matched.find(({ clientId }) => clientId !== undefined)?.clientId,
    wildcardClientId: matched.some(({ wildcardClientId }) => wildcardClientId),
    ttlMs: matched.find(({ ttlMs }) => ttlMs !== undefined)?.ttlMs,
    format: matched.find(({ format }) => format !== undefined)?.format,
    leftOut,
  };
}

function grantedBy(rule: CompiledRule, identity: Identity, leftOut: LeftOut[]): Capability {
  const { fixed, templates } = rule.grants;
  if (templates.length === 0) return fixed;
  const capabilities: Capability[] = [fixed];
  for (const { template, operations } of templates) {
    const { values, shortfalls } = expandTemplate(template, identity.claims);
    for (const shortfall of shortfalls) leftOut.push({ ...shortfall, rule: rule.name, grant: template.text });
    capabilities.push(values.length === 0 ? EMPTY_CAPABILITY : sameOperations(values, operations));
  }
  return unionAll(capabilities);
}

function sameOperations(resources: readonly string[], operations: OperationSet): Capability {
  return new Map(resources.map((resource) => [resource, operations]));
}
