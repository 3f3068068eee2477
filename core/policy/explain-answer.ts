/**
 * The answer to "may they *publish* on *room:7*?": yes or no, and which grants decided. Ours is exact for what
 * capabilities say; the real decision is Ably's, who may read a trailing `*` more widely (docs/decisions/0006).
 */
import type { Capability } from '../capability/capability.ts';
import { permits } from '../capability/match.ts';
import { givesOperation, type Operation } from '../capability/operations.ts';
import { parseChannelName } from '../capability/resource.ts';
import type { CompiledRequestable } from '../grants/grants-choice.ts';
import { matchResource } from '../grants/match-resource.ts';
import type { Identity } from '../identity/identity.ts';
import { type GrantTrace, traceGrants } from './beyond.ts';
import type { Decision } from './decide.ts';
import type { Evaluation } from './evaluate.ts';
import type { Answers } from './look-up.ts';

export interface Question {
  readonly operation: Operation;
  /** As a client names it. Of an Ably Chat room the room's name. */
  readonly channel: string;
}

export interface ExplainedAnswer extends Question {
  readonly allowed: boolean;
  /** The grants that give it, also when something else takes it away again. */
  readonly grantedBy: readonly { readonly rule: string; readonly grant: string }[];
  /** Why it is not allowed although a rule grants it, and what Ably may see otherwise. */
  readonly notes: readonly string[];
}

export interface AnswerContext {
  readonly answers: Answers;
  readonly decision?: Decision;
  /** What may be asked for beside the policy; none of its checks is asked here. */
  readonly requestable?: readonly CompiledRequestable[];
}

export function explainAnswer(
  question: Question,
  evaluation: Evaluation,
  identity: Identity,
  { answers, decision, requestable = [] }: AnswerContext,
): ExplainedAnswer {
  const { operation, channel } = question;
  const gives = ({ resources, operations }: GrantTrace): boolean =>
    permits(new Map(resources.map((resource) => [resource, operations])), operation, channel);
  const grantedBy = traceGrants(evaluation, identity, answers)
    .filter(gives)
    .map(({ rule, grant }) => ({ rule: rule.name, grant }));
  const allowed = decision !== undefined && permits(decision.capability, operation, channel);
  const notes: string[] = [];
  if (parseChannelName(channel) === undefined) notes.push('No channel can have this name.');
  else if (!allowed && decision === undefined) notes.push('No credential is issued at all.');
  else if (!allowed && decision && grantedBy.length > 0) {
    const byKey = !permits(decision.granted, operation, channel);
    notes.push(byKey ? 'keyCapability does not have it.' : 'The client did not ask for it.');
  }
  if (!allowed && decision && mayWithZeroSegments(decision.capability, question)) {
    notes.push('Ably may read a trailing * as zero segments too, and allow it; grant the channel itself to be sure.');
  }
  for (const { name, template, operations, covers } of allowed ? [] : requestable) {
    if (!covers(identity) || !givesOperation(operations, operation) || !matchResource(template, channel)) continue;
    notes.push(`It may be asked for: the check of requestable ${JSON.stringify(name)} decides, and was not asked.`);
  }
  return { operation, channel, allowed, grantedBy, notes };
}

/** Whether the widest reader would allow it: one for whom `foo:*` covers `foo` as well. */
function mayWithZeroSegments(capability: Capability, { operation, channel }: Question): boolean {
  return [...capability].some(
    ([resource, operations]) =>
      resource.endsWith(':*') && permits(new Map([[resource.slice(0, -2), operations]]), operation, channel),
  );
}
