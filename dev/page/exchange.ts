/**
 * Fetches one credential from our endpoint and keeps a record of what went over the wire.
 *
 * An app does not need any of this: `new Ably.Realtime({ authUrl: '/auth' })` makes the very same request. The page
 * makes it itself only to be able to show it. Errors keep their numbers on the way to the SDK, because statusCode 403
 * ends a connection for good (RSA4d) and everything else is retried (RSA4c).
 */
import type { TokenParams } from 'ably';
import { type Credential, decodeCredential } from './credential.ts';
import { type Field, shorten } from './fields.ts';
import { noAnswer, parseRefusal, type Refusal } from './wire.ts';

export type AuthMethod = 'GET' | 'POST';

/** Why the client asked: its first token, the button, or on its own (Ably prompted it, or it connects again). */
export type Cause = 'first' | 'asked' | 'prompted';

/** One request to the endpoint, its answer, and what Ably made of it. */
export interface Exchange {
  readonly id: number;
  readonly cause: Cause;
  readonly startedAtMs: number;
  readonly request: {
    readonly method: AuthMethod;
    readonly url: string;
    readonly parameters: readonly (readonly [name: string, value: string])[];
    /** The header of that name, shortened. Without it, who asks is in a cookie or nowhere. */
    readonly authorization?: string;
  };
  readonly answer: Answer;
  /** Filled in later, when the SDK has traded a TokenRequest for a token, or has failed to. */
  readonly atAbly?: { readonly fields: readonly Field[] } | { readonly refusal: Refusal };
}

export type Answer =
  | {
      readonly kind: 'credential';
      readonly status: number;
      readonly contentType: string;
      readonly tookMs: number;
      readonly credential: Credential;
    }
  | { readonly kind: 'refused'; readonly tookMs: number; readonly refusal: Refusal };

let lastId = 0;

/** Below the SDK's own patience of 10 s, after which it would give up without a reason. */
const PATIENCE_MS = 9_000;

export interface Endpoint {
  readonly authUrl: string;
  /** Whoever shows one is known by it alone, and no cookie goes along. */
  readonly accessToken: string | undefined;
}

/** Asks the endpoint. Never throws: a failure is an answer of the kind `refused`. */
export async function askEndpoint(
  { authUrl, accessToken }: Endpoint,
  method: AuthMethod,
  params: TokenParams,
  cause: Cause,
): Promise<Exchange> {
  const startedAtMs = Date.now();
  const parameters = toParameters(params);
  const form = new URLSearchParams(parameters.map(([name, value]) => [name, value]));
  const url = new URL(authUrl, location.href);
  if (method === 'GET') for (const [name, value] of parameters) url.searchParams.set(name, value);

  lastId += 1;
  return {
    id: lastId,
    cause,
    startedAtMs,
    request: {
      method,
      url: url.href,
      parameters,
      ...(accessToken !== undefined && { authorization: `Bearer ${shorten(accessToken)}` }),
    },
    answer: await send(url, method, form, accessToken),
  };
}

async function send(
  url: URL,
  method: AuthMethod,
  form: URLSearchParams,
  accessToken: string | undefined,
): Promise<Answer> {
  const startedAt = performance.now();
  const tookMs = (): number => Math.round(performance.now() - startedAt);
  try {
    const response = await fetch(url, {
      method,
      ...(method === 'POST' ? { body: form } : {}),
      cache: 'no-store',
      ...(accessToken === undefined
        ? { credentials: 'same-origin' }
        : { credentials: 'omit', headers: { authorization: `Bearer ${accessToken}` } }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const body = await response.text();
    if (!response.ok) return { kind: 'refused', tookMs: tookMs(), refusal: parseRefusal(response.status, body) };
    const contentType = response.headers.get('content-type') ?? '';
    const credential = decodeCredential(contentType, body);
    return { kind: 'credential', status: response.status, contentType, tookMs: tookMs(), credential };
  } catch (error) {
    return { kind: 'refused', tookMs: tookMs(), refusal: noAnswer(error) };
  }
}

/** The SDK's wishes as it would send them itself: absent ones left out, a capability as JSON text. */
function toParameters(params: TokenParams): readonly (readonly [string, string])[] {
  return Object.entries(params).flatMap(([name, value]) => {
    if (value === undefined || value === null) return [];
    return [[name, typeof value === 'object' ? JSON.stringify(value) : String(value)] as const];
  });
}
