/**
 * The whole way of one request, for tests that need it real at both ends: our endpoint on a Node server, and a local
 * Ably-compatible service, both on loopback ports that the system chooses.
 */
import { randomBytes } from 'node:crypto';
import type * as Ably from 'ably';
import { createEnvironmentKeySource } from '../adapters/key-sources/environment.ts';
import { startNodeServer } from '../adapters/node/serve.ts';
import { createRevokeBeside } from '../core/revocation/revoke-beside.ts';
import { type AblyService, type AblyServiceOptions, startAblyService } from '../dev/ably-service/ably-service.ts';
import {
  type AuthConfig,
  type AuthEvent,
  anonymous,
  configureEndpoint,
  createAblyApi,
  createSessionCookies,
  openLimit,
  type SessionToWrite,
  session,
} from '../index.ts';

export const STAGE_KEY = { name: 'stageapp.stagekey', secret: 'obviously-a-fake-secret' };

export interface Stage {
  readonly authUrl: string;
  /** There where a rule of the config says `mayRevoke`. */
  readonly revokeUrl: string;
  readonly service: AblyService;
  /** What the endpoint did, in order. */
  readonly events: readonly AuthEvent[];
  /** A Cookie header that logs this subject in. */
  cookieOf(subject: string, options?: Partial<SessionToWrite>): string;
  /** Client options that lead to the local service; nothing is retried elsewhere. */
  clientOptions(): Ably.ClientOptions;
  close(): Promise<void>;
}

export interface StageOptions {
  readonly config?: Partial<AuthConfig>;
  readonly service?: Partial<AblyServiceOptions>;
  /** Another stage's service, to share it. Default: one of its own, closed with the stage. */
  readonly at?: AblyService;
  /** The key before it. Default: none. */
  readonly previousKey?: string;
  /** The endpoint's own key; another one than the service knows, when the test is about that. */
  readonly apiKey?: string;
}

const RULES: AuthConfig['rules'] = [
  { name: 'visitors', when: { kind: 'anonymous' }, grant: { notifications: ['subscribe'] } },
  {
    name: 'members',
    when: { kind: 'user' },
    grant: { 'room:*': ['publish', 'subscribe', 'presence', 'history'], 'user:{sub}': ['subscribe'] },
  },
];

export async function startStage(options: StageOptions = {}): Promise<Stage> {
  const secrets = [randomBytes(32).toString('base64url')];
  const cookies = createSessionCookies({ secrets });
  const service = options.at ?? (await startAblyService({ keys: [STAGE_KEY], ...options.service }));
  const events: AuthEvent[] = [];
  const apiKey = options.apiKey ?? `${STAGE_KEY.name}:${STAGE_KEY.secret}`;
  const keys = { ABLY_API_KEY: apiKey, ABLY_API_KEY_PREVIOUS: options.previousKey };
  const beside = createRevokeBeside();
  const endpoint = configureEndpoint({
    definition: { build: () => ({ sources: [session({ secrets }), anonymous()], rules: RULES, ...options.config }) },
    env: {},
    keySource: { ok: true, source: createEnvironmentKeySource(keys) },
    ably: createAblyApi({ ABLY_ENDPOINT: service.host, ABLY_PORT: String(service.port), ABLY_TLS: 'false' }),
    createEndpoint: beside.createEndpoint,
    openLimit,
    onEvent: (event) => events.push(event),
  });
  if (endpoint.problems.length > 0) throw new Error(JSON.stringify(endpoint.problems));
  const server = await startNodeServer({ endpoint, revoking: beside.endpoint(), host: '127.0.0.1', port: 0 });
  return {
    authUrl: `${server.url}/api/ably-auth`,
    revokeUrl: `${server.url}/api/ably-auth-revoke`,
    service,
    events,
    cookieOf(subject, more = {}) {
      const [cookie = ''] = cookies.write({ subject, lifetimeSeconds: 7_200, ...more }, Date.now()).split(';');
      return cookie;
    },
    clientOptions: () => ({ ...service.clientOptions, logLevel: 0 }),
    async close() {
      if (!options.at) await service.close();
      await server.close();
    },
  };
}

/** The connection's first state among these, with its reason. */
export function untilState(
  client: Ably.Realtime,
  ...states: readonly Ably.ConnectionState[]
): Promise<{ readonly state: Ably.ConnectionState; readonly reason: Ably.ErrorInfo | undefined }> {
  const { connection } = client;
  return new Promise((resolve) => {
    const look = (): void => {
      if (!states.includes(connection.state)) return;
      connection.off(look);
      resolve({ state: connection.state, reason: connection.errorReason ?? undefined });
    };
    connection.on(look);
    look();
  });
}
