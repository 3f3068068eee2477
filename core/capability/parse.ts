/**
 * Reads a capability from outside: a client's wish, a rule's grant, an API key's own map. Whatever passes here keeps
 * the promises of the type `Capability`.
 *
 * Refuses what Ably refuses: an unknown operation, `*` beside others, no operation. Reports every problem at once, each
 * resource named by a short excerpt in ASCII. Bounding a text, and refusing one that names a resource twice
 * (`JSON.parse` keeps the last), are the caller's.
 *
 * Source: https://ably.com/docs/auth/capabilities
 */
import type { Capability } from './capability.ts';
import { isOperation, type Operation, type OperationSet } from './operations.ts';
import { resourceProblem } from './resource.ts';

export type ParsedCapability =
  | { readonly ok: true; readonly capability: Capability }
  /** At most two for each resource. Never empty. */
  | { readonly ok: false; readonly problems: readonly string[] };

export interface ParseCapabilityOptions {
  /** More resources than this are one problem, and are not looked at. No bound when left out. */
  readonly maxResources?: number;
}

/**
 * Reads JSON text, a plain object (its own enumerable properties) or a Map. Operations come as an array or a Set, and
 * one that is listed twice counts once. No resource at all is the empty capability. Keeps no reference to its input.
 */
export function parseCapability(input: unknown, options: ParseCapabilityOptions = {}): ParsedCapability {
  const entries = entriesOf(input);
  if (typeof entries === 'string') return { ok: false, problems: [entries] };
  const { maxResources = Number.POSITIVE_INFINITY } = options;
  if (entries.length > maxResources) {
    return {
      ok: false,
      problems: [`the capability names ${entries.length} resources; at most ${maxResources} may be`],
    };
  }

  const problems: string[] = [];
  const capability = new Map<string, OperationSet>();
  for (const [resource, list] of entries) {
    if (typeof resource !== 'string') {
      problems.push('a resource is not a string');
      continue;
    }
    const wrongName = resourceProblem(resource);
    if (wrongName !== undefined) problems.push(`${excerpt(resource)} ${wrongName}`);
    const operations = parseOperations(list);
    if (typeof operations === 'string') problems.push(`${excerpt(resource)} ${operations}`);
    else capability.set(resource, operations);
  }
  return problems.length === 0 ? { ok: true, capability } : { ok: false, problems };
}

/** What the input lists, or what is wrong with it. */
function entriesOf(input: unknown): readonly (readonly [unknown, unknown])[] | string {
  let value = input;
  if (typeof input === 'string') {
    try {
      value = JSON.parse(input);
    } catch {
      return 'the capability is not valid JSON';
    }
  }
  if (value instanceof Map) return [...value];
  if (!isPlainObject(value)) return 'the capability is not an object that lists operations by resource';
  return Object.entries(value);
}

/** The operations, or what is wrong with them as the end of a sentence that begins with the resource. */
function parseOperations(list: unknown): OperationSet | string {
  if (!Array.isArray(list) && !(list instanceof Set)) return 'does not have a list of operations';
  const operations = new Set<Operation>();
  const unknown = new Set<unknown>();
  for (const operation of list) {
    if (isOperation(operation)) operations.add(operation);
    else unknown.add(operation);
  }
  if (unknown.size > 0) return `has an unknown operation: ${listing([...unknown])}`;
  if (operations.size === 0) return 'has an empty list of operations';
  if (operations.size > 1 && operations.has('*')) return 'lists "*" beside other operations; "*" is all of them';
  return operations;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object literal of another realm (a test runner's, an edge runtime's) counts as well.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The first three, so that a hostile list does not fill the log. */
function listing(values: readonly unknown[]): string {
  const shown = values.slice(0, 3).map((value) => (typeof value === 'string' ? excerpt(value) : `<${typeof value}>`));
  const hidden = values.length - shown.length;
  return shown.join(', ') + (hidden > 0 ? ` and ${hidden} more` : '');
}

/** At most 40 characters of the text, in quotation marks, in printable ASCII: it goes into logs and headers. */
function excerpt(text: string): string {
  const start = text.length > 40 ? `${text.slice(0, 40)}...` : text;
  return JSON.stringify(start).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
