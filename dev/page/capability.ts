/**
 * Reads a capability for people: which channels, which operations, and what that means in words.
 *
 * It only explains. What a token really allows is decided by Ably, and the page always asks Ably; nothing here lets
 * or stops anybody. Matching follows Ably's rules for segments, except that a trailing `*` is taken as one or more
 * segments, the reading that never promises too much.
 */
import { asRecord } from './wire.ts';

/** Channel patterns with their operations, in the order of the token. A Map, because a pattern may be any text. */
export type Capability = ReadonlyMap<string, readonly string[]>;

/** A capability from its JSON text; nothing when it is not one. */
export function parseCapability(text: unknown): Capability | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const record = asRecord(JSON.parse(text));
    if (!record) return undefined;
    return new Map(
      Object.entries(record).map(([pattern, operations]) => [
        pattern,
        Array.isArray(operations) ? operations.filter((name): name is string => typeof name === 'string') : [],
      ]),
    );
  } catch {
    return undefined;
  }
}

/** The operations that a capability gives on one channel: the union over every pattern that covers it. */
export function operationsOn(capability: Capability, channel: string): readonly string[] {
  const operations = new Set<string>();
  for (const [pattern, names] of capability) {
    if (!covers(pattern, channel)) continue;
    for (const name of names) operations.add(name);
  }
  return [...operations].sort();
}

/** Whether one operation is among the rights on a channel. */
export function allows(capability: Capability, channel: string, operation: string): boolean {
  const operations = operationsOn(capability, channel);
  return operations.includes('*') || operations.includes(operation);
}

/** A channel that one can listen on, to start with: `notifications` when allowed, else one made from a pattern. */
export function suggestChannel(capability: Capability): string | undefined {
  if (allows(capability, 'notifications', 'subscribe')) return 'notifications';
  for (const pattern of capability.keys()) {
    const name = exampleOf(pattern);
    if (allows(capability, name, 'subscribe')) return name;
  }
  return undefined;
}

/** The only channel there is to choose, when the capability names exactly one and has no wildcard. */
export function onlyChannel(capability: Capability): string | undefined {
  const [pattern, ...others] = capability.keys();
  return pattern !== undefined && others.length === 0 && !pattern.includes('*') ? pattern : undefined;
}

/** A channel name that a pattern covers. */
export function exampleOf(pattern: string): string {
  const { qualifier, segments } = split(pattern);
  const prefix = qualifier === '' || qualifier === '*' ? '' : `[${qualifier}]`;
  return prefix + segments.map((segment) => (segment === '*' ? 'lobby' : segment)).join(':');
}

/** What a pattern covers, as a phrase. */
export function describePattern(pattern: string): string {
  const { qualifier, segments } = split(pattern);
  const last = segments.length - 1;
  if (qualifier !== '' && qualifier !== '*') return `a channel of the kind [${qualifier}]`;
  if (segments.length === 1 && segments[0] === '*') {
    return qualifier === '*' ? 'every channel of every kind' : 'every ordinary channel, but no [meta] channel';
  }
  if (segments[last] === '*') return `every channel whose name begins with ${segments.slice(0, last).join(':')}:`;
  return segments.includes('*') ? 'each * stands for one part of the name' : 'this one channel';
}

const OPERATIONS = new Map([
  ['subscribe', 'receive messages'],
  ['publish', 'send messages'],
  ['presence', 'be seen as present'],
  ['history', 'read past messages'],
  ['channel-metadata', 'read how busy a channel is'],
  ['stats', 'read statistics'],
  ['push-subscribe', 'register this device for push'],
  ['push-admin', 'manage all devices for push'],
  ['*', 'do everything the key can do'],
]);

/** What an operation lets one do, in words; empty when the name alone must do. */
export function describeOperation(name: string): string {
  return OPERATIONS.get(name) ?? '';
}

/** `[qualifier]a:b` in its parts. */
function split(resource: string): { qualifier: string; segments: readonly string[] } {
  const end = resource.startsWith('[') ? resource.indexOf(']') : -1;
  const qualifier = end > 0 ? resource.slice(1, end).replace(/[?=].*$/, '') : '';
  return { qualifier, segments: resource.slice(end + 1).split(':') };
}

function covers(pattern: string, channel: string): boolean {
  const left = split(pattern);
  const right = split(channel);
  if (left.qualifier !== '*' && left.qualifier !== right.qualifier) return false;
  const open = left.segments.at(-1) === '*';
  if (open ? right.segments.length < left.segments.length : right.segments.length !== left.segments.length)
    return false;
  return left.segments.every((segment, index) => segment === '*' || segment === right.segments[index]);
}
