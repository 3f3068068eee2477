/**
 * The two records that cross the border of core: what an adapter read, and what it is to write back.
 *
 * Plain records and not `Request`/`Response`: the first `new Request()` of a process costs more than everything
 * else a cold start does here (docs/decisions/0001-plain-records.md). Adapters fill them in and decide nothing.
 */

import type { TraceContext } from './wire/trace-context.ts';

export type NameValue = readonly [name: string, value: string];

/** What stood in front of us and looked at the caller's credential. `netlify`: Netlify Identity. */
export type PlatformVerifier = 'jwt' | 'lambda' | 'cognito' | 'iam' | 'netlify';

export interface AuthRequest {
  /** As the platform sent it, upper case: `GET`. */
  readonly method: string;
  /** Percent-decoded, in the order sent, repeated names kept: the core refuses a parameter that comes twice. */
  readonly query: readonly NameValue[];
  /** Names in lower case. A header sent twice has two values, never one joined by a comma. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** From every Cookie header, in the order sent, repeated names kept. Values as they were sent. */
  readonly cookies: readonly NameValue[];
  /**
   * Decoded from base64 where the platform encodes it. An adapter that streams stops after
   * `MAX_BODY_BYTES` + 1 bytes: the core then refuses it for its length.
   */
  readonly body: Uint8Array | string;
  readonly platform: {
    /** Written by the platform or the nearest trusted hop, never by the client. */
    readonly clientIp?: string;
    /** Claims that the platform's own authorizer verified. Never filled from headers. */
    readonly verifiedClaims?: Readonly<Record<string, unknown>>;
    /** Which authorizer that was: each writes its claims in another way. Present exactly when there are claims. */
    readonly verifiedBy?: PlatformVerifier;
    /** The platform's id for this request, so that its log and ours can be joined. */
    readonly requestId?: string;
    /** Its own trace of this request. What the client sends as `traceparent` comes first. */
    readonly trace?: TraceContext;
  };
}

export interface AuthResponse {
  readonly status: number;
  /** Names in the case to send, one name always in the same. Never contains Set-Cookie. */
  readonly headers: readonly NameValue[];
  /** One Set-Cookie value each. Never to be joined: their dates contain commas. */
  readonly cookies: readonly string[];
  readonly body: string;
}
