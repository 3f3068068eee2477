/**
 * The least that an API key must be able to do for all that a config may grant: what to give the key in Ably's
 * dashboard, since Ably cuts every token to what its key may do. Pure; for the command and the documentation, no request
 * runs it.
 *
 * A claim's value may be any one segment, so a segment with a placeholder becomes `*`. At the end of a resource Ably reads
 * `*` as any number of segments, which is more than the rule gives: there is no narrower way to write it.
 *
 * Source: https://ably.com/docs/auth/capabilities#capability-determination
 */
import { contains } from '../capability/algebra.ts';
import type { Capability } from '../capability/capability.ts';
import { eitherOperations, type OperationSet } from '../capability/operations.ts';
import { formatResource, parseResource } from '../capability/resource.ts';
import type { AuthConfig } from '../config.ts';
import { compilePolicy } from './compile-policy.ts';
import type { Template } from './template.ts';

/** Stands for a value: some text that no segment of a policy spells out. */
const SOME_VALUE = '\u{10FFFD}';

/** @returns what is granted by rule and what may be asked for, without what something else in it has already */
export function keyRights({ rules, requestable = [] }: Pick<AuthConfig, 'rules' | 'requestable'>): Capability {
  const asked = requestable.map(({ resource, operations }) => ({ name: resource, grant: { [resource]: operations } }));
  const rights = new Map<string, OperationSet>();
  const add = (resource: string, operations: OperationSet): void => {
    const already = rights.get(resource);
    rights.set(resource, already === undefined ? operations : eitherOperations(already, operations));
  };
  // What is wrong with a config is said by whoever checks it; here it only gives less.
  for (const { grants } of [...compilePolicy(rules, []).rules, ...compilePolicy(asked, []).rules]) {
    for (const [resource, operations] of grants.fixed) add(resource, operations);
    for (const { template, operations } of grants.templates) add(widest(template), operations);
  }
  return withoutCovered(rights);
}

function widest({ parts }: Template): string {
  const text = parts.map((part) => (typeof part === 'string' ? part : SOME_VALUE)).join('');
  const [qualifier, ...segments] = parseResource(text);
  return formatResource([qualifier, ...segments.map((segment) => (segment.includes(SOME_VALUE) ? '*' : segment))]);
}

function withoutCovered(rights: ReadonlyMap<string, OperationSet>): Capability {
  const kept = new Map(rights);
  for (const [resource, operations] of rights) {
    kept.delete(resource);
    if (!contains(kept, new Map([[resource, operations]]))) kept.set(resource, operations);
  }
  return kept;
}
