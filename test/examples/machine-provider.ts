/**
 * An identity provider for services: the package `oidc-provider` on a loopback port, which gives a JWT access token to
 * whoever shows the client credentials of `orders-service`.
 */
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export const MACHINE = { id: 'orders-service', secret: 'not-a-secret', audience: 'https://api.example' };

export interface MachineProvider {
  readonly issuer: string;
  readonly tokenUrl: string;
  /** Access tokens given, so far. */
  tokensGiven(): number;
  close(): Promise<void>;
}

export async function startMachineProvider(): Promise<MachineProvider> {
  let answer: RequestListener | undefined;
  let tokensGiven = 0;
  const server = createServer((req, res) => {
    if (req.url === '/token') tokensGiven += 1;
    answer?.(req, res);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  answer = new Provider(issuer, configuration()).callback() as RequestListener;
  return {
    issuer,
    tokenUrl: `${issuer}/token`,
    tokensGiven: () => tokensGiven,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function configuration(): Readonly<Record<string, unknown>> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const resource = { scope: '', audience: MACHINE.audience, accessTokenTTL: 3_600, accessTokenFormat: 'jwt' };
  return {
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'machines', alg: 'ES256', use: 'sig' }] },
    clients: [
      {
        client_id: MACHINE.id,
        client_secret: MACHINE.secret,
        id_token_signed_response_alg: 'ES256',
        redirect_uris: [],
        response_types: [],
        grant_types: ['client_credentials'],
      },
    ],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({ ...resource, jwt: { sign: { alg: 'ES256' } } }),
        useGrantedResource: () => true,
      },
    },
  };
}
