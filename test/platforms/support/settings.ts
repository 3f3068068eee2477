/** What every lane configures its function with: as an operator would, through the environment table alone. */
import { createSessionCookies } from '../../../index.ts';
import { STAGE_KEY } from '../../stage.ts';

export const API_KEY = `${STAGE_KEY.name}:${STAGE_KEY.secret}`;
export const SESSION_SECRET = 'not-a-secret-but-a-value-for-the-platform-lanes';
export const ALLOWED_ORIGIN = 'https://app.example';

/** For the drop-ins: the rules that `auth.config.ts` brings for the others, as far as the suites ask for them. */
export const POLICY = JSON.stringify({
  rules: [
    { name: 'visitors', when: { kind: 'anonymous' }, grant: { notifications: ['subscribe'] } },
    {
      name: 'signed-in users',
      when: { kind: 'user' },
      clientId: '{sub}',
      grant: { 'room:*': ['publish', 'subscribe'], notifications: ['subscribe'] },
    },
  ],
});

/** Without the key, which each platform keeps elsewhere. */
export const SETTINGS = {
  ABLY_AUTH_SESSION_SECRET: SESSION_SECRET,
  ABLY_AUTH_ALLOWED_ORIGINS: ALLOWED_ORIGIN,
} as const;

export const DROP_IN_SETTINGS = { ...SETTINGS, ABLY_API_KEY: API_KEY, ABLY_AUTH_POLICY: POLICY } as const;

/** As lines of a `.env` file. Single quotes, because the rules are JSON. */
export function dotenv(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join('');
}

const cookies = createSessionCookies({ secrets: [SESSION_SECRET] });

/** A Cookie header that logs this subject in. */
export function cookieOf(subject: string): string {
  const [cookie = ''] = cookies.write({ subject, lifetimeSeconds: 7_200 }, Date.now()).split(';');
  return cookie;
}
