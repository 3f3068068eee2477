/** The settings of health and of the limit on the local server, as on any other. */
import { expect, it, onTestFinished } from 'vitest';
import { startDevServer } from '../../dev/server.ts';
import { createSessionCookies, defineAuth, session, sessionSecrets } from '../../index.ts';

const SESSION_SECRET = 'a-fake-session-secret-of-32-bytes-or-more';
const OPERATOR_SECRET = 'a-fake-operator-secret-of-32-bytes-or-more';

it('the local server answers ?health at both its addresses, and limits', async () => {
  const definition = defineAuth((env) => ({
    sources: [session({ secrets: sessionSecrets(env) })],
    rules: [{ name: 'members', grant: { lobby: ['subscribe'] } }],
  }));
  const env = {
    ...{ PORT: '0', ABLY_AUTH_LOG: 'silent', ABLY_AUTH_SESSION_SECRET: SESSION_SECRET },
    ...{ ABLY_AUTH_OPERATOR_SECRET: OPERATOR_SECRET, ABLY_AUTH_RATE_LIMIT: '10/1m' },
  };
  const server = await startDevServer({ definition, env, print: () => {} });
  onTestFinished(() => server.close());
  const headers = { authorization: `Bearer ${OPERATOR_SECRET}` };
  for (const path of ['/auth', '/api/ably-auth']) {
    expect(await (await fetch(`${server.url}${path}?health`)).json()).toEqual({ status: 'ok' });
    expect(await (await fetch(`${server.url}${path}?health`, { headers })).json()).toMatchObject({
      rateLimit: { requests: 10, perSeconds: 60 },
      store: 'none',
    });
  }
  const [cookie = ''] = createSessionCookies({ secrets: [SESSION_SECRET], secureCookies: false })
    .write({ subject: 'ada', lifetimeSeconds: 7_200 }, Date.now())
    .split(';');
  const asked = await Promise.all(
    Array.from({ length: 12 }, () => fetch(`${server.url}/auth`, { headers: { cookie } })),
  );
  expect(asked.filter(({ status }) => status === 200)).toHaveLength(10);
  expect(asked.filter(({ status }) => status === 401)).toHaveLength(2);
});
