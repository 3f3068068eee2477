/** Who may call, and what they may do: the one file to edit. */
import { anonymous, defineAuth, session, sessionSecrets } from 'ably-auth-functions';

export default defineAuth((env) => ({
  // Visitors, and whoever your own login gave a session to (`createSessionCookies`).
  sources: [...(env.ABLY_AUTH_SESSION_SECRET ? [session({ secrets: sessionSecrets(env) })] : []), anonymous()],
  rules: [
    { name: 'visitors read notifications', when: { kind: 'anonymous' }, grant: { notifications: ['subscribe'] } },
    {
      name: 'signed-in users',
      grant: {
        'user:{sub}': ['subscribe'],
        'room:*': ['publish', 'subscribe', 'presence', 'history'],
      },
    },
  ],
}));
