/**
 * What happened, for whoever operates the endpoint. One event a request, handed to the `onEvent` port; printing,
 * counting and tracing are sinks over it. Nothing here may hold a secret, a credential or a claim's value (S10).
 */
import { createHmac, type KeyObject } from 'node:crypto';
import type { ClockEvent } from './clock/clock-event.ts';
import type { ConfigProblem } from './config-problem.ts';
import type { AuthFailure, FailureReason } from './errors.ts';
import type { GrantsReport } from './grants/report.ts';
import type { Identity, IdentityKind } from './identity/identity.ts';
import type { ApiKey } from './keys/api-key.ts';
import type { KeyEvent } from './keys/cached-key.ts';
import { keyFingerprint } from './keys/key-fingerprint.ts';
import type { LeftOut } from './policy/evaluate.ts';
import type { ShadowDifference } from './policy/shadow.ts';
import type { CutOff } from './revocation/gate-entry.ts';
import type { AutoReason } from './token/issue.ts';
import type { IssuedFormat } from './token/settled-params.ts';
import type { AboutRequest } from './watch.ts';

interface AboutCaller {
  readonly source: string;
  readonly identityKind: IdentityKind;
  /** HMAC of source and subject under a key of its own: the same caller, the same text; absent when anonymous. */
  readonly subjectHash?: string;
}

interface AboutKey {
  /** Public: every TokenRequest shows it. */
  readonly keyName: string;
  /** Another text for another secret, and no way back to it: see keys/key-fingerprint.ts. */
  readonly keyFingerprint: string;
}

export interface IssuedEvent extends AboutRequest, AboutKey {
  readonly kind: 'issued';
  readonly caller: AboutCaller;
  readonly matchedRules: readonly string[];
  /** Grants that a matching rule did not give, claims that a JWT does not have, and why. */
  readonly leftOut: readonly LeftOut[];
  readonly format: IssuedFormat;
  /** Why, where it was left to `auto`. */
  readonly auto?: AutoReason;
  readonly ttlMs: number;
  readonly resources: number;
  /** How asking for more went; absent where the config has nothing to ask for. */
  readonly grants?: GrantsReport;
  /** Set when nobody could say whether the caller has been cut off, and the config says that this is to be passed. */
  readonly gateOutage?: string;
  /** Set when the store could not count the request, and this instance alone did. */
  readonly limitOutage?: string;
  /** What the shadow policy would have done otherwise; absent when nothing, or when there is none. */
  readonly shadow?: ShadowDifference;
}

export interface RefusedEvent extends AboutRequest, Partial<AboutKey> {
  readonly kind: 'refused';
  readonly reason: FailureReason;
  /** Ably's, as the answer has it. */
  readonly code: number;
  readonly detail?: string;
  /** Absent when the request was refused before anyone was identified. */
  readonly caller?: AboutCaller;
  readonly shadow?: ShadowDifference;
}

type Refusal = Omit<RefusedEvent, keyof AboutRequest>;

/** Somebody was cut off, or let in again. Who, is said as in `caller`, where the target was a person and not a name. */
export interface RevokedEvent extends AboutRequest, AboutKey {
  readonly kind: 'revoked';
  readonly caller: AboutCaller;
  readonly action: CutOff['kind'];
  readonly targets: number;
  readonly failed: number;
  readonly subjectHashes: readonly string[];
}

/** A browser asked whether a page may call. It asks again for ten minutes at most, so this is no measure of anything. */
export interface PreflightEvent extends AboutRequest {
  readonly kind: 'preflight';
  /** Whether we said that the page's origin may. False as well where a gateway says it instead of us. */
  readonly allowed: boolean;
}

/** Once per process: every request is answered 503 until it is mended. */
export interface MisconfiguredEvent {
  readonly kind: 'misconfigured';
  readonly problems: readonly ConfigProblem[];
}

/** The key was loaded, replaced, or could not be. */
export interface KeyRingEvent {
  readonly kind: 'key';
  readonly event: KeyEvent;
}

/** Of these there is one a request. */
export type RequestEvent = IssuedEvent | RefusedEvent | RevokedEvent | PreflightEvent;

export type AuthEvent = RequestEvent | MisconfiguredEvent | KeyRingEvent | ClockEvent;

export type OnAuthEvent = (event: AuthEvent) => void;

const SUBJECT_KEYS = new WeakMap<ApiKey, KeyObject>();

/** The caller is named where the request came far enough to know one, and to have a key for the hash. */
export function refusal({ reason, kind, detail }: AuthFailure, identity?: Identity, apiKey?: ApiKey): Refusal {
  return {
    kind: 'refused',
    reason,
    code: kind.code,
    ...(detail !== undefined && { detail }),
    ...(apiKey && { ...aboutKey(apiKey), ...(identity && { caller: aboutCaller(identity, apiKey) }) }),
  };
}

export function aboutKey(apiKey: ApiKey): AboutKey {
  return { keyName: apiKey.name, keyFingerprint: keyFingerprint(apiKey) };
}

/** @param apiKey keys the hash, so that nobody can find a subject by hashing candidates */
export function aboutCaller(identity: Identity, apiKey: ApiKey): AboutCaller {
  const { source, kind: identityKind, subject } = identity;
  if (identityKind === 'anonymous') return { source, identityKind };
  return { source, identityKind, subjectHash: hashSubject(source, subject, apiKey) };
}

export function hashSubject(source: string, subject: string, apiKey: ApiKey): string {
  let key = SUBJECT_KEYS.get(apiKey);
  if (!key) {
    key = apiKey.deriveSecret('log-subject');
    SUBJECT_KEYS.set(apiKey, key);
  }
  return createHmac('sha256', key).update(`${source}\n${subject}`).digest('base64url').slice(0, 16);
}
