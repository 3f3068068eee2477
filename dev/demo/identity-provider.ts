/**
 * An identity provider for the demo: the package `oidc-provider` on a loopback port, with one client and a login form that
 * takes anybody's name. Signs JWT access tokens as a company's provider would, with a key that lives as long as it does.
 */
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AuthDefinition, type Environment, oidc } from '../../index.ts';

export const DEMO_AUDIENCE = 'ably-auth-demo';
export const DEMO_CLIENT = {
  id: 'demo-page',
  redirectUri: 'http://127.0.0.1/callback',
  scope: 'openid rooms',
  /** What the token is asked for; has to be a URI (RFC 8707), and comes out as the audience above. */
  resource: `urn:${DEMO_AUDIENCE}:rooms`,
};
const TOKEN_SECONDS = 60 * 60;
const ARTIFACTS = ['Interaction', 'Session', 'Grant', 'AccessToken', 'IdToken'];

export interface DemoProvider {
  readonly issuer: string;
  close(): Promise<void>;
}

export async function startDemoProvider(): Promise<DemoProvider> {
  let answer: RequestListener | undefined;
  const server = createServer((req, res) => void answer?.(req, res));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  answer = await withoutNotices(async () => {
    const { default: Provider } = await import('oidc-provider');
    return new Provider(issuer, configuration()).callback();
  });
  return {
    issuer,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function configuration(): Readonly<Record<string, unknown>> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'demo', alg: 'ES256', use: 'sig' }] },
    clients: [
      {
        client_id: DEMO_CLIENT.id,
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        id_token_signed_response_alg: 'ES256',
        redirect_uris: [DEMO_CLIENT.redirectUri],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    cookies: { keys: ['only-for-this-machine'] },
    // All that it makes: about the defaults it has a notice each.
    ttl: Object.fromEntries(ARTIFACTS.map((artifact) => [artifact, TOKEN_SECONDS])),
    // Whoever gives a name has an account of that name.
    findAccount: (_context: unknown, sub: string) => ({ accountId: sub, claims: () => ({ sub }) }),
    features: {
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          scope: 'rooms',
          audience: DEMO_AUDIENCE,
          accessTokenTTL: TOKEN_SECONDS,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
        useGrantedResource: () => true,
      },
    },
  };
}

/** Only beside the session alone, as in the shipped config: with a source of your own it would be in the way (S19). */
export function hasRoomForProvider(definition: AuthDefinition, env: Environment): boolean {
  try {
    const names = definition.build(env).sources.map(({ name }) => name);
    return names.includes('session') && names.every((name) => name === 'session' || name === 'anonymous');
  } catch {
    // The endpoint builds it as well, and says what is wrong.
    return false;
  }
}

/** The definition, with the provider's tokens accepted too. */
export function acceptProvider(definition: AuthDefinition, { issuer }: DemoProvider): AuthDefinition {
  // In the demo, whoever types "ada" is ada, by cookie or by token: so both have the same clientId, and neither needs
  // the prefix that ABLY_AUTH_ISSUER would bring (environmentSources), since there nobody knows this.
  const source = oidc({ issuer, audience: DEMO_AUDIENCE, name: 'demo-provider', sharesSubjectsWith: 'session' });
  return {
    ...definition,
    build: (env) => {
      const config = definition.build(env);
      return { ...config, sources: [source, ...config.sources] };
    },
  };
}

/** It warns that its login form and its memory are for development only, which is what they are for here. */
async function withoutNotices<T>(work: () => Promise<T>): Promise<T> {
  const { info, warn } = console;
  const filtered =
    (print: typeof info): typeof info =>
    (...words) => {
      if (!/oidc-provider (NOTICE|WARNING): /.test(String(words[0]))) print.apply(console, words);
    };
  Object.assign(console, { info: filtered(info), warn: filtered(warn) });
  try {
    return await work();
  } finally {
    Object.assign(console, { info, warn });
  }
}
