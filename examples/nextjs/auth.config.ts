/** Who may call, and what they may do: whoever this app has signed in, under the same name. */
import { custom, defineAuth, remembering, requestable } from 'ably-auth-functions';
import { readSession, SESSION_COOKIE } from './lib/session';

export default defineAuth(() => ({
  sources: [
    custom({
      name: 'app',
      from: { cookie: SESSION_COOKIE },
      identify: async ({ credential }) => {
        const session = await readSession(credential);
        return session ? { subject: session.user, expiresAtMs: session.expiresAtMs } : 'rejected';
      },
    }),
  ],
  rules: [{ name: 'members', grant: { news: ['subscribe'], 'user:{sub}': ['subscribe'] } }],
  requestable: [
    requestable({
      resource: 'room:{id}',
      operations: ['publish', 'subscribe'],
      // Your database: is this person a member of that room?
      check: ({ id }) => id !== 'boardroom',
    }),
  ],
  grants: remembering('client'),
}));
