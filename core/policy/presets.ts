/**
 * Named lists of operations for what Ably's products need, so that a grant says what it is for:
 * `{ 'room:{rooms}': ['preset:chat-room'] }`. A preset is a text like an operation, in TypeScript and in JSON alike, and
 * stands in the same list, alone or beside others.
 *
 * Each follows the page of Ably's documentation that is named above it, and lists no more than that page asks for. What
 * its holder can do, in words, is in preset-pages.ts, which no request needs. Where it makes sense is the policy's to say.
 */
import type { Operation } from '../capability/operations.ts';

const NAMED = {
  // https://ably.com/docs/auth/capabilities#capability-operations
  'read-only': ['subscribe', 'history'],
  participate: ['subscribe', 'history', 'publish', 'presence'],

  // https://ably.com/docs/messages/updates-deletes
  moderate: ['subscribe', 'history', 'publish', 'presence', 'message-update-any', 'message-delete-any'],
  'edit-own': ['message-update-own', 'message-delete-own'],

  // https://ably.com/docs/chat/authentication#chat-capabilities
  'chat-room': [
    'publish',
    'subscribe',
    'presence',
    'history',
    'channel-metadata',
    'annotation-publish',
    'annotation-subscribe',
    'message-update-own',
    'message-delete-own',
  ],
  'chat-messages': ['publish', 'subscribe'],
  'chat-history': ['subscribe', 'history'],
  'chat-edit-own': ['message-update-own', 'message-delete-own'],
  'chat-moderate': ['message-update-any', 'message-delete-any'],
  'chat-message-reactions': ['annotation-publish', 'annotation-subscribe'],
  'chat-presence': ['subscribe', 'presence'],
  'chat-typing': ['publish', 'subscribe'],
  'chat-room-reactions': ['publish', 'subscribe'],
  'chat-occupancy': ['subscribe', 'channel-metadata'],

  // https://ably.com/docs/spaces/authentication#spaces-capabilities
  space: ['publish', 'subscribe', 'presence', 'history'],
  'space-cursors': ['publish', 'subscribe'],

  // https://ably.com/docs/liveobjects/quickstart/javascript#step-0
  'live-objects': ['object-subscribe', 'object-publish'],
  'live-objects-read': ['object-subscribe'],

  // https://ably.com/docs/messages/annotations
  annotations: ['subscribe', 'annotation-publish'],

  // https://ably.com/docs/messages/annotations#individual-annotations
  'annotations-each': ['annotation-subscribe'],

  // https://ably.com/docs/push#push-admin
  'push-device': ['push-subscribe'],

  // https://ably.com/docs/ai-transport/getting-started/authentication#capabilities
  'ai-session': ['publish', 'subscribe', 'history'],
  'ai-session-objects': ['object-subscribe', 'object-publish'],
} as const satisfies Record<string, readonly Exclude<Operation, '*'>[]>;

/** As a grant lists it: `preset:chat-room`. */
export type PresetName = `preset:${keyof typeof NAMED}`;

/** The operations of every preset, by the name that a grant lists. Never `*`, never none. */
export const PRESETS: ReadonlyMap<string, readonly Operation[]> = new Map(
  Object.entries(NAMED).map(([name, operations]) => [`preset:${name}`, operations] as const),
);

/** The operations that a preset stands for; `undefined` when there is none of this name. */
export function presetOperations(name: unknown): readonly Operation[] | undefined {
  return typeof name === 'string' ? PRESETS.get(name) : undefined;
}
