/**
 * Reads what a deployer's function returned, as data from outside: its types are not checked at run time, and rows of a
 * database hold what they hold. What is no identity is refused and says why in the log, without the value (S10).
 */
import type { Identity, IdentityKind, Verdict } from '../../core/identity/identity.ts';
import { isWellFormedText } from '../../core/well-formed.ts';
import { isRecord } from './json-names.ts';

export interface CustomIdentity {
  /** Unique among all callers of this source, and never given to another: an id, not a name that can change. */
  readonly subject: string;
  /** Default `user`. */
  readonly kind?: 'user' | 'guest';
  /** What rules and templates may read beside `sub`. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Names one login among several of the same subject. */
  readonly sessionId?: string;
  /** When the caller signed in, in milliseconds since the epoch. */
  readonly authenticatedAtMs?: number;
  /** End of the caller's own session, in milliseconds since the epoch; a token never outlives it (S8). */
  readonly expiresAtMs?: number;
}

export type CustomAnswer = CustomIdentity | 'nobody' | 'rejected' | 'expired' | 'unavailable' | null | undefined;

/** Before 1973 in milliseconds, beyond 5000 in seconds: a time below it was meant in seconds. */
const LEAST_MS = 100_000_000_000;

export interface AnswerRules {
  readonly source: string;
  readonly kinds: readonly IdentityKind[];
  readonly nowMs: number;
}

export function readCustomAnswer(answer: unknown, { source, kinds, nowMs }: AnswerRules): Verdict {
  if (answer === undefined || answer === null || answer === 'rejected') {
    return { kind: 'rejected', reason: 'bad-credential', detail: 'it was rejected' };
  }
  if (answer === 'expired') return { kind: 'rejected', reason: 'expired-credential', detail: 'it has ended' };
  if (answer === 'nobody') return { kind: 'nobody' };
  if (answer === 'unavailable') return { kind: 'unavailable', detail: 'it says that it cannot tell now' };
  if (!isRecord(answer)) return unfit('what was returned is no identity');
  const { subject, kind = 'user', claims, sessionId, authenticatedAtMs, expiresAtMs } = answer;
  if (typeof subject !== 'string' || subject === '') return unfit('the subject is no text, or empty');
  if (!isWellFormedText(subject)) return unfit('the subject is not well-formed');
  const known = kinds.find((each) => each === kind);
  if (known === undefined || known === 'anonymous')
    return unfit('the kind is none that the source declares in `kinds`');
  if (claims !== undefined && claims !== null && !isRecord(claims)) return unfit('the claims are no object');
  if (sessionId !== undefined && sessionId !== null && typeof sessionId !== 'string')
    return unfit('sessionId is no text');
  for (const [name, time] of Object.entries({ authenticatedAtMs, expiresAtMs })) {
    const problem = timeProblem(time);
    if (problem) return unfit(`${name} ${problem}`);
  }
  if (typeof expiresAtMs === 'number' && expiresAtMs <= nowMs) {
    return { kind: 'rejected', reason: 'expired-credential', detail: 'its expiresAtMs has passed' };
  }
  const identity: Identity = {
    source,
    subject,
    kind: known,
    claims: { ...(claims ?? {}), sub: subject },
    ...(typeof sessionId === 'string' && sessionId !== '' && { sessionId }),
    ...(typeof authenticatedAtMs === 'number' && { authenticatedAtMs }),
    ...(typeof expiresAtMs === 'number' && { expiresAtMs }),
  };
  return { kind: 'identified', identity };
}

/** 403: it is the same at every request until somebody mends it, and no client should keep asking. */
function unfit(detail: string): Verdict {
  return { kind: 'rejected', reason: 'unfit-client-id', detail };
}

function timeProblem(time: unknown): string | undefined {
  if (time === undefined || time === null) return undefined;
  if (typeof time !== 'number' || !Number.isFinite(time)) return 'is no number';
  return time < LEAST_MS ? 'is not in milliseconds since the epoch' : undefined;
}
