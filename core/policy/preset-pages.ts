/**
 * What each preset lets its holder do, in words, and the page of Ably's documentation that it follows: for people and
 * their editors. What it grants is decided in presets.ts.
 */
import type { PresetName } from './presets.ts';

interface PresetPage {
  /** The rest of a sentence: "may …". */
  readonly allows: string;
  readonly source: `https://ably.com/docs/${string}`;
}

export const PRESET_PAGES = {
  'preset:read-only': {
    allows: 'follow a channel and read what was said before',
    source: 'https://ably.com/docs/auth/capabilities#capability-operations',
  },
  'preset:participate': {
    allows: 'follow, speak, and be seen as present; needs a clientId',
    source: 'https://ably.com/docs/auth/capabilities#capability-operations',
  },
  'preset:moderate': {
    allows: 'do all that participants do, and change or delete what anybody said',
    source: 'https://ably.com/docs/messages/updates-deletes',
  },
  'preset:edit-own': {
    allows: 'change and delete one’s own messages; needs a clientId',
    source: 'https://ably.com/docs/messages/updates-deletes',
  },
  'preset:chat-room': {
    allows: 'use every feature of Ably Chat in a room; needs a clientId. Name the room, not its channel',
    source: 'https://ably.com/docs/chat/authentication#chat-capabilities',
  },
  'preset:chat-messages': {
    allows: 'send and receive messages',
    source: 'https://ably.com/docs/chat/authentication#chat-capabilities',
  },
  'preset:chat-history': {
    allows: 'read past messages',
    source: 'https://ably.com/docs/chat/authentication#chat-capabilities',
  },
  'preset:chat-edit-own': {
    allows: 'change and delete one’s own messages; needs a clientId',
    source: 'https://ably.com/docs/chat/authentication#chat-capabilities',
  },
  'preset:chat-moderate': {
    allows: 'change and delete anybody’s messages',
    source: 'https://ably.com/docs/chat/authentication#chat-capabilities',
  },
  'preset:chat-message-reactions': {
    allows: 'react to messages, and receive each single reaction beside the summaries',
    source: 'https://ably.com/docs/chat/authentication#chat-capabilities',
  },
  'preset:chat-presence': {
    allows: 'be seen in a room; needs a clientId',
    source: 'https://ably.com/docs/chat/authentication#chat-capabilities',
  },
  'preset:chat-typing': {
    allows: 'show and see who is typing',
    source: 'https://ably.com/docs/chat/authentication#chat-capabilities',
  },
  'preset:chat-room-reactions': {
    allows: 'send and see reactions',
    source: 'https://ably.com/docs/chat/authentication#chat-capabilities',
  },
  'preset:chat-occupancy': {
    allows: 'see how many people are in a room',
    source: 'https://ably.com/docs/chat/authentication#chat-capabilities',
  },
  'preset:space': {
    allows: 'use a space: members, avatars, locations, locks; needs a clientId',
    source: 'https://ably.com/docs/spaces/authentication#spaces-capabilities',
  },
  'preset:space-cursors': {
    allows: 'share live cursors, on the channel of the space whose name ends in -cursors',
    source: 'https://ably.com/docs/spaces/authentication#spaces-capabilities',
  },
  'preset:live-objects': {
    allows: 'read and change objects',
    source: 'https://ably.com/docs/liveobjects/quickstart/javascript#step-0',
  },
  'preset:live-objects-read': {
    allows: 'read objects',
    source: 'https://ably.com/docs/liveobjects/quickstart/javascript#step-0',
  },
  'preset:annotations': {
    allows: 'annotate messages and receive the summaries',
    source: 'https://ably.com/docs/messages/annotations',
  },
  'preset:annotations-each': {
    allows: 'receive each single annotation, which is seldom needed',
    source: 'https://ably.com/docs/messages/annotations#individual-annotations',
  },
  'preset:push-device': {
    allows: 'register one’s own device or browser for push notifications, and no other',
    source: 'https://ably.com/docs/push#push-admin',
  },
  'preset:ai-session': {
    allows: 'use every feature of an AI Transport session: prompt, stream, cancel, return to it',
    source: 'https://ably.com/docs/ai-transport/getting-started/authentication#capabilities',
  },
  'preset:ai-session-objects': {
    allows: 'share objects with the agent of an AI Transport session',
    source: 'https://ably.com/docs/ai-transport/getting-started/authentication#capabilities',
  },
} as const satisfies Record<PresetName, PresetPage>;
