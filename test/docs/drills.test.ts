/** Drills of docs/operations.md that no other test acts out: real clients through a bad deploy and back, and a session secret that leaked. */
import * as Ably from 'ably';
import { afterEach, describe, expect, it } from 'vitest';
import { startNodeServer } from '../../adapters/node/serve.ts';
import { type AuthConfig, session } from '../../index.ts';
import { authRequest, SESSION_SECRET, sessionCookie, testEndpoint } from '../core/auth-request.ts';
import { type Stage, startStage, untilState } from '../stage.ts';

const started: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of started.splice(0).reverse()) await each.close();
});

async function start<T extends { close(): unknown }>(starting: Promise<T>): Promise<T> {
  const each = await starting;
  started.push(each);
  return each;
}

/** Where the address leads now, and the cookie that is good there. */
interface Deployed {
  url: string;
  cookie: string;
}

const deploymentOf = (stage: Stage): Deployed => ({ url: stage.authUrl, cookie: stage.cookieOf('ada') });

function clientOf(stage: Stage, deployed: Deployed): Ably.Realtime {
  const client = new Ably.Realtime({
    ...stage.clientOptions(),
    authCallback: async (_params, done) => {
      const response = await fetch(deployed.url, { headers: { cookie: deployed.cookie } });
      const body = (await response.json()) as Ably.TokenRequest & { error?: Ably.ErrorInfo };
      done(body.error ?? null, body.error ? null : body);
    },
  });
  started.push(client);
  return client;
}

describe('a bad deploy', () => {
  it('that is misconfigured costs nobody a live connection, and is over with the version before', async () => {
    const good = await start(startStage());
    const bad = await start(startNodeServer({ endpoint: testEndpoint({ rules: [] }), host: '127.0.0.1', port: 0 }));
    const deployed = deploymentOf(good);
    const client = clientOf(good, deployed);
    await untilState(client, 'connected');

    deployed.url = `${bad.url}/api/ably-auth`;
    await expect(client.auth.authorize()).rejects.toMatchObject({ statusCode: 503, code: 50000 });
    expect(client.connection.state).toBe('connected');

    deployed.url = good.authUrl;
    await client.auth.authorize();
    expect(client.connection.state).toBe('connected');
  });

  it('whose rules are too narrow ends clients, which connect again when the app says so', async () => {
    const rules: AuthConfig['rules'] = [
      { name: 'paying users', when: { claims: { plan: 'pro' } }, grant: { news: ['subscribe'] } },
    ];
    const good = await start(startStage());
    const narrow = await start(startStage({ at: good.service, config: { rules } }));
    const deployed = deploymentOf(good);
    const client = clientOf(good, deployed);
    await untilState(client, 'connected');

    Object.assign(deployed, deploymentOf(narrow));
    await expect(client.auth.authorize()).rejects.toMatchObject({ statusCode: 403 });
    expect((await untilState(client, 'failed')).reason?.statusCode).toBe(403);

    Object.assign(deployed, deploymentOf(good));
    client.connect();
    expect((await untilState(client, 'connected')).state).toBe('connected');
  });
});

describe('a session secret that has leaked', () => {
  const OTHER = 'another-fake-session-secret-of-32-bytes-or-more';
  const rules: AuthConfig['rules'] = [{ name: 'all', grant: { room: ['subscribe'] } }];
  const statusUnder = async (...secrets: readonly string[]): Promise<number> => {
    const { handle } = testEndpoint({ rules, sources: [session({ secrets })] });
    return (await handle(authRequest({ cookies: [sessionCookie()] }))).status;
  };

  it('opens nothing any more once it is replaced, while one that is rotated still does', async () => {
    expect(await statusUnder(SESSION_SECRET)).toBe(200);
    expect(await statusUnder(OTHER, SESSION_SECRET)).toBe(200);
    expect(await statusUnder(OTHER)).toBe(401);
  });
});
