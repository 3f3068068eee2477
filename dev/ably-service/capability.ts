/**
 * Ably's capability algebra as the local service reads it: parsing, matching a channel name, intersecting.
 *
 * Written from Ably's documentation and its open single-node server, on purpose not from `core/`: the two must be able
 * to disagree. Undocumented points are marked [gap]. Who holds which capability is decided in tokens.ts and jwt.ts.
 */

import { badRequest } from './errors.ts';

/** Resource pattern to operations. A Map: resource names come from clients (`__proto__` and `10` are channel names). */
export type Capability = ReadonlyMap<string, ReadonlySet<string>>;

const OPERATIONS: ReadonlySet<string> = new Set([
  'subscribe',
  'publish',
  'presence',
  'history',
  'object-subscribe',
  'object-publish',
  'annotation-subscribe',
  'annotation-publish',
  'message-update-own',
  'message-update-any',
  'message-delete-own',
  'message-delete-any',
  'stats',
  'channel-metadata',
  'push-subscribe',
  'push-admin',
  'privileged-headers',
  '*',
  // In the allow-list of Ably's single-node server, absent from the public documentation.
  'message-subscribe',
  'presence-subscribe',
  'channel-metadata:publishers',
  'list-channels',
  'connection-metadata',
]);

/**
 * Reads a capability as a client wrote it.
 *
 * Throws 40000/400 for text that is no JSON object of operation lists, an unknown operation, an empty list, or `*`
 * beside other operations (ably-js `test/rest/capability.test.js`, invalid 1 to 3).
 */
export function parseCapability(text: string): Capability {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw badRequest('capability is not valid JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw badRequest('capability is not a JSON object');
  }
  return capabilityFrom(parsed);
}

export function capabilityFrom(resources: object): Capability {
  const capability = new Map<string, ReadonlySet<string>>();
  for (const [resource, operations] of Object.entries(resources) as [string, unknown][]) {
    if (!Array.isArray(operations) || operations.length === 0) {
      throw badRequest(`capability: ${JSON.stringify(resource)} needs a non-empty list of operations`);
    }
    for (const operation of operations) {
      if (typeof operation !== 'string' || !OPERATIONS.has(operation)) {
        throw badRequest(`capability: unknown operation ${JSON.stringify(operation)}`);
      }
    }
    if (operations.includes('*') && operations.length > 1) {
      throw badRequest(`capability: ${JSON.stringify(resource)} mixes "*" with other operations`);
    }
    capability.set(resource, new Set(operations as string[]));
  }
  return capability;
}

/** JSON text, written by hand: an object would move integer-like names to the front and swallow `__proto__`. */
export function capabilityText(capability: Capability): string {
  const entries = [...capability].map(([resource, operations]) => {
    return `${JSON.stringify(resource)}:${JSON.stringify([...operations])}`;
  });
  return `{${entries.join(',')}}`;
}

interface Resource {
  /** '' for ordinary channels; `meta`, `queue`, `filter`, or `*` for every kind. */
  readonly qualifier: string;
  readonly segments: readonly string[];
}

function parseResource(text: string): Resource | undefined {
  if (!text.startsWith('[')) return { qualifier: '', segments: text.split(':') };
  const close = text.indexOf(']');
  if (close < 0) return undefined;
  // Channel params may sit in the qualifier (`[?rewind=1]foo`, `[meta?x=y]log`); only the kind before them counts.
  const kind = /^[^=?]*/.exec(text.slice(1, close))?.[0] ?? '';
  return { qualifier: kind, segments: text.slice(close + 1).split(':') };
}

/** Whether a resource pattern covers a channel name. A channel name's own `*` segments are literal text. */
export function resourceMatches(pattern: string, channelName: string): boolean {
  const wanted = parseResource(pattern);
  const actual = parseResource(channelName);
  if (wanted === undefined || actual === undefined) return false;
  if (wanted.qualifier !== '*' && wanted.qualifier !== actual.qualifier) return false;
  for (const [index, segment] of wanted.segments.entries()) {
    const isLast = index === wanted.segments.length - 1;
    // [gap] Whether a trailing `*` also stands for no segment at all (`foo:*` covering `foo`) is undocumented; Ably's
    // single-node server says yes, so this does.
    if (segment === '*' && isLast) return actual.segments.length >= index;
    const candidate = actual.segments[index];
    if (candidate === undefined) return false;
    if (segment !== '*' && segment !== candidate) return false;
  }
  return wanted.segments.length === actual.segments.length;
}

/** Whether any of the operations is granted on the channel: rights of all matching resources add up. */
export function permits(capability: Capability, channelName: string, ...anyOf: readonly string[]): boolean {
  for (const [pattern, operations] of capability) {
    if (!resourceMatches(pattern, channelName)) continue;
    if (operations.has('*') || anyOf.some((operation) => operations.has(operation))) return true;
  }
  return false;
}

/**
 * What both sides grant, pair by pair; resources and operations sorted. Empty when nothing is left.
 *
 * [gap] Follows Ably's single-node server, which says that it mirrors the service. By it `foo:*` and `foo` have nothing
 * in common although the one matches the other.
 */
export function intersect(held: Capability, requested: Capability): Capability {
  const united = new Map<string, Set<string>>();
  for (const [heldResource, heldOperations] of held) {
    for (const [requestedResource, requestedOperations] of requested) {
      const operations = intersectOperations(heldOperations, requestedOperations);
      const resource = intersectResources(heldResource, requestedResource);
      if (resource === undefined || operations.length === 0) continue;
      const soFar = united.get(resource) ?? new Set<string>();
      for (const operation of operations) soFar.add(operation);
      united.set(resource, soFar);
    }
  }
  const sorted = [...united].sort(([a], [b]) => compareText(a, b));
  return new Map(
    sorted.map(([resource, operations]) => {
      const listed = operations.has('*') ? ['*'] : [...operations].sort(compareText);
      return [resource, new Set(listed)];
    }),
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function intersectOperations(a: ReadonlySet<string>, b: ReadonlySet<string>): string[] {
  if (a.has('*')) return [...b];
  if (b.has('*')) return [...a];
  return [...a].filter((operation) => b.has(operation));
}

function intersectResources(a: string, b: string): string | undefined {
  const left = parseResource(a);
  const right = parseResource(b);
  if (left === undefined || right === undefined) return undefined;
  const qualifier = intersectQualifiers(left.qualifier, right.qualifier);
  const segments = intersectSegments(left.segments, right.segments);
  if (qualifier === undefined || segments === undefined) return undefined;
  return `${qualifier === '' ? '' : `[${qualifier}]`}${segments.join(':')}`;
}

function intersectQualifiers(a: string, b: string): string | undefined {
  if (a === '*') return b;
  if (b === '*' || a === b) return a;
  return undefined;
}

function intersectSegments(a: readonly string[], b: readonly string[]): string[] | undefined {
  const [shorter, longer] = a.length <= b.length ? [a, b] : [b, a];
  const absorbs = shorter.length < longer.length;
  if (absorbs && shorter.at(-1) !== '*') return undefined;
  const compared = absorbs ? shorter.length - 1 : shorter.length;
  const segments: string[] = [];
  for (let index = 0; index < compared; index++) {
    const one = shorter[index];
    const other = longer[index];
    if (one === undefined || other === undefined) return undefined;
    if (one !== '*' && other !== '*' && one !== other) return undefined;
    segments.push(one === '*' ? other : one);
  }
  return segments.concat(longer.slice(compared));
}
