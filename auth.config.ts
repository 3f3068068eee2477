/**
 * The one file to edit: who may call, and what they may do. As shipped it is Ably's tutorial: visitors read
 * `notifications`, whoever has signed in uses every channel under their own name.
 */
import { anonymous, broad, defineAuth, environmentSources } from './index.ts';

export default defineAuth((env) => ({
  // Tokens of ABLY_AUTH_ISSUER and the session cookie of ABLY_AUTH_SESSION_SECRET, where these are set; then anybody.
  sources: [...environmentSources(env), anonymous()],
  rules: [
    { name: 'visitors read notifications', when: { kind: 'anonymous' }, grant: { notifications: ['subscribe'] } },
    {
      name: 'signed-in users',
      when: { kind: 'user' },
      clientId: '{sub}',
      grant: {
        // In a real app name the channels instead, with claims of the caller as segments, and no broad(...) is needed:
        //   'user:{sub}': ['subscribe'], 'team:{team}:*': ['publish', 'subscribe', 'presence', 'history']
        '*': broad(['publish', 'subscribe'], 'the tutorial lets every signed-in user use every channel'),
      },
    },
  ],
}));
