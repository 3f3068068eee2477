/**
 * An explanation as text, for a terminal or a failing test. Says what explain.ts found and decides nothing.
 */
import { FAILURES } from '../errors.ts';
import { REMEDIES } from '../remedies.ts';
import type { AutoReason } from '../token/issue.ts';
import type { LeftOut } from './evaluate.ts';
import type { Explanation } from './explain.ts';
import type { ExplainedAnswer } from './explain-answer.ts';
import type { ExplainedOutcome } from './explain-outcome.ts';
import type { ExplainedGrant, ExplainedRule } from './explain-rules.ts';

/** Resources of one grant that are shown before "and 97 more". */
const SHOWN = 5;

const AUTO: Readonly<Record<AutoReason, string>> = {
  fits: 'a JWT has room',
  'too-large': 'a JWT would be too large',
  confidential: 'a rule says confidential',
};

/** Several lines, without a line break at the end. Holds claim values. */
export function describeExplanation({ identity, rules, leftOut, outcome, answer }: Explanation): string {
  const who = identity.subject === '' ? identity.kind : `${identity.kind} ${JSON.stringify(identity.subject)}`;
  return [
    `caller  ${who}, from source ${identity.source}`,
    ...rules.flatMap(describeRule),
    ...describeOutcome(outcome),
    ...(leftOut ?? []).map((left) => `        ${describeLeftOut(left)}`),
    ...(answer ? describeAnswer(answer) : []),
  ].join('\n');
}

function describeRule({ name, matched, because, grants, leftOut, decides }: ExplainedRule): readonly string[] {
  const found = matched ? `yes  ${name}` : `no   ${name}${because ? `: ${because}` : ''}`;
  return [
    `rule    ${found}${decides.length > 0 ? `; decides ${decides.join(', ')}` : ''}`,
    ...grants.filter(({ resources }) => resources.length > 0).map((grant) => `          ${describeGrant(grant)}`),
    ...leftOut.map((left) => `          ${describeLeftOut(left)}`),
  ];
}

function describeLeftOut({ grant, placeholder, why }: LeftOut): string {
  return `left out ${grant}: {${placeholder}} is ${why}`;
}

function describeGrant({ grant, resources, operations, cutByKey }: ExplainedGrant): string {
  const shown = resources.slice(0, SHOWN).join(', ');
  const more = resources.length > SHOWN ? ` and ${resources.length - SHOWN} more` : '';
  const became = resources.length === 1 && resources[0] === grant ? grant : `${grant} = ${shown}${more}`;
  return `${became}: ${operations.join(', ')}${cutByKey ? `; beyond keyCapability: ${cutByKey.join(', ')}` : ''}`;
}

function describeOutcome(outcome: ExplainedOutcome): readonly string[] {
  switch (outcome.kind) {
    case 'issued': {
      const { format, auto, ttlMs, clientId, bytes, capability, claims } = outcome;
      const name = clientId === undefined ? 'no clientId' : `clientId ${JSON.stringify(clientId)}`;
      const chosen = auto === undefined ? format : `${format} (auto: ${AUTO[auto]})`;
      return [
        `gets    ${chosen}, ${ttlMs / 1000} s, ${name}, ${bytes} bytes`,
        `        ${capability}`,
        ...Object.entries(claims ?? {}).map(([claim, value]) => `        ${claim}: ${JSON.stringify(value)}`),
      ];
    }
    case 'refused': {
      const { reason, status, detail } = outcome;
      return [`refused ${status} ${reason}: ${detail ?? FAILURES[reason].message}`, `        ${REMEDIES[reason]}`];
    }
    case 'misconfigured':
      return outcome.problems.map(({ setting, problem, fix }) => `wrong   ${setting}: ${problem}. ${fix}`);
  }
}

function describeAnswer({ operation, channel, allowed, grantedBy, notes }: ExplainedAnswer): readonly string[] {
  const rules = grantedBy.map(({ rule, grant }) => `${rule} (${grant})`).join(', ');
  const why = rules === '' ? 'no grant has it' : `granted by ${rules}`;
  return [
    `${allowed ? 'yes    ' : 'no     '} ${operation} on ${channel}: ${why}`,
    ...notes.map((note) => `        ${note}`),
  ];
}
