/** A real login at a certified provider, and real Ably clients that live on its tokens, through rotation and outage. */
import * as Ably from 'ably';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { UNKNOWN_KID_PAUSE_MS } from '../../adapters/identity/key-set.ts';
import { createEnvironmentKeySource } from '../../adapters/key-sources/environment.ts';
import { startNodeServer } from '../../adapters/node/serve.ts';
import { startAblyService } from '../../dev/ably-service/ably-service.ts';
import { type AuthEvent, configureEndpoint, defineAuth, oidc } from '../../index.ts';
import { STAGE_KEY, untilState } from '../stage.ts';
import { API, type CertifiedProvider, startCertifiedProvider } from './certified-provider.ts';

let provider: CertifiedProvider;

beforeAll(async () => {
  // It says on the console that its login form is one for development, which is what we want.
  for (const method of ['info', 'warn'] as const) vi.spyOn(console, method).mockImplementation(() => {});
  provider = await startCertifiedProvider();
});
afterAll(() => {
  vi.restoreAllMocks();
  return provider.goAway();
});

/** Our endpoint, whose clock the test sets ahead, and an Ably for its tokens. */
async function startEndpoint(audience = API) {
  const service = await startAblyService({ keys: [STAGE_KEY] });
  const events: AuthEvent[] = [];
  let aheadMs = 0;
  const endpoint = configureEndpoint({
    definition: defineAuth(() => ({
      sources: [oidc({ issuer: provider.issuer, audience })],
      rules: [{ name: 'members', grant: { 'room:*': ['publish', 'subscribe'] } }],
    })),
    env: {},
    keySource: {
      ok: true,
      source: createEnvironmentKeySource({ ABLY_API_KEY: `${STAGE_KEY.name}:${STAGE_KEY.secret}` }),
    },
    onEvent: (event) => events.push(event),
    nowMs: () => Date.now() + aheadMs,
  });
  const server = await startNodeServer({ endpoint, host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    await service.close();
    await server.close();
  });
  const authUrl = `${server.url}/api/ably-auth`;
  return {
    authUrl,
    events,
    later: (ms: number) => {
      aheadMs += ms;
    },
    ask: (token: string) => fetch(authUrl, { headers: { authorization: `Bearer ${token}` } }),
    /** Asks for the newest token each time, as an app does. */
    connect(token: () => string): Ably.Realtime {
      const client = new Ably.Realtime({
        ...service.clientOptions,
        logLevel: 0,
        authCallback: async (_params, callback) => {
          const response = await fetch(authUrl, { headers: { authorization: `Bearer ${token()}` } });
          const body = (await response.json()) as { readonly error?: Ably.ErrorInfo } & Ably.TokenRequest;
          if (body.error) callback(body.error, null);
          else callback(null, body);
        },
      });
      onTestFinished(() => client.close());
      return client;
    },
  };
}

describe('a certified OpenID Connect provider', () => {
  it('logs somebody in, whose access token connects them to Ably under their own name', async () => {
    const { accessToken } = await provider.logIn('bob');
    const { connect } = await startEndpoint();
    const client = connect(() => accessToken);
    expect(await untilState(client, 'connected', 'failed', 'disconnected')).toMatchObject({ state: 'connected' });
    expect(client.auth.clientId).toBe('bob');
    await client.channels.get('room:1').publish('hello', 'world');
  });

  it('gives ID tokens for another audience, and each is refused where the other counts', async () => {
    const { accessToken, idToken } = await provider.logIn('bob');
    const forApi = await startEndpoint(API);
    const forClient = await startEndpoint('web');
    expect([(await forApi.ask(accessToken)).status, (await forApi.ask(idToken)).status]).toEqual([200, 401]);
    expect([(await forClient.ask(idToken)).status, (await forClient.ask(accessToken)).status]).toEqual([200, 401]);
  });

  it('rotates its keys while clients stay connected, before and after the old key is withdrawn', async () => {
    let { accessToken } = await provider.logIn('bob');
    const { connect, later, ask } = await startEndpoint();
    const client = connect(() => accessToken);
    await untilState(client, 'connected');
    const states: string[] = [];
    client.connection.on((change) => states.push(change.current));
    const before = accessToken;
    for (const old of ['published', 'withdrawn'] as const) {
      await provider.rotate(old);
      later(UNKNOWN_KID_PAUSE_MS);
      ({ accessToken } = await provider.logIn('bob'));
      const { clientId } = await client.auth.authorize();
      expect(clientId).toBe('bob');
      expect((await ask(before)).status).toBe(old === 'published' ? 200 : 401);
    }
    expect(new Set(states)).toEqual(new Set(['connected']));
    expect(client.connection.state).toBe('connected');
  });

  it('goes away: who is known stays, who is new is asked to come back, and nobody is turned away for good', async () => {
    const { accessToken } = await provider.logIn('bob');
    const warm = await startEndpoint();
    const cold = await startEndpoint();
    const client = warm.connect(() => accessToken);
    await untilState(client, 'connected');
    await provider.goAway();
    try {
      warm.later(60_000);
      expect((await client.auth.authorize()).clientId).toBe('bob');
      const fresh = cold.connect(() => accessToken);
      const { state, reason } = await untilState(fresh, 'connected', 'failed', 'disconnected');
      expect(state).toBe('disconnected');
      expect(reason).toMatchObject({ code: 80019 });
      const refused = await cold.ask(accessToken);
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
      expect(cold.events.at(-1)).toMatchObject({ kind: 'refused', reason: 'identity-provider-unavailable' });
      await provider.comeBack();
      cold.later(5_000);
      fresh.connect();
      expect(await untilState(fresh, 'connected', 'failed')).toMatchObject({ state: 'connected' });
    } finally {
      await provider.comeBack().catch(() => {});
    }
  });
});
