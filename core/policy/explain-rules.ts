/**
 * What each rule of a policy came to for one caller: whether it matched or which condition did not hold, what each of
 * its grants gave, what was left out and why, and which of the single decisions it took. Reads an evaluation; decides
 * nothing itself.
 */
import type { Operation } from '../capability/operations.ts';
import type { Identity } from '../identity/identity.ts';
import { grantsBeyond, traceGrants } from './beyond.ts';
import type { CompiledRule, Policy } from './compile-policy.ts';
import type { Evaluation, LeftOut } from './evaluate.ts';
import type { Answers } from './look-up.ts';
import { compileMatch, kindsOf, matchOf } from './match.ts';
import type { Rule } from './rule.ts';

export interface ExplainedGrant {
  /** As it is written. */
  readonly grant: string;
  /** What it became for this caller; none when it was left out. */
  readonly resources: readonly string[];
  readonly operations: readonly Operation[];
  /** Operations that are cut, on some resource at least, because `keyCapability` does not have them there. */
  readonly cutByKey?: readonly Operation[];
}

export interface ExplainedRule {
  readonly name: string;
  readonly matched: boolean;
  /** The first condition that did not hold, in words: `kind`, `source`, `claim role`, `function`. */
  readonly because?: string;
  readonly grants: readonly ExplainedGrant[];
  readonly leftOut: readonly LeftOut[];
  /** What it decided as the first matching rule to name one, or took part in. */
  readonly decides: readonly ('clientId' | 'wildcardClientId' | 'ttl' | 'format' | 'jwt')[];
}

export function explainRules(
  rules: readonly Rule[],
  policy: Policy,
  evaluation: Evaluation,
  identity: Identity,
  answers: Answers,
): readonly ExplainedRule[] {
  const traces = traceGrants(evaluation, identity, answers);
  const { capability } = evaluation;
  const cut = policy.ceiling === undefined ? [] : grantsBeyond(traces, capability, policy.ceiling);
  const matched = new Set(evaluation.matched);
  return policy.rules.map((rule, index) => {
    const { name } = rule;
    const leftOut = evaluation.leftOut.filter((left) => left.rule === name);
    const written = rules[index];
    if (!matched.has(rule)) {
      const because = written && unmetCondition(written, identity);
      return { name, matched: false, ...(because && { because }), grants: [], leftOut, decides: [] };
    }
    const grants = traces
      .filter((trace) => trace.rule === rule)
      .map(({ grant, resources, operations }) => {
        const cutHere = cut.find((difference) => difference.rule === name && difference.grant === grant);
        const given = { grant, resources, operations: [...operations] };
        return cutHere ? { ...given, cutByKey: cutHere.operations } : given;
      });
    return { name, matched: true, grants, leftOut, decides: decidedBy(rule, evaluation.matched) };
  });
}

function unmetCondition(rule: Rule, identity: Identity): string | undefined {
  const match = matchOf(rule.when);
  // Everybody as far as kinds go, so that each part is tried alone by the same code that tries them together.
  const kind = [identity.kind];
  if (!kindsOf(match).includes(identity.kind)) return 'kind';
  if (match.source !== undefined && !compileMatch({ kind, source: match.source })(identity)) return 'source';
  for (const [path, test] of Object.entries(match.claims ?? {})) {
    if (!compileMatch({ kind, claims: { [path]: test } })(identity)) return `claim ${path}`;
  }
  return 'function';
}

function decidedBy(rule: CompiledRule, matched: readonly CompiledRule[]): ExplainedRule['decides'] {
  const first = (names: (other: CompiledRule) => boolean): boolean => matched.find(names) === rule;
  return [
    ...(first(({ clientId }) => clientId !== undefined) ? (['clientId'] as const) : []),
    ...(rule.wildcardClientId ? (['wildcardClientId'] as const) : []),
    ...(first(({ ttlMs }) => ttlMs !== undefined) ? (['ttl'] as const) : []),
    ...(first(({ format }) => format !== undefined) ? (['format'] as const) : []),
    // Claim by claim; which of two rules decided one of them is not told.
    ...(rule.jwt ? (['jwt'] as const) : []),
  ];
}
