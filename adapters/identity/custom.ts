/**
 * The source that a deployer writes: one function that says who calls. Decides where its credential is, how long it may
 * take, and whether what it returned is an identity at all; custom-answer.ts reads the latter.
 *
 * Whatever the function does, one of the known outcomes comes of it. What it throws ends the request with 503 and is
 * never passed on: it is mostly a store that is out of reach, and its text may hold anything (S10, S12).
 */

import type { ConfigProblem } from '../../core/config-problem.ts';
import { withinDeadline } from '../../core/deadline.ts';
import type { AuthRequest } from '../../core/http.ts';
import type { IdentityKind, IdentitySource, Verdict } from '../../core/identity/identity.ts';
import { MAX_CREDENTIAL_BYTES } from '../../core/limits.ts';
import { type CustomAnswer, readCustomAnswer } from './custom-answer.ts';
import { createTokenReader, placeProblems, type TokenPlace, type TokenReader } from './token-place.ts';

export type { CustomAnswer, CustomIdentity } from './custom-answer.ts';

/** A credential that is more than one header or cookie. */
export interface OwnPlace {
  /** Whether a browser attaches it by itself: true as soon as a cookie is in it (S14). */
  readonly ambient: boolean;
  /** `undefined` when the request has none. Must neither parse nor check it (S14). What it throws is a 503. */
  readonly find: (request: AuthRequest) => string | undefined;
}

export interface CustomCall {
  /** What stands at `from`, in full: 1 to 16,384 characters, and not sent twice. */
  readonly credential: string;
  readonly request: AuthRequest;
  readonly nowMs: number;
  /** Aborted when nobody waits any longer: hand it on to what you ask. */
  readonly signal: AbortSignal;
}

export interface CustomOptions {
  /** In the log and for S19. Each source needs its own. */
  readonly name: string;
  /** Where the credential is: `authorization` (Bearer), `{ header }`, `{ cookie }`, or a place of your own. */
  readonly from: TokenPlace | OwnPlace;
  /**
   * Who that is. An object: this caller. `undefined`, `null` or `'rejected'`: the credential is bad, 401. `'expired'`:
   * it has ended, 401. `'nobody'`: it is good but nobody has signed in with it, so the next source is asked.
   * `'unavailable'`, or throwing: it cannot be known now, 503.
   */
  readonly identify: (call: CustomCall) => CustomAnswer | Promise<CustomAnswer>;
  /** What it may return. Default `['user']`. */
  readonly kinds?: readonly ('user' | 'guest')[];
  /** How long the function may take, in milliseconds, 10 to 8,000. Default 2,000. */
  readonly deadlineMs?: number;
  /** Put before every clientId of this source (S19). Default: none. */
  readonly clientIdPrefix?: string;
  /** Name of another source whose subjects are the same people (S19). */
  readonly sharesSubjectsWith?: string;
}

const DEFAULT_DEADLINE_MS = 2_000;

export function custom(options: CustomOptions): IdentitySource {
  const { name, from, identify, deadlineMs = DEFAULT_DEADLINE_MS, clientIdPrefix, sharesSubjectsWith } = options;
  const kinds: readonly IdentityKind[] = options.kinds ?? ['user'];
  const reader = isOwnPlace(from) ? ownReader(from) : createTokenReader(from);
  return Object.freeze({
    name,
    ambient: reader.ambient,
    kinds,
    ...(clientIdPrefix !== undefined && { clientIdPrefix }),
    ...(sharesSubjectsWith !== undefined && { sharesSubjectsWith }),
    problems: optionProblems(options),
    carriesCredential: reader.isThere,
    async verify(request, { nowMs }) {
      try {
        const found = reader.read(request);
        if ('problem' in found) return { kind: 'rejected', reason: 'bad-credential', detail: found.problem };
        const ask = (signal: AbortSignal) => identify({ credential: found.token, request, nowMs, signal });
        return readCustomAnswer(await within(deadlineMs, ask), { source: name, kinds, nowMs });
      } catch (error) {
        return unavailable(error, deadlineMs);
      }
    },
  } satisfies IdentitySource);
}

class TooLate extends Error {}

async function within<T>(deadlineMs: number, ask: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
  const waiting = new AbortController();
  try {
    return await withinDeadline(
      deadlineMs,
      () => ask(waiting.signal),
      () => new TooLate(),
    );
  } finally {
    waiting.abort();
  }
}

function unavailable(error: unknown, deadlineMs: number): Verdict {
  if (error instanceof TooLate) return { kind: 'unavailable', detail: `no answer within ${deadlineMs} ms` };
  const what = error instanceof Error ? error.constructor.name : `a ${typeof error}`;
  return { kind: 'unavailable', detail: `it threw ${what}` };
}

function isOwnPlace(place: TokenPlace | OwnPlace): place is OwnPlace {
  return typeof place === 'object' && 'find' in place;
}

function ownReader({ ambient, find }: OwnPlace): TokenReader {
  return {
    ambient,
    isThere(request) {
      try {
        const credential = find(request);
        return credential !== undefined && credential !== '';
      } catch {
        // `read` throws again, where it becomes a 503; as absent, the request might go on as somebody else (S2).
        return true;
      }
    },
    read(request) {
      const token = find(request);
      if (typeof token !== 'string') throw new TypeError('The credential is no text');
      return token.length > MAX_CREDENTIAL_BYTES ? { problem: 'the credential is too large' } : { token };
    },
  };
}

function optionProblems(options: CustomOptions): readonly ConfigProblem[] {
  const { name, from, identify, kinds = ['user'], deadlineMs = DEFAULT_DEADLINE_MS } = options;
  const setting = `custom({ name: ${JSON.stringify(name)} })`;
  const problems: ConfigProblem[] = [...(isOwnPlace(from) ? [] : placeProblems(from, setting))];
  const add = (problem: string, fix: string) => problems.push({ setting, problem, fix });
  if (typeof name !== 'string' || name === '') add('it has no name', "Name it, { name: 'app' }");
  if (typeof identify !== 'function') add('`identify` is no function', 'Write identify: async ({ credential }) => …');
  if (isOwnPlace(from) && (typeof from.find !== 'function' || typeof from.ambient !== 'boolean')) {
    add('`from` has no function `find` or does not say `ambient`', "Write { cookie: 'sid' } or both");
  }
  if (kinds.length === 0 || !kinds.every((kind) => kind === 'user' || kind === 'guest')) {
    add('`kinds` is not a list of user and guest', 'Leave it out for users');
  }
  if (!Number.isSafeInteger(deadlineMs) || deadlineMs < 10 || deadlineMs > 8_000) {
    add('`deadlineMs` is not a whole number from 10 to 8,000', 'Leave it out for 2,000');
  }
  return problems;
}
