/**
 * Somebody who has signed in through the identity provider, as an app without cookies would: the access token is kept in
 * the memory of this page, is shown to our endpoint with each request, and is gone when the page is.
 */
import { type DemoInfo, fetchAccessToken, logOut } from './api.ts';

export interface Bearer {
  readonly name: string;
  readonly accessToken: string;
}

/** What the server says, and what only this page knows: with a bearer, nobody looks at the cookie. */
export interface Visit extends DemoInfo {
  readonly bearer?: Bearer;
}

let held: Bearer | undefined;

/** Takes the place of a session, whose cookie would be a second answer to who is calling. @throws RefusedError */
export async function logInAtProvider(name: string): Promise<void> {
  const accessToken = await fetchAccessToken(name);
  await logOut();
  held = { name: name.trim(), accessToken };
}

export function forgetBearer(): void {
  held = undefined;
}

export function withBearer(info: DemoInfo): Visit {
  return held ? { ...info, bearer: held } : info;
}

/** The name of whoever is here, empty for a visitor. */
export function nameOf({ bearer, user }: Visit): string {
  return bearer?.name ?? user?.name ?? '';
}
