/**
 * Looks at each grant by itself: patterns that match nothing they seem to match, rights without effect, rights that
 * reach far, and rights that the API key has not got.
 *
 * Source: https://ably.com/docs/auth/capabilities#wildcards and #capability-operations
 */
import { contains, intersect } from '../capability/algebra.ts';
import { isEmpty } from '../capability/capability.ts';
import type { Operation, OperationSet } from '../capability/operations.ts';
import { parseResource } from '../capability/resource.ts';
import type { CompiledRule, Policy } from './compile-policy.ts';
import type { Report } from './lint-finding.ts';
import { kindsOf, matchOf } from './match.ts';
import type { Rule } from './rule.ts';

/** Stands for a claim's value in a template: some segment that no pattern of a policy spells out. */
const SOME_VALUE = '\u{10FFFD}';

/** What works only under a name (https://ably.com/docs/auth/identified-clients, Ably errors 40012 and 40166). */
const NEEDS_CLIENT_ID: readonly Operation[] = ['presence', 'message-update-own', 'message-delete-own'];

interface GrantToLint {
  readonly at: string;
  readonly resource: string;
  readonly operations: OperationSet;
}

export function lintGrants(policy: Policy, rules: readonly Rule[], setting: string, report: Report): void {
  for (const [index, rule] of policy.rules.entries()) {
    const written = rules[index];
    if (!written) continue;
    const nameless = namelessBy(written, rules.slice(0, index));
    for (const grant of grantsOf(rule, `${setting}[${index}].grant`)) {
      lintPattern(grant, report);
      lintEffect(grant, nameless, report);
      lintBreadth(grant, written, report);
      if (policy.ceiling) lintCeiling(grant, policy, report);
    }
  }
}

function grantsOf({ grants }: CompiledRule, at: string): readonly GrantToLint[] {
  const place = (text: string): string => `${at}[${JSON.stringify(text)}]`;
  return [
    ...[...grants.fixed].map(([resource, operations]) => ({ at: place(resource), resource, operations })),
    ...grants.templates.map(({ template, operations }) => ({
      ...{ at: place(template.text), operations },
      resource: template.parts.map((part) => (typeof part === 'string' ? part : SOME_VALUE)).join(''),
    })),
  ];
}

function lintPattern({ at, resource }: GrantToLint, report: Report): void {
  const [, ...segments] = parseResource(resource);
  for (const segment of segments) {
    if (!segment.includes('*') || segment === '*') continue;
    const shown = segment.replaceAll(SOME_VALUE, '{...}');
    const finding = `"${shown}" is a literal name to Ably: only a whole segment that is * is a wildcard`;
    report('warning', at, finding, 'Write * as a segment of its own, room:*');
  }
}

function lintEffect({ at, resource, operations }: GrantToLint, nameless: string | undefined, report: Report): void {
  const [qualifier, first, ...others] = parseResource(resource);
  const everyChannel = (qualifier === '' || qualifier === '*') && first === '*' && others.length === 0;
  if (operations.has('stats') && !everyChannel) {
    report('warning', at, 'stats takes effect on the resource * only', 'Grant it on *, as broad(...), or remove it');
  }
  if (qualifier === 'meta') {
    const idle = [...operations].filter((name) => !['subscribe', 'history', '*'].includes(name));
    if (idle.length > 0) {
      const finding = `metachannels can only be read: ${idle.join(', ')} has no effect`;
      report('warning', at, finding, 'Grant subscribe and history there');
    }
  }
  const named = nameless === undefined ? [] : NEEDS_CLIENT_ID.filter((name) => operations.has(name));
  if (named.length > 0) {
    const fix = 'Give the callers a clientId, or remove these operations';
    report('warning', at, `${named.join(', ')} needs a clientId, and ${nameless}`, fix);
  }
}

function lintBreadth({ at, resource }: GrantToLint, { grant }: Rule, report: Report): void {
  const [qualifier, first] = parseResource(resource);
  if (first !== '*' && qualifier !== '*') return;
  const given = grant[resource];
  const reason = given && 'broad' in given ? `, because ${given.broad}` : '';
  const beyond = qualifier === '' ? ', though no queue, metachannel or filtered channel' : '';
  const finding = `it reaches every namespace, tomorrow’s too${beyond}${reason}`;
  report('note', at, finding, 'Name the namespace where you can');
}

function lintCeiling({ at, resource, operations }: GrantToLint, { ceiling }: Policy, report: Report): void {
  const granted = new Map([[resource, operations]]);
  if (!ceiling || contains(ceiling, granted)) return;
  const left = intersect(granted, ceiling);
  const lost = isEmpty(left)
    ? 'nothing of it is within keyCapability, so all of it is cut'
    : 'only a part of it is within keyCapability; the rest is cut';
  report('warning', at, lost, 'Grant less here, or let the API key do more');
}

/** Why the callers of a rule have no clientId, as the end of a sentence; `undefined` when some may have one. */
function namelessBy(rule: Rule, before: readonly Rule[]): string | undefined {
  if (rule.wildcardClientId) return undefined;
  const kinds = kindsOf(matchOf(rule.when));
  if (kinds.every((kind) => kind === 'anonymous')) return 'anonymous callers have none';
  if (rule.clientId !== false) return undefined;
  // An earlier rule that covers the same callers may have named one already.
  return before.some(({ clientId }) => typeof clientId === 'string') ? undefined : 'this rule says clientId: false';
}
