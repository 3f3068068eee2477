/** One user's own devices: each speaks to the others, is told by the server, and registers itself for push. */
import { defineAuth, session, sessionSecrets } from '../../index.ts';

export default defineAuth((env) => ({
  sources: [session({ secrets: sessionSecrets(env) })],
  rules: [
    {
      name: 'own devices',
      grant: {
        // |segment writes any subject as one segment, also "auth0|7" or "a:b".
        'user:{sub|segment}:sync': ['publish', 'subscribe', 'history', 'preset:live-objects'],
        'user:{sub|segment}:devices': ['presence', 'subscribe'],
        'user:{sub|segment}:inbox': ['subscribe', 'history', 'preset:push-device'],
      },
    },
  ],
}));
