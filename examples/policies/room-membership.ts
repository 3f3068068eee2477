/** Rooms with members, looked up in a database when the token is issued: what the session cannot know. */
import { defineAuth, session, sessionSecrets } from '../../index.ts';

/** Stands for your database. */
const memberships: readonly { readonly member: string; readonly room: string; readonly role: string }[] = [
  { member: 'ada', room: '7', role: 'host' },
  { member: 'bob', room: '7', role: 'guest' },
  { member: 'bob', room: '8', role: 'guest' },
];

async function roomsOf(member: string, role: string): Promise<readonly { readonly room: string }[]> {
  return memberships.filter((row) => row.member === member && row.role === role);
}

export default defineAuth((env) => ({
  sources: [session({ secrets: sessionSecrets(env) })],
  rules: [
    { name: 'everybody', grant: { lobby: ['preset:read-only'] } },
    {
      name: 'guests of a room',
      lookup: ({ subject }) => roomsOf(subject, 'guest'),
      grant: { 'room:{lookup.room}': ['preset:chat-messages', 'preset:chat-presence', 'preset:chat-typing'] },
    },
    {
      name: 'hosts of a room',
      lookup: ({ subject }) => roomsOf(subject, 'host'),
      grant: { 'room:{lookup.room}': ['preset:chat-room', 'preset:chat-moderate'] },
    },
  ],
  policyDeadlineMs: 1_500,
}));
