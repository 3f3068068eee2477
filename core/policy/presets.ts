/**
 * Named lists of operations for what Ably's products need, so that a grant says what it is for:
 * `{ 'room:{rooms}': ['preset:chat-room'] }`. A preset is a text like an operation, in TypeScript and in JSON alike, and
 * stands in the same list, alone or beside others.
 *
 * Each follows the page that is named beside it, and lists no more than that page asks for. Where it makes sense to
 * grant one is the policy's to say.
 */
import type { Operation } from '../capability/operations.ts';

interface Preset {
  /** Never `*`, never empty. */
  readonly operations: readonly Exclude<Operation, '*'>[];
  /** What its holder can do, as the rest of a sentence: "may …". */
  readonly allows: string;
  /** The page of Ably's documentation that it follows. */
  readonly source: `https://ably.com/docs/${string}`;
}

const CAPABILITIES = 'https://ably.com/docs/auth/capabilities#capability-operations';
const CHAT = 'https://ably.com/docs/chat/authentication#chat-capabilities';
const SPACES = 'https://ably.com/docs/spaces/authentication#spaces-capabilities';
const AI_TRANSPORT = 'https://ably.com/docs/ai-transport/getting-started/authentication#capabilities';
const UPDATES = 'https://ably.com/docs/messages/updates-deletes';
const OBJECTS = 'https://ably.com/docs/liveobjects/quickstart/javascript#step-0';
const ANNOTATIONS = 'https://ably.com/docs/messages/annotations';

const NAMED = {
  'read-only': {
    operations: ['subscribe', 'history'],
    allows: 'follow a channel and read what was said before',
    source: CAPABILITIES,
  },
  participate: {
    operations: ['subscribe', 'history', 'publish', 'presence'],
    allows: 'follow, speak, and be seen as present; needs a clientId',
    source: CAPABILITIES,
  },
  moderate: {
    operations: ['subscribe', 'history', 'publish', 'presence', 'message-update-any', 'message-delete-any'],
    allows: 'do all that participants do, and change or delete what anybody said',
    source: UPDATES,
  },
  'edit-own': {
    operations: ['message-update-own', 'message-delete-own'],
    allows: 'change and delete one’s own messages; needs a clientId',
    source: UPDATES,
  },

  'chat-room': {
    operations: [
      ...(['publish', 'subscribe', 'presence', 'history', 'channel-metadata'] as const),
      ...(['annotation-publish', 'annotation-subscribe', 'message-update-own', 'message-delete-own'] as const),
    ],
    allows: 'use every feature of Ably Chat in a room; needs a clientId. Name the room, not its channel',
    source: CHAT,
  },
  'chat-messages': { operations: ['publish', 'subscribe'], allows: 'send and receive messages', source: CHAT },
  'chat-history': { operations: ['subscribe', 'history'], allows: 'read past messages', source: CHAT },
  'chat-edit-own': {
    operations: ['message-update-own', 'message-delete-own'],
    allows: 'change and delete one’s own messages; needs a clientId',
    source: CHAT,
  },
  'chat-moderate': {
    operations: ['message-update-any', 'message-delete-any'],
    allows: 'change and delete anybody’s messages',
    source: CHAT,
  },
  'chat-message-reactions': {
    operations: ['annotation-publish', 'annotation-subscribe'],
    allows: 'react to messages, and receive each single reaction beside the summaries',
    source: CHAT,
  },
  'chat-presence': {
    operations: ['subscribe', 'presence'],
    allows: 'be seen in a room; needs a clientId',
    source: CHAT,
  },
  'chat-typing': { operations: ['publish', 'subscribe'], allows: 'show and see who is typing', source: CHAT },
  'chat-room-reactions': { operations: ['publish', 'subscribe'], allows: 'send and see reactions', source: CHAT },
  'chat-occupancy': {
    operations: ['subscribe', 'channel-metadata'],
    allows: 'see how many people are in a room',
    source: CHAT,
  },

  space: {
    operations: ['publish', 'subscribe', 'presence', 'history'],
    allows: 'use a space: members, avatars, locations, locks; needs a clientId',
    source: SPACES,
  },
  'space-cursors': {
    operations: ['publish', 'subscribe'],
    allows: 'share live cursors, on the channel of the space whose name ends in -cursors',
    source: SPACES,
  },

  'live-objects': {
    operations: ['object-subscribe', 'object-publish'],
    allows: 'read and change objects',
    source: OBJECTS,
  },
  'live-objects-read': { operations: ['object-subscribe'], allows: 'read objects', source: OBJECTS },

  annotations: {
    operations: ['subscribe', 'annotation-publish'],
    allows: 'annotate messages and receive the summaries',
    source: ANNOTATIONS,
  },
  'annotations-each': {
    operations: ['annotation-subscribe'],
    allows: 'receive each single annotation, which is seldom needed',
    source: `${ANNOTATIONS}#individual-annotations`,
  },

  'push-device': {
    operations: ['push-subscribe'],
    allows: 'register one’s own device or browser for push notifications, and no other',
    source: 'https://ably.com/docs/push#push-admin',
  },

  'ai-session': {
    operations: ['publish', 'subscribe', 'history'],
    allows: 'use every feature of an AI Transport session: prompt, stream, cancel, return to it',
    source: AI_TRANSPORT,
  },
  'ai-session-objects': {
    operations: ['object-subscribe', 'object-publish'],
    allows: 'share objects with the agent of an AI Transport session',
    source: AI_TRANSPORT,
  },
} as const satisfies Record<string, Preset>;

/** As a grant lists it: `preset:chat-room`. */
export type PresetName = `preset:${keyof typeof NAMED}`;

/** Every preset by the name that a grant lists. */
export const PRESETS: ReadonlyMap<string, Preset> = new Map(
  Object.entries(NAMED).map(([name, preset]) => [`preset:${name}`, preset] as const),
);

/** The operations that a preset stands for; `undefined` when there is none of this name. */
export function presetOperations(name: unknown): readonly Operation[] | undefined {
  return typeof name === 'string' ? PRESETS.get(name)?.operations : undefined;
}
