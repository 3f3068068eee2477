/**
 * Keeps a record of what goes over the wire to our endpoint: a `fetch` that the client helper uses instead of the global
 * one. It changes nothing, and decides nothing; an app has no need of it.
 */
import { type Credential, decodeCredential } from './credential.ts';
import { type Field, shorten } from './fields.ts';
import { noAnswer, parseRefusal, type Refusal } from './wire.ts';

export type AuthMethod = 'GET' | 'POST';

/** Why the client asked: its first token, the button, a room, or on its own (Ably prompted it, or it connects again). */
export type Cause = 'first' | 'asked' | 'more' | 'prompted';

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
      /** What was asked for beside it and not given, as the endpoint names it. */
      readonly refusedResources?: string;
    }
  | { readonly kind: 'refused'; readonly tookMs: number; readonly refusal: Refusal };

let lastId = 0;

export type RecordingFetch = (url: string, call: RequestInit) => Promise<Response>;

/** @param cause asked for each request; @param record called before the helper sees the answer */
export function recordingFetch(cause: () => Cause, record: (exchange: Exchange) => void): RecordingFetch {
  return async (url, call) => {
    const startedAtMs = Date.now();
    const startedAt = performance.now();
    const why = cause();
    lastId += 1;
    const id = lastId;
    const finish = (answer: (tookMs: number) => Answer): void =>
      record({
        id,
        cause: why,
        startedAtMs,
        request: describeRequest(url, call),
        answer: answer(Math.round(performance.now() - startedAt)),
      });
    try {
      const response = await fetch(url, call);
      const body = await response.clone().text();
      finish((tookMs) => describeAnswer(response, body, tookMs));
      return response;
    } catch (error) {
      finish((tookMs) => ({ kind: 'refused', tookMs, refusal: noAnswer(error) }));
      throw error;
    }
  };
}

function describeRequest(url: string, { method, headers, body }: RequestInit): Exchange['request'] {
  const { href, search } = new URL(url, location.href);
  const authorization = new Headers(headers).get('authorization');
  const bearer = authorization?.replace(/^Bearer /i, '');
  return {
    method: method === 'GET' ? 'GET' : 'POST',
    url: href,
    parameters: [...new URLSearchParams(typeof body === 'string' ? body : search)],
    ...(bearer !== undefined && { authorization: `Bearer ${shorten(bearer)}` }),
  };
}

function describeAnswer(response: Response, body: string, tookMs: number): Answer {
  const { status, ok, headers } = response;
  if (!ok) return { kind: 'refused', tookMs, refusal: parseRefusal(status, body) };
  const contentType = headers.get('content-type') ?? '';
  const refusedResources = headers.get('x-ably-auth-refused');
  try {
    const credential = decodeCredential(contentType, body);
    const refused = refusedResources === null ? {} : { refusedResources };
    return { kind: 'credential', status, contentType, tookMs, credential, ...refused };
  } catch (error) {
    return { kind: 'refused', tookMs, refusal: noAnswer(error) };
  }
}
