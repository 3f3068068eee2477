/** What can be said of the resource of a grant without a caller: whether it is one, and whether it is broad (S7). */
import type { OperationSet } from '../capability/operations.ts';
import { parseResource, resourceProblem } from '../capability/resource.ts';
import type { Template } from './template.ts';

/** With a stand-in for every placeholder: what is wrong with it is wrong whatever the claims say. */
export function sampleOf(template: Template): string {
  return template.parts.map((part) => (typeof part === 'string' ? part : 'x')).join('');
}

/** The end of a sentence that begins with the resource; `undefined` when nothing is wrong. */
export function templateResourceProblem(template: Template, sample: string): string | undefined {
  return resourceProblem(sample) ?? qualifierProblem(template);
}

/** The kind of a resource (a queue, a metachannel) is never a caller's to choose. */
function qualifierProblem(template: Template): string | undefined {
  const [first] = template.parts;
  const opens = typeof first === 'string' && first.startsWith('[');
  return opens && !first.includes(']') ? 'has a placeholder in its qualifier' : undefined;
}

/** Why a grant must be written `broad(...)`; `undefined` when it need not. */
export function whyBroad(sample: string, operations: OperationSet): string | undefined {
  const [qualifier, ...segments] = parseResource(sample);
  if (qualifier === '*') return 'the qualifier [*] reaches queues and metachannels';
  if (segments[0] === '*') return 'a wildcard in the first segment reaches every namespace';
  return operations.has('*') && segments.includes('*') ? 'every operation on a wildcard' : undefined;
}
