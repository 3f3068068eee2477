/**
 * Who this service is, to whom it may concern: an access token of its own, never an Ably key.
 *
 * Two ways of getting one, keep the one you have: a file that the platform writes anew (Kubernetes, SPIFFE), or the OAuth
 * client credentials of this service (RFC 6749, section 4.4).
 */
import { readFile } from 'node:fs/promises';

const { TOKEN_FILE, TOKEN_URL = '', CLIENT_ID = '', CLIENT_SECRET = '', AUDIENCE = '' } = process.env;
if (!TOKEN_FILE && !(/^https?:/.test(TOKEN_URL) && CLIENT_ID && CLIENT_SECRET)) {
  throw new Error('Set TOKEN_FILE, or TOKEN_URL, CLIENT_ID and CLIENT_SECRET; README.md says to what.');
}

/** So that a token does not end on its way. */
const EARLY_MS = 60_000;

let held: { readonly token: string; readonly renewAtMs: number } | undefined;

/** Asked for each request to the auth endpoint, so that a renewal an hour from now shows the token of that hour. */
export async function accessToken(): Promise<string> {
  if (TOKEN_FILE) return (await readFile(TOKEN_FILE, 'utf8')).trim();
  if (!held || Date.now() >= held.renewAtMs) held = await fetchToken();
  return held.token;
}

/** The endpoint did not accept it: its issuer has changed keys, or revoked it. */
export function forgetAccessToken(): void {
  held = undefined;
}

async function fetchToken(): Promise<NonNullable<typeof held>> {
  const response = await fetch(TOKEN_URL, {
    method: 'POST',
    headers: {
      Authorization: `Basic ${btoa(`${encodeURIComponent(CLIENT_ID)}:${encodeURIComponent(CLIENT_SECRET)}`)}`,
    },
    // Providers call it `resource` (RFC 8707) or `audience`; what does not apply is ignored.
    body: new URLSearchParams({ grant_type: 'client_credentials', resource: AUDIENCE, audience: AUDIENCE }),
    signal: AbortSignal.timeout(5_000),
  });
  if (!response.ok) throw new Error(`the token endpoint answered ${response.status}`);
  const { access_token, expires_in = 300 } = (await response.json()) as { access_token: string; expires_in?: number };
  return { token: access_token, renewAtMs: Date.now() + expires_in * 1_000 - EARLY_MS };
}
