/**
 * Whether a resource that a client names is one that an entry of `requestable` is about, and what its placeholders
 * became. The reverse of a template, under the same rule (S6): a placeholder is exactly one segment, or a part of one.
 *
 * Nothing with a meaning of its own ever matches: wildcards, qualifiers, parameters, lists, templates.
 */
import { MAX_REQUESTED_RESOURCE_BYTES } from '../limits.ts';
import type { Template } from '../policy/template.ts';
import { CONTROL_OR_LINE_SEPARATOR, isWellFormedText } from '../well-formed.ts';

export type PlaceholderValues = Readonly<Record<string, string>>;

/** `undefined` when it does not match. */
export function matchResource({ parts }: Template, resource: string): PlaceholderValues | undefined {
  if (!isOneChannel(resource)) return undefined;
  const values: [name: string, value: string][] = [];
  let rest = resource;
  for (const [index, part] of parts.entries()) {
    if (typeof part === 'string') {
      if (!rest.startsWith(part)) return undefined;
      rest = rest.slice(part.length);
      continue;
    }
    // What follows in the same segment is literal: no segment has two placeholders. The last place is the one that
    // leaves it at the segment's end.
    const following = parts[index + 1];
    const [suffix = ''] = typeof following === 'string' ? following.split(':') : [];
    const end = rest.indexOf(':');
    const segment = end === -1 ? rest : rest.slice(0, end);
    if (!segment.endsWith(suffix) || segment.length <= suffix.length) return undefined;
    const value = segment.slice(0, segment.length - suffix.length);
    values.push([part.text, value]);
    rest = rest.slice(value.length);
  }
  return rest === '' ? Object.fromEntries(values) : undefined;
}

/** One channel by its plain name, and nothing else to any reader of capabilities, channel names or templates. */
function isOneChannel(resource: string): boolean {
  return (
    !/[*[\]?,{}]/.test(resource) &&
    !CONTROL_OR_LINE_SEPARATOR.test(resource) &&
    isWellFormedText(resource) &&
    Buffer.byteLength(resource) <= MAX_REQUESTED_RESOURCE_BYTES
  );
}
