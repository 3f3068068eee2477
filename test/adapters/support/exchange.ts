/**
 * An HTTP exchange as it is on the wire, belonging to no host. Hosts turn the request into their own event as their
 * platform would, and their own result back into an answer.
 */
import type { AuthEndpoint } from '../../../core/auth-endpoint.ts';
import type { AuthRequest, AuthResponse, NameValue } from '../../../core/http.ts';

export interface WireRequest {
  readonly method: string;
  /** As on the request line: percent-encoded, without the question mark. */
  readonly rawQuery?: string;
  /** One pair a line, in the case sent. */
  readonly headers?: readonly NameValue[];
  readonly body?: string;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  /** One entry for each Set-Cookie line. */
  readonly setCookies: readonly string[];
  readonly body: string;
}

/** What a platform can and cannot tell us; the expectations of a case depend on nothing else. */
export interface HostTraits {
  /** A header that came twice: each kept, joined by the platform, or the last alone. */
  readonly repeatedHeaders: 'kept' | 'joined' | 'last';
  readonly repeatedQuery: 'kept' | 'last';
  /** Cookie headers that came twice reach us as one. */
  readonly repeatedCookieHeaders: 'kept' | 'last';
  /** Speaks `Request`, which refuses some of what can be on the wire. */
  readonly webStandard?: boolean;
  readonly clientIp: string | undefined;
  readonly requestId: string | undefined;
}

export interface Host extends HostTraits {
  readonly name: string;
  exchange(endpoint: AuthEndpoint, request: WireRequest): Promise<WireAnswer>;
}

export interface HostParts<Event, Result> extends HostTraits {
  readonly name: string;
  readonly drive: (request: WireRequest) => Event;
  readonly invoke: (endpoint: AuthEndpoint, event: Event) => Promise<Result>;
  readonly read: (result: Result) => WireAnswer | Promise<WireAnswer>;
}

export function createHost<Event, Result>({ drive, invoke, read, ...rest }: HostParts<Event, Result>): Host {
  return { ...rest, exchange: async (endpoint, request) => read(await invoke(endpoint, drive(request))) };
}

/** The address that every platform saw at the other end, and the one that the client pretends to have. */
export const CLIENT_IP = '203.0.113.7';
export const SPOOFED_IP = '198.51.100.66';

export interface Probe {
  readonly endpoint: AuthEndpoint;
  readonly seen: AuthRequest[];
}

/** Stands where the core stands: records what an adapter read, and answers what it is told to. */
export function createProbe(answer: Partial<AuthResponse> = {}): Probe {
  const seen: AuthRequest[] = [];
  const response: AuthResponse = deepFreeze({ status: 200, headers: [], cookies: [], body: '{}', ...answer });
  return {
    seen,
    endpoint: {
      handle: async (request) => {
        seen.push(request);
        return response;
      },
    },
  };
}

/** The one request that a probe saw. */
export function onlyRequest({ seen }: Probe): AuthRequest {
  const [request] = seen;
  if (request === undefined || seen.length !== 1) throw new Error(`the endpoint was called ${seen.length} times`);
  return request;
}

export function bodyText(request: AuthRequest): string {
  return typeof request.body === 'string' ? request.body : new TextDecoder().decode(request.body);
}

/** So that an adapter that writes to its input fails in strict mode instead of passing unnoticed. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFreeze(member);
  }
  return value;
}
