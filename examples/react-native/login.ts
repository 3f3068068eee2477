/**
 * Who is here, and the access token that says so. The local server's identity provider takes anyone's word; yours opens
 * its own page (react-native-app-auth, the SDK of Auth0, Cognito, Firebase …).
 *
 * Held in memory. To be signed in after a restart, keep it in the Keychain or the Keystore (react-native-keychain), never
 * in AsyncStorage, which is a plain file.
 */
import { LOCAL_SERVER } from './development-machine';

let held: string | undefined;

export async function signIn(name: string): Promise<void> {
  const response = await fetch(`${LOCAL_SERVER}/demo/provider-login`, {
    method: 'POST',
    // For the local server, which wants to know that no foreign web page is asking.
    headers: { 'Sec-Fetch-Site': 'same-origin' },
    body: JSON.stringify({ name }),
  });
  if (!response.ok) throw new Error(`The login answered ${response.status}.`);
  held = ((await response.json()) as { readonly accessToken: string }).accessToken;
}

export function signOut(): void {
  held = undefined;
}

/** Asked for each request to the auth endpoint. Yours refreshes it here when it is about to end. */
export async function accessToken(): Promise<string> {
  return held ?? '';
}
