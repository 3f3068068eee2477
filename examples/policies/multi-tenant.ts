/** Many customers, one Ably app: the tenant's id is the first segment after the namespace, and comes from the session. */
import { defineAuth, session, sessionSecrets } from '../../index.ts';

export default defineAuth((env) => ({
  sources: [session({ secrets: sessionSecrets(env) })],
  rules: [
    {
      name: 'everybody of a tenant',
      clientId: '{tenant}:{sub}',
      grant: {
        'tenant:{tenant}:*': ['preset:participate'],
        'tenant:{tenant}:audit': ['history'],
        'plan:{plan}': ['subscribe'],
      },
    },
    {
      name: 'administrators of a tenant',
      when: { claims: { role: { oneOf: ['owner', 'admin'] } } },
      grant: { 'tenant:{tenant}:*': ['preset:moderate', 'channel-metadata'] },
      ttl: '15m',
    },
  ],
}));
