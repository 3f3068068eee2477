/**
 * What the app's session endpoint, or an RFC 7662 endpoint, said of a credential: this caller, a bad one, nobody, or
 * nothing that can be understood. The last is 503 and never 401: an accident over there must not sign anyone out (S12).
 */
import type { Verdict } from '../../core/identity/identity.ts';
import { type ClaimPath, parseClaimPath, readClaim } from '../../core/policy/claim-path.ts';
import { readCustomAnswer } from './custom-answer.ts';
import type { Exchange } from './introspect-exchange.ts';
import { isRecord, type JsonObject } from './json-names.ts';

/** Where in the answer what is. Read once, when the source is made. */
export interface AnswerShape {
  /** RFC 7662: there is a field `active`, and a 401 is about us and not about the caller. */
  readonly isTokenIntrospection: boolean;
  readonly subject: ClaimPath;
  readonly sessionId: ClaimPath | undefined;
  readonly expires: ClaimPath | undefined;
  readonly claims: readonly (readonly [name: string, path: ClaimPath])[];
  readonly require: readonly (readonly [text: string, allowed: readonly unknown[]])[];
}

export function readIntrospection(
  answer: Exchange,
  shape: AnswerShape,
  { source, nowMs }: { readonly source: string; readonly nowMs: number },
): Verdict {
  if ('problem' in answer) return unavailable(answer.problem);
  const { status, body } = answer;
  if (status === 401 || status === 403) {
    return shape.isTokenIntrospection
      ? unavailable('it refused our own client credentials')
      : rejected(`it said ${status}`);
  }
  if (status === 204 && !shape.isTokenIntrospection) return { kind: 'nobody' };
  // Also a redirect, to a login page as a rule.
  if (status !== 200) return unavailable(`it answered with status ${status}`);
  const parsed = parse(body);
  if (parsed === null && !shape.isTokenIntrospection) return rejected('it knows no session for it');
  if (!isRecord(parsed)) return unavailable('its answer is no JSON object');
  if (shape.isTokenIntrospection) {
    if (parsed.active === false) return rejected('it is not active');
    if (parsed.active !== true) return unavailable('its answer does not say whether it is active');
  }
  return readObject(parsed, shape, source, nowMs);
}

function readObject(answer: JsonObject, shape: AnswerShape, source: string, nowMs: number): Verdict {
  for (const [text, allowed] of shape.require) {
    const path = parseClaimPath(text) ?? [];
    const value = readClaim(answer, path);
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (!values.some((one) => allowed.includes(one))) return rejected(`its ${text} is not the demanded one`);
  }
  const found = readClaim(answer, shape.subject);
  const subject = Number.isSafeInteger(found) ? String(found) : found;
  // Without a session most frameworks answer with an empty object, or with a user that is null.
  if (subject === undefined || subject === null) return rejected(`the answer has nobody at ${shape.subject.join('.')}`);
  const expiresAtMs = shape.expires && timeIn(readClaim(answer, shape.expires));
  if (Number.isNaN(expiresAtMs)) return unavailable('the end of the session cannot be read');
  const sessionId = shape.sessionId && readClaim(answer, shape.sessionId);
  const claims = shape.claims.flatMap(([name, path]) => {
    const value = readClaim(answer, path);
    return value === undefined ? [] : [[name, value] as const];
  });
  const identity = { subject, claims: Object.fromEntries(claims), expiresAtMs, sessionId };
  return readCustomAnswer(identity, { source, kinds: ['user'], nowMs });
}

/** RFC 7662 and JWTs have seconds, JavaScript milliseconds, and most frameworks a date; they cannot be mistaken. */
function timeIn(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return value < 100_000_000_000 ? value * 1000 : value;
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : Number.NaN;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function rejected(detail: string): Verdict {
  return { kind: 'rejected', reason: 'bad-credential', detail };
}

function unavailable(detail: string): Verdict {
  return { kind: 'unavailable', detail };
}
