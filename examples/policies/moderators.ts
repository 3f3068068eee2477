/** A chat with moderators: by role for some topics, everywhere while on duty, and a key that can do no more than that. */
import { broad, defineAuth, session, sessionSecrets } from '../../index.ts';

/** Stands for your rota: anything that is asked when the token is issued. */
const onDuty = new Set(['mia']);

export default defineAuth((env) => ({
  sources: [session({ secrets: sessionSecrets(env) })],
  keyCapability: { 'chat:*': ['*'] },
  rules: [
    { name: 'people', grant: { 'chat:*': ['preset:chat-messages', 'preset:chat-history', 'preset:chat-edit-own'] } },
    {
      name: 'moderators of a topic',
      when: { claims: { moderates: { present: true } } },
      grant: { 'chat:{moderates}:*': ['preset:chat-moderate'] },
    },
    {
      name: 'moderators on duty',
      when: ({ subject }) => onDuty.has(subject),
      grant: { 'chat:*': broad(['*'], 'whoever is on duty must be able to act anywhere in the chat') },
      ttl: '10m',
    },
  ],
}));
