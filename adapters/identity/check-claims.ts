/**
 * Whether the claims of a token are those of a caller whom this source vouches for, now: issuer, audience, times,
 * demanded claims, subject. Says nothing about the signature. Values never appear in what it says (S10).
 *
 * RFC 7519, 4.1; RFC 8725, 3.8 to 3.12.
 */
import type { Identity } from '../../core/identity/identity.ts';
import { isWellFormedText } from '../../core/well-formed.ts';
import type { DecodedToken } from './decode-token.ts';
import type { JsonObject } from './json-names.ts';
import type { TokenRules } from './token-rules.ts';

export type ClaimsVerdict =
  | { readonly ok: true; readonly identity: Identity }
  | { readonly ok: false; readonly reason: 'bad-credential' | 'expired-credential'; readonly detail: string };

/** @param nowMs milliseconds since the epoch; the claims have seconds (RFC 7519, NumericDate) */
export function checkClaims(token: DecodedToken, rules: TokenRules, source: string, nowMs: number): ClaimsVerdict {
  const { claims, header } = token;
  const times = rules.timesOf?.(claims, header) ?? claims;
  const problem =
    issuerProblem(claims, rules) ??
    audienceProblem(claims, rules) ??
    timeProblem(times, rules, nowMs) ??
    demandProblem(claims, rules) ??
    // A logout token of RFC 8417 and OpenID Connect Back-Channel Logout: same issuer, same key, same audience.
    (Object.hasOwn(claims, 'events') ? 'it reports an event (events) and identifies nobody' : undefined) ??
    rules.refuse?.(claims, header);
  if (problem !== undefined) return { ok: false, reason: 'bad-credential', detail: problem };
  const expSeconds = times.exp as number;
  // No tolerance: what ends within a minute gives no credential anyway (S8).
  if (expSeconds * 1000 <= nowMs) return { ok: false, reason: 'expired-credential', detail: 'the token has expired' };

  const subject = rules.subjectOf ? rules.subjectOf(claims) : own(claims, rules.subjectClaim);
  if (typeof subject !== 'string' || subject === '' || !isWellFormedText(subject)) {
    return { ok: false, reason: 'bad-credential', detail: `it names no subject (${rules.subjectClaim})` };
  }
  return { ok: true, identity: identityOf(claims, subject, expSeconds, rules, source) };
}

function identityOf(
  claims: JsonObject,
  subject: string,
  expSeconds: number,
  rules: TokenRules,
  source: string,
): Identity {
  const sessionId = own(claims, rules.sessionClaim);
  const authTime = own(claims, 'auth_time');
  return {
    source,
    subject,
    kind: rules.isGuest?.(claims) ? 'guest' : 'user',
    // `{sub}` in a template is the subject, whichever claim plays it.
    claims: { ...claims, sub: subject },
    ...(typeof sessionId === 'string' && sessionId !== '' && { sessionId }),
    ...(isNumericDate(authTime) && { authenticatedAtMs: authTime * 1000 }),
    ...(rules.sessionEndsWithToken && { expiresAtMs: expSeconds * 1000 }),
  };
}

function issuerProblem(claims: JsonObject, { issuers }: TokenRules): string | undefined {
  if (issuers.length === 0) return undefined;
  const iss = own(claims, 'iss');
  return typeof iss === 'string' && issuers.includes(iss) ? undefined : 'it is from another issuer (iss)';
}

function audienceProblem(claims: JsonObject, { audiences, audienceClaim }: TokenRules): string | undefined {
  if (audiences.length === 0) return undefined;
  const name = audienceClaim(claims);
  const value = own(claims, name);
  const named: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (!named.every((audience) => typeof audience === 'string')) return `it has no audience (${name})`;
  return named.some((audience) => audiences.some((ours) => ours === audience))
    ? undefined
    : `it is for another audience (${name})`;
}

function timeProblem({ exp, nbf, iat }: JsonObject, { toleranceSeconds }: TokenRules, nowMs: number) {
  if (!isNumericDate(exp)) return 'it has no end (exp)';
  const latestSeconds = nowMs / 1000 + toleranceSeconds;
  if (nbf !== undefined && !(isNumericDate(nbf) && nbf <= latestSeconds)) return 'it is not valid yet (nbf)';
  if (iat !== undefined && !(isNumericDate(iat) && iat <= latestSeconds)) return 'it was issued in the future (iat)';
  return undefined;
}

function demandProblem(claims: JsonObject, { present, demanded }: TokenRules): string | undefined {
  const missing = present.find((name) => own(claims, name) === undefined || own(claims, name) === null);
  if (missing !== undefined) return `it has no ${missing}`;
  for (const [name, wanted] of Object.entries(demanded)) {
    const value = own(claims, name);
    const allowed: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted];
    if (!allowed.includes(value)) return `its ${name} is not the demanded one`;
  }
  return undefined;
}

/** Seconds since the epoch that are a date in JavaScript as well. */
function isNumericDate(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 8_640_000_000_000;
}

/** `constructor` is a name like any other: only what the token says counts. */
function own(claims: JsonObject, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}
