/**
 * The five calls that exist only because this is a demo: who am I, log in (in two ways), log out, and what would the rules say.
 *
 * An app has its own sign-in instead. The session travels in an HttpOnly cookie, which this code can neither read nor
 * show. The auth endpoint itself is called in exchange.ts.
 */
import type { ClientOptions } from 'ably';
import { noAnswer, parseRefusal, RefusedError } from './wire.ts';

/** What the server tells the page about itself and about the visitor. */
export interface DemoInfo {
  /** Where the client connects: the service that runs beside the server, or Ably (or what ABLY_ENDPOINT names). */
  readonly mode: 'local' | 'ably';
  /** To be spread into the Ably client options. Empty for Ably itself. */
  readonly ably: ClientOptions;
  readonly authUrl: string;
  /** The public half of the API key. */
  readonly keyName: string;
  readonly tokenFormat: string;
  /** Whether one can sign in through a local identity provider as well. */
  readonly hasProvider: boolean;
  /** Rooms to ask for; none when the config has a say of its own about asking. */
  readonly rooms: readonly DemoRoom[];
  readonly user: { readonly name: string; readonly sessionEndsAtMs: number } | null;
}

export interface DemoRoom {
  readonly name: string;
  readonly about: string;
}

/** @throws RefusedError when the server refuses or does not answer. */
export async function readInfo(): Promise<DemoInfo> {
  const response = await send('/demo/info', { method: 'GET' });
  return (await response.json()) as DemoInfo;
}

/** Starts a session under this name. @throws RefusedError, for example for a name that cannot be a clientId. */
export async function logIn(name: string): Promise<void> {
  await send('/demo/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  });
}

/** Signs in at the identity provider. @throws RefusedError, for example for a name that cannot be a clientId. */
export async function fetchAccessToken(name: string): Promise<string> {
  const response = await send('/demo/provider-login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  });
  return ((await response.json()) as { readonly accessToken: string }).accessToken;
}

/** Ends the session. @throws RefusedError when the server does not answer. */
export async function logOut(): Promise<void> {
  await send('/demo/logout', { method: 'POST' });
}

/** What the rules come to for somebody; of the explanation the page shows the text. */
export interface PolicyAnswer {
  readonly text: string;
  readonly outcome: { readonly kind: 'issued' | 'refused' | 'misconfigured' };
  readonly answer?: { readonly allowed: boolean };
}

/** @param claims JSON text, or nothing for an anonymous visitor. @throws RefusedError, for claims that are no object. */
export async function explainPolicy(claims: string, operation: string, channel: string): Promise<PolicyAnswer> {
  const query = new URLSearchParams({ claims, operation, channel });
  const response = await send(`/demo/explain?${query}`, { method: 'GET' });
  return (await response.json()) as PolicyAnswer;
}

async function send(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, cache: 'no-store', credentials: 'same-origin' });
  } catch (error) {
    throw new RefusedError(noAnswer(error));
  }
  if (!response.ok) throw new RefusedError(parseRefusal(response.status, await response.text()));
  return response;
}
