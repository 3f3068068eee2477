/**
 * Reads what is to be revoked from the body of a request, by somebody who may ask. A name that is not known is refused:
 * with a misspelt `ban` the client would be revoked, and back at once.
 *
 * {"targets": ["clientId:bob"], "ban": "2h"}    {"self": true, "signOut": true}    docs/revocation.md
 */
import type { RevocationOptions } from '../ably.ts';
import { parseDurationMs } from '../duration.ts';
import { AuthFailure } from '../errors.ts';
import type { AuthRequest } from '../http.ts';
import { MAX_REVOKE_REQUEST_TARGETS } from '../limits.ts';
import { isWellFormedText } from '../well-formed.ts';
import { parseBoundedJson } from '../wire/bounded-json.ts';
import { bodyText } from '../wire/read-body.ts';
import type { RevokeTarget } from './plan-target.ts';

export interface RevocationOrder {
  /** `self`: the caller. */
  readonly targets: readonly RevokeTarget[] | 'self';
  readonly action: WishedCutOff;
  readonly options: RevocationOptions;
}

export type WishedCutOff =
  | { readonly kind: 'ban'; readonly untilMs: number }
  | { readonly kind: 'sign-out'; readonly sessions: 'all' | 'own' | { readonly sessionId: string } }
  | { readonly kind: 'lift' }
  | { readonly kind: 'none' };

type Members = Readonly<Record<string, unknown>>;

const NAMES = ['targets', 'self', 'ban', 'signOut', 'lift', 'issuedBefore', 'allowReauthMargin'];
const TYPES = ['clientId', 'revocationKey', 'channel'] as const;

/** @throws AuthFailure `malformed-request` (400); its detail names what is wrong, and holds no value */
export function readRevocation(request: AuthRequest, nowMs: number): RevocationOrder {
  const body = readBody(request);
  const { targets, self, issuedBefore, allowReauthMargin } = body;
  if ((targets === undefined) === (self === undefined)) throw malformed('write targets, or self, and not both');
  if (self !== undefined && self !== true) throw malformed('self is true or left out');
  if (issuedBefore !== undefined && !isPast(issuedBefore, nowMs)) {
    throw malformed('issuedBefore is a moment of the past, in milliseconds since 1970');
  }
  if (allowReauthMargin !== undefined && typeof allowReauthMargin !== 'boolean') {
    throw malformed('allowReauthMargin is true or false');
  }
  return {
    targets: self ? 'self' : readTargets(targets),
    action: readAction(body, nowMs),
    options: {
      ...(issuedBefore !== undefined && { issuedBeforeMs: issuedBefore as number }),
      ...(allowReauthMargin !== undefined && { allowReauthMargin }),
    },
  };
}

function readBody(request: AuthRequest): Members {
  const [type = '', ...more] = request.headers.get('content-type') ?? [];
  // A form is what another site's page can send without being asked.
  if (more.length > 0 || type.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
    throw malformed('the Content-Type must be application/json');
  }
  const parsed = parseBoundedJson(bodyText(request.body));
  if (!parsed.ok) throw malformed(`the body is refused as JSON: ${parsed.problem}`);
  if (!isObject(parsed.value)) throw malformed('the body is no JSON object');
  if (Object.keys(parsed.value).some((name) => !NAMES.includes(name))) {
    throw malformed(`a name is unknown; known are ${NAMES.join(', ')}`);
  }
  return parsed.value;
}

function readTargets(targets: unknown): readonly RevokeTarget[] {
  if (!Array.isArray(targets) || targets.length === 0) throw malformed('targets is a list with something in it');
  if (targets.length > MAX_REVOKE_REQUEST_TARGETS) throw malformed(`at most ${MAX_REVOKE_REQUEST_TARGETS} targets`);
  return targets.map((target: unknown, index) => readTarget(target, `targets[${index}]`));
}

function readTarget(target: unknown, at: string): RevokeTarget {
  if (typeof target === 'string') {
    const colon = target.indexOf(':');
    return readTarget({ type: target.slice(0, Math.max(colon, 0)), value: target.slice(colon + 1) }, at);
  }
  if (isObject(target) && hasOnly(target, ['source', 'subject', 'clientId', 'revocationKey'])) {
    const { source, subject, clientId, revocationKey } = target;
    const names = [clientId, revocationKey].filter((name) => name !== undefined);
    if (isText(source) && isText(subject) && names.length <= 1 && names.every(isText)) {
      return {
        source,
        subject,
        ...(isText(clientId) && { clientId }),
        ...(isText(revocationKey) && { revocationKey }),
      };
    }
  }
  if (isObject(target) && hasOnly(target, ['type', 'value'])) {
    const type = TYPES.find((known) => known === target.type);
    if (type && isText(target.value)) return { type, value: target.value };
  }
  throw malformed(
    `${at} is neither "clientId:bob", "revocationKey:...", "channel:..." nor {source, subject, clientId?}`,
  );
}

function readAction({ ban, signOut, lift }: Members, nowMs: number): WishedCutOff {
  if ([ban, signOut, lift].filter((each) => each !== undefined).length > 1) {
    throw malformed('write one of ban, signOut and lift');
  }
  if (ban !== undefined) return { kind: 'ban', untilMs: readBanEnd(ban, nowMs) };
  if (lift === true) return { kind: 'lift' };
  if (lift !== undefined) throw malformed('lift is true or left out');
  if (signOut === undefined) return { kind: 'none' };
  if (signOut === true) return { kind: 'sign-out', sessions: 'own' };
  if (signOut === 'everywhere') return { kind: 'sign-out', sessions: 'all' };
  if (isObject(signOut) && hasOnly(signOut, ['sessionId']) && isText(signOut.sessionId)) {
    return { kind: 'sign-out', sessions: { sessionId: signOut.sessionId } };
  }
  throw malformed('signOut is true, "everywhere" or {"sessionId": "..."}');
}

/** `"2h"`, or `{"until": 1790000000000}`. */
function readBanEnd(ban: unknown, nowMs: number): number {
  const lastsMs = typeof ban === 'string' ? parseDurationMs(ban) : undefined;
  const untilMs = lastsMs === undefined ? isObject(ban) && hasOnly(ban, ['until']) && ban.until : nowMs + lastsMs;
  if (typeof untilMs === 'number' && Number.isSafeInteger(untilMs) && untilMs > nowMs) return untilMs;
  throw malformed('ban is a duration such as "2h", or {"until": ...} in milliseconds since 1970');
}

function isPast(value: unknown, nowMs: number): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 && value <= nowMs;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && isWellFormedText(value);
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasOnly(object: Members, names: readonly string[]): boolean {
  return Object.keys(object).every((name) => names.includes(name));
}

function malformed(detail: string): AuthFailure {
  return new AuthFailure('malformed-request', detail);
}
