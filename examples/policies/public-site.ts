/** A public site with members: visitors read, members take part, nobody needs an account to look. */
import { anonymous, defineAuth, session, sessionSecrets } from '../../index.ts';

export default defineAuth((env) => ({
  sources: [session({ secrets: sessionSecrets(env) }), anonymous()],
  rules: [
    {
      name: 'everybody reads',
      when: { kind: ['user', 'anonymous'] },
      grant: { 'news:*': ['preset:read-only'], 'article:*': ['preset:read-only'] },
    },
    {
      name: 'members discuss',
      grant: { 'article:*:comments': ['preset:participate', 'preset:edit-own'], 'user:{sub}': ['subscribe'] },
    },
    {
      name: 'editors publish',
      when: { claims: { roles: { contains: 'editor' } } },
      grant: { 'news:*': ['publish'] },
    },
  ],
}));
