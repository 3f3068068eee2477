/**
 * The session source: a signed cookie of ours, for apps that have no session of their own to bring.
 *
 * Decides whether the cookie is one that we sealed and still holds. Logging in is the app's: it checks a password or
 * whatever it has, and calls `createSessionCookies().write`. Stateless: a session lives until its end, so keep it
 * short or use a source that asks your own store.
 */
import { createSeal, type Seal } from '../keys/seal.ts';
import { MAX_CREDENTIAL_BYTES } from '../limits.ts';
import { isWellFormedText } from '../well-formed.ts';
import { clearCookie, cookieName, cookieValues, writeCookie } from './cookie.ts';
import type { Identity, IdentitySource, Verdict } from './identity.ts';
import { sessionSecretProblems } from './session-secrets.ts';

export interface SessionSourceOptions {
  /** 32 bytes or more each; the first seals, the second still opens what was sealed before a rotation. */
  readonly secrets: readonly string[];
  /** Put before every clientId of this source (S19). Default: none. */
  readonly clientIdPrefix?: string;
  readonly sharesSubjectsWith?: string;
}

/** Reads the session cookie. Ambient: it counts only under the cross-site rules (S14). */
export function session(options: SessionSourceOptions): IdentitySource {
  const seal = createSeal('session', options.secrets);
  const { clientIdPrefix, sharesSubjectsWith } = options;
  return Object.freeze({
    name: 'session',
    ambient: true,
    kinds: ['user'],
    ...(clientIdPrefix !== undefined && { clientIdPrefix }),
    ...(sharesSubjectsWith !== undefined && { sharesSubjectsWith }),
    problems: sessionSecretProblems(options.secrets, 'session'),
    carriesCredential: (request, { secureCookies }) =>
      cookieValues(request, cookieName('session', secureCookies)).length > 0,
    verify(request, { nowMs, secureCookies }) {
      const name = cookieName('session', secureCookies);
      const [value = '', ...more] = cookieValues(request, name);
      // Cookie tossing: a second cookie of this name came from elsewhere, and no order says which one is ours.
      if (more.length > 0) return rejected('bad-credential', 'the session cookie was sent twice', name);
      if (value.length > MAX_CREDENTIAL_BYTES)
        return rejected('bad-credential', 'the session cookie is too large', name);
      const opened = readSession(seal, value);
      if (!opened) return rejected('bad-credential', 'the session cookie is not one that we sealed', name);
      if (opened.expiresAtMs <= nowMs) return rejected('expired-credential', 'the session has ended', name);
      return { kind: 'identified', identity: opened };
    },
  } satisfies IdentitySource);
}

export interface SessionToWrite {
  readonly subject: string;
  /** From 60 seconds on. */
  readonly lifetimeSeconds: number;
  /** Names one login among several of the same subject, so that one of them can be signed out. */
  readonly sessionId?: string;
  /** What rules may read beside `sub`. Signed, not encrypted: the browser's owner can read it. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

export interface SessionCookies {
  /** The Set-Cookie value that logs in. */
  write(session: SessionToWrite, nowMs: number): string;
  /** The Set-Cookie value that logs out this browser. */
  clear(): string;
}

/** What an app's own login and logout call. Answer both only to POST, and only under the cross-site rules (S14). */
export function createSessionCookies(options: {
  readonly secrets: readonly string[];
  readonly secureCookies?: boolean;
}): SessionCookies {
  const seal = createSeal('session', options.secrets);
  const name = cookieName('session', options.secureCookies ?? true);
  return Object.freeze({
    write({ subject, lifetimeSeconds, sessionId, claims }, nowMs) {
      if (subject === '' || !isWellFormedText(subject)) throw new TypeError('A session needs a well-formed subject');
      if (!Number.isSafeInteger(lifetimeSeconds) || lifetimeSeconds < 60) {
        throw new TypeError('A session lives for a whole number of seconds, at least 60');
      }
      const iat = Math.floor(nowMs / 1000);
      const payload = { sub: subject, sid: sessionId, iat, exp: iat + lifetimeSeconds, claims };
      return writeCookie(name, seal.seal(JSON.stringify(payload)), lifetimeSeconds);
    },
    clear: () => clearCookie(name),
  } satisfies SessionCookies);
}

function readSession(seal: Seal, value: string): (Identity & { readonly expiresAtMs: number }) | undefined {
  const payload = seal.open(value);
  if (payload === undefined) return undefined;
  // Only `write` above can have made it, under the same label: its shape needs no second check.
  const { sub, sid, iat, exp, claims } = JSON.parse(payload) as {
    readonly sub: string;
    readonly sid?: string;
    readonly iat: number;
    readonly exp: number;
    readonly claims?: Readonly<Record<string, unknown>>;
  };
  return {
    source: 'session',
    subject: sub,
    kind: 'user',
    claims: { ...claims, sub },
    ...(sid !== undefined && { sessionId: sid }),
    authenticatedAtMs: iat * 1000,
    expiresAtMs: exp * 1000,
  };
}

function rejected(reason: 'bad-credential' | 'expired-credential', detail: string, cookie: string): Verdict {
  return { kind: 'rejected', reason, detail, clearCookies: [cookie] };
}
