/**
 * The operations that a capability can name, and how two sets of them combine.
 *
 * The list is closed: a name that Ably does not document publicly is refused, so that a misspelt right never reaches
 * a token. On which channels an operation makes sense is left to the policy's lint.
 *
 * Source: https://ably.com/docs/auth/capabilities#capability-operations
 */

export const OPERATIONS = [
  'subscribe', // receive messages, presence events, the presence set and objects
  'publish', // send messages
  'presence', // enter, update and leave the presence set; needs a clientId
  'history', // read past messages and presence events
  'object-subscribe', // read LiveObjects
  'object-publish', // change LiveObjects
  'annotation-subscribe', // receive individual annotations
  'annotation-publish', // annotate messages
  'message-update-own', // edit or append to one's own messages; needs a clientId
  'message-update-any', // edit or append to any message
  'message-delete-own', // delete one's own messages; needs a clientId
  'message-delete-any', // delete any message
  'stats', // the app's statistics; takes effect on the resource `*` only
  'channel-metadata', // status and occupancy of a channel; on `*` also the list of channels
  'push-subscribe', // register one's own device for push notifications
  'push-admin', // manage every device and send push notifications
  'privileged-headers', // write the privileged part of a message's extras
] as const;

/** `*` stands for every operation, those that Ably adds tomorrow included: it is more than the others together. */
export type Operation = (typeof OPERATIONS)[number] | '*';

/** As a capability holds them: never empty, and `*` is alone when it is there. */
export type OperationSet = ReadonlySet<Operation>;

const KNOWN: ReadonlySet<unknown> = new Set<Operation>([...OPERATIONS, '*']);

/** Whether this is one of the public names or `*`. Case matters. */
export function isOperation(value: unknown): value is Operation {
  return KNOWN.has(value);
}

/** Whether a set gives one operation, by its name or by `*`. `*` itself is given by `*` only. */
export function givesOperation(set: OperationSet, operation: Operation): boolean {
  return set.has(operation) || set.has('*');
}

/** The operations of either set. `*` swallows all others. Shares its arguments where it can, changes neither. */
export function eitherOperations(a: OperationSet, b: OperationSet): OperationSet {
  if (a.has('*')) return a;
  if (b.has('*')) return b;
  for (const operation of b) {
    if (!a.has(operation)) return new Set([...a, ...b]);
  }
  return a;
}

/** The operations of both sets, possibly none. Shares its arguments where it can, changes neither. */
export function bothOperations(a: OperationSet, b: OperationSet): OperationSet {
  if (a.has('*')) return b;
  if (b.has('*')) return a;
  const both = new Set<Operation>();
  for (const operation of a) {
    if (b.has(operation)) both.add(operation);
  }
  return both;
}
