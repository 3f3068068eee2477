/**
 * Signs somebody in at the demo’s identity provider: `POST /demo/provider-login` with a name is answered with the access
 * token, `{ accessToken }`. The authorization code flow with PKCE is gone through in full, redirect by redirect.
 *
 * In an app the browser or the phone does this, and the person types into the provider's own form; here the server
 * fills it in, so that one button, or one line of curl, is enough.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { DEMO_CLIENT, type DemoProvider } from './identity-provider.ts';
import { isOurPage, readName, refuse } from './login.ts';

export type ProviderLogin = (req: IncomingMessage, res: ServerResponse, body: string) => Promise<void>;

/** More redirects and forms than the flow has. */
const MAX_STEPS = 20;

export function createProviderLogin({ issuer }: DemoProvider, origins: ReadonlySet<string>): ProviderLogin {
  return async (req, res, body) => {
    const name = readName(body);
    if (!isOurPage(req, origins)) refuse(res, 403, 40300, 'Log in from the page itself.');
    else if (name === undefined) refuse(res, 400, 40000, 'A name has 1 to 60 letters, digits, dots, dashes or spaces.');
    else {
      const accessToken = await fetchAccessToken(issuer, name);
      res.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
      res.end(JSON.stringify({ accessToken }));
    }
  };
}

async function fetchAccessToken(issuer: string, name: string): Promise<string> {
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    client_id: DEMO_CLIENT.id,
    response_type: 'code',
    redirect_uri: DEMO_CLIENT.redirectUri,
    scope: DEMO_CLIENT.scope,
    resource: DEMO_CLIENT.resource,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const code = await fetchCode(`${issuer}/auth?${query}`, name);
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: DEMO_CLIENT.id,
      redirect_uri: DEMO_CLIENT.redirectUri,
      resource: DEMO_CLIENT.resource,
      code,
      code_verifier: verifier,
    }),
  });
  const { access_token: token } = (await response.json()) as { readonly access_token?: unknown };
  if (typeof token !== 'string') throw new Error(`The demo’s identity provider gave no token: ${response.status}`);
  return token;
}

/** A browser without JavaScript: follows redirects one by one, keeps cookies, fills in forms. */
async function fetchCode(start: string, name: string): Promise<string> {
  const jar = new Map<string, string>();
  let url = start;
  let form: Readonly<Record<string, string>> | undefined;
  for (let step = 0; step < MAX_STEPS && !url.startsWith(DEMO_CLIENT.redirectUri); step++) {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...jar].map((pair) => pair.join('=')).join('; ') },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, cookie = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(cookie, value);
    }
    const page = await response.text();
    const location = response.headers.get('location');
    const [, prompt = ''] = /name="prompt" value="(\w+)"/.exec(page) ?? [];
    form = location === null ? { prompt, ...(prompt === 'login' && { login: name, password: 'any' }) } : undefined;
    if (location !== null) url = new URL(location, url).href;
  }
  const code = new URL(url).searchParams.get('code');
  if (code === null) throw new Error('The demo’s identity provider did not let anybody in.');
  return code;
}
