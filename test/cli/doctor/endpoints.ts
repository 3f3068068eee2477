/** Endpoints on loopback for the doctor to look at: ours as it is, and ours with one thing wrong. */
import { createHmac } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEnvironmentKeySource } from '../../../adapters/key-sources/environment.ts';
import { createNodeHandler } from '../../../adapters/node/handler.ts';
import type { Target } from '../../../cli/doctor/visit.ts';
import type { AuthEndpoint } from '../../../core/auth-endpoint.ts';
import {
  type AuthConfig,
  anonymous,
  type ConfiguredEndpoint,
  configureEndpoint,
  type Environment,
  sharedSecretJwt,
} from '../../../index.ts';

const SECRET = 'a secret of at least 32 bytes, obviously fake';
/** Of the API key that signs. */
export const KEY_SECRET = 'a-secret-for-tests';
export const ORIGIN = 'https://app.example';

export function goodEndpoint(config: Partial<AuthConfig> = {}, env: Environment = {}): ConfiguredEndpoint {
  const endpoint = configureEndpoint({
    definition: {
      build: () => ({
        sources: [sharedSecretJwt({ secrets: [SECRET] }), anonymous()],
        rules: [
          { name: 'visitors', when: { kind: 'anonymous' }, grant: { notifications: ['subscribe'] } },
          { name: 'members', grant: { 'user:{sub}': ['subscribe'], 'room:*': ['publish', 'subscribe'] } },
        ],
        allowedOrigins: [ORIGIN],
        ...config,
      }),
    },
    env,
    keySource: { ok: true, source: createEnvironmentKeySource({ ABLY_API_KEY: `appId1.keyId1:${KEY_SECRET}` }) },
  });
  if (endpoint.problems.length > 0) throw new Error(JSON.stringify(endpoint.problems));
  return endpoint;
}

/** Without an anonymous rule: nobody gets anything who has not signed in. */
export const membersOnly: Partial<AuthConfig> = {
  sources: [sharedSecretJwt({ secrets: [SECRET] })],
  rules: [{ name: 'members', grant: { 'user:{sub}': ['subscribe'], 'room:*': ['publish', 'subscribe'] } }],
};

/** What a signed-in client sends after "Bearer". */
export function bearerOf(sub: string): string {
  const now = Math.floor(Date.now() / 1000);
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ sub, iat: now, exp: now + 36_000 })}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}

export interface Served {
  readonly url: string;
  close(): void;
}

export async function serve(listener: RequestListener): Promise<Served> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/ably-auth`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

export function serveEndpoint(endpoint: AuthEndpoint): Promise<Served> {
  return serve(createNodeHandler(endpoint));
}

/** Signed in as bob, from an allowed page, where anonymous callers may have something. */
export function targetOf(url: string, more: Partial<Target> = {}): Target {
  return {
    url: new URL(url),
    credential: [['Authorization', `Bearer ${bearerOf('bob')}`]],
    anonymous: 'allowed',
    origin: ORIGIN,
    foreignOrigin: 'https://stranger.example',
    foreignClientId: 'mallory',
    operatorSecret: undefined,
    timeoutMs: 15_000,
    // A machine that is busy with other tests is not what is looked at.
    clientPatienceMs: 60_000,
    ...more,
  };
}
