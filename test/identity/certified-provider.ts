/**
 * A certified OpenID Connect server (the package `oidc-provider`) on a loopback port, and a person who logs in to it in a
 * browser: every redirect and form of the code flow with PKCE, none of it skipped.
 */
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export const API = 'https://api.example';
const CLIENT_ID = 'web';
const REDIRECT_URI = 'http://127.0.0.1/callback';

export interface Tokens {
  readonly accessToken: string;
  readonly idToken: string;
}

export interface CertifiedProvider {
  readonly issuer: string;
  /** Requests for keys, so far. */
  keyFetches(): number;
  /** Logs in and gives consent. */
  logIn(login: string): Promise<Tokens>;
  /** From now on signs with a new key; the old one stays published, as is usual, or is withdrawn. */
  rotate(old: 'published' | 'withdrawn'): Promise<void>;
  /** Nobody listens any more, until it comes back on the same port. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
}

export async function startCertifiedProvider(): Promise<CertifiedProvider> {
  let answer: (req: never, res: never) => unknown = () => {};
  let keyFetches = 0;
  const server = createServer((req, res) => {
    if (req.url === '/jwks') keyFetches += 1;
    answer(req as never, res as never);
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;
  let serial = 0;
  let keys: readonly object[] = [];

  function use(published: readonly object[]): void {
    keys = published;
    answer = new Provider(issuer, configuration(keys)).callback();
  }
  use([privateJwk(`key-${serial}`)]);

  return {
    issuer,
    keyFetches: () => keyFetches,
    logIn: (login) => logIn(issuer, login),
    async rotate(old) {
      serial += 1;
      // It signs with the first that fits.
      use([privateJwk(`key-${serial}`), ...(old === 'published' ? keys : [])]);
    },
    goAway: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    comeBack: () => listen(port),
  };
}

function privateJwk(kid: string): object {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' };
}

function configuration(keys: readonly object[]): Readonly<Record<string, unknown>> {
  const client = { client_id: CLIENT_ID, application_type: 'native', token_endpoint_auth_method: 'none' };
  const resource = { scope: 'rooms', audience: API, accessTokenTTL: 3_600, accessTokenFormat: 'jwt' };
  return {
    jwks: { keys },
    clients: [
      { ...client, redirect_uris: [REDIRECT_URI], response_types: ['code'], grant_types: ['authorization_code'] },
    ],
    cookies: { keys: ['a-fake-cookie-secret'] },
    findAccount: (_context: unknown, sub: string) => ({ accountId: sub, claims: () => ({ sub }) }),
    features: {
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => resource,
        useGrantedResource: () => true,
      },
    },
  };
}

/** A browser without JavaScript: follows redirects one by one, keeps cookies, fills in forms. */
async function logIn(issuer: string, login: string): Promise<Tokens> {
  const verifier = randomBytes(32).toString('base64url');
  const jar = new Map<string, string>();
  const query = new URLSearchParams({
    ...{
      client_id: CLIENT_ID,
      response_type: 'code',
      redirect_uri: REDIRECT_URI,
      scope: 'openid rooms',
      resource: API,
    },
    ...{ code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256' },
  });
  let url = `${issuer}/auth?${query}`;
  let form: Readonly<Record<string, string>> | undefined;
  for (let step = 0; step < 20 && !url.startsWith(REDIRECT_URI); step++) {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    const location = response.headers.get('location');
    form = undefined;
    if (location !== null) {
      url = new URL(location, url).href;
    } else {
      const [, prompt = ''] = /name="prompt" value="(\w+)"/.exec(await response.text()) ?? [];
      form = { prompt, ...(prompt === 'login' && { login, password: 'whatever' }) };
    }
  }
  const code = new URL(url).searchParams.get('code') ?? '';
  const body = {
    grant_type: 'authorization_code',
    client_id: CLIENT_ID,
    redirect_uri: REDIRECT_URI,
    code,
    code_verifier: verifier,
  };
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({ ...body, resource: API }),
  });
  const tokens = (await answer.json()) as { readonly access_token: string; readonly id_token: string };
  if (answer.status !== 200) throw new Error(`No token for ${login}: ${JSON.stringify(tokens)}`);
  return { accessToken: tokens.access_token, idToken: tokens.id_token };
}
