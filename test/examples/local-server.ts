/**
 * The local server that the examples are run against, put together from the parts of `npm start`, so that a test can
 * choose the rules, and when the Ably beside it asks for a renewal.
 */
import { randomBytes } from 'node:crypto';
import { createEnvironmentKeySource } from '../../adapters/key-sources/environment.ts';
import { startNodeServer } from '../../adapters/node/serve.ts';
import type { AuthResponse } from '../../core/http.ts';
import { type AblyService, type AblyServiceOptions, startAblyService } from '../../dev/ably-service/ably-service.ts';
import { createDemoExplain } from '../../dev/demo/explain.ts';
import { acceptProvider, startDemoProvider } from '../../dev/demo/identity-provider.ts';
import { createDemoLogin, listedOrigins } from '../../dev/demo/login.ts';
import { createProviderLogin } from '../../dev/demo/provider-login.ts';
import { createDemoRoutes } from '../../dev/demo/routes.ts';
import {
  type AuthConfig,
  type AuthEvent,
  configureEndpoint,
  defineAuth,
  remembering,
  requestable,
  session,
  sessionSecrets,
} from '../../index.ts';
import { STAGE_KEY } from '../stage.ts';

export interface LocalServer {
  readonly url: string;
  readonly service: AblyService;
  readonly events: readonly AuthEvent[];
  /** An access token of the local identity provider, got as the READMEs say. */
  accessTokenOf(name: string): Promise<string>;
  /** How the endpoint takes requests from now on: `away` answers 503, `signed-out` sees no credential of anybody. */
  take(requests: 'as-usual' | 'away' | 'signed-out'): void;
  close(): Promise<void>;
}

export interface LocalServerOptions {
  readonly config?: Partial<AuthConfig>;
  readonly service?: Partial<AblyServiceOptions>;
  /** ABLY_AUTH_ALLOWED_ORIGINS. */
  readonly origins?: string;
}

/** Everybody reads news; a room opens to whoever asks for it, but for the boardroom. */
const RIGHTS: Pick<AuthConfig, 'rules' | 'requestable' | 'grants'> = {
  rules: [{ name: 'members', when: { kind: 'user' }, grant: { news: ['subscribe', 'publish'] } }],
  requestable: [
    requestable({ resource: 'room:{id}', operations: ['publish', 'subscribe'], check: ({ id }) => id !== 'boardroom' }),
  ],
  grants: remembering('client'),
};

const UNAVAILABLE: AuthResponse = {
  status: 503,
  headers: [['Content-Type', 'application/json']],
  cookies: [],
  body: '{}',
};

export async function startLocalServer(options: LocalServerOptions = {}): Promise<LocalServer> {
  const service = await startAblyService({ keys: [STAGE_KEY], ...options.service });
  const provider = await startDemoProvider();
  const env = {
    ABLY_AUTH_SESSION_SECRET: randomBytes(32).toString('base64url'),
    ABLY_AUTH_ALLOWED_ORIGINS: options.origins,
  };
  const definition = defineAuth(() => ({ sources: [session({ secrets: sessionSecrets(env) })], ...RIGHTS }));
  const own = { secureCookies: false, ...options.config };
  const events: AuthEvent[] = [];
  let taken: Parameters<LocalServer['take']>[0] = 'as-usual';
  const endpoint = configureEndpoint({
    definition: { build: (from) => ({ ...acceptProvider(definition, provider).build(from), ...own }) },
    env,
    keySource: {
      ok: true,
      source: createEnvironmentKeySource({ ABLY_API_KEY: `${STAGE_KEY.name}:${STAGE_KEY.secret}` }),
    },
    onEvent: (event) => events.push(event),
  });
  if (endpoint.problems.length > 0) throw new Error(JSON.stringify(endpoint.problems));
  const server = await startNodeServer({
    endpoint: {
      async handle(request) {
        if (taken === 'away') return UNAVAILABLE;
        return endpoint.handle(taken === 'signed-out' ? { ...request, headers: new Map(), cookies: [] } : request);
      },
    },
    host: '127.0.0.1',
    port: 0,
    routes: ['/auth', '/api/ably-auth'],
    otherwise: createDemoRoutes({
      files: new Map(),
      login: createDemoLogin(env),
      providerLogin: createProviderLogin(provider, listedOrigins(env)),
      explain: createDemoExplain(definition, env),
      info: (hostName) => ({
        mode: 'local',
        ably: { ...service.clientOptions, endpoint: hostName },
        keyName: STAGE_KEY.name,
        tokenFormat: 'token-request',
        hasProvider: true,
        rooms: [],
      }),
    }),
  });
  return {
    url: server.url,
    service,
    events,
    async accessTokenOf(name) {
      const headers = { 'Sec-Fetch-Site': 'same-origin' };
      const body = JSON.stringify({ name });
      const response = await fetch(`${server.url}/demo/provider-login`, { method: 'POST', headers, body });
      return ((await response.json()) as { readonly accessToken: string }).accessToken;
    },
    take(requests) {
      taken = requests;
    },
    async close() {
      await server.close();
      await provider.close();
      await service.close();
    },
  };
}
