/**
 * What the gate knows of one subject, and how that changes: a ban, sign-outs, and since when its tokens are worth
 * something again. Pure; where it is kept, and who may change it, is decided by others.
 *
 * A ban is about the person, a sign-out about credentials that are older than it: signing in again undoes it at once.
 */
import { createHash } from 'node:crypto';
import type { Identity } from '../identity/identity.ts';
import { MAX_TTL_MS, TOKEN_REQUEST_WINDOW_MS } from '../limits.ts';
import type { StoredRecord } from '../stores.ts';

export interface GateEntry {
  readonly bannedUntilMs?: number;
  /** Every session from before it is out. */
  readonly signedOutBeforeMs?: number;
  /** Single sessions that are out, the newest last. */
  readonly sessionsOut?: readonly SessionOut[];
  /** What was issued before this is revoked at Ably. */
  readonly revokedBeforeMs?: number;
}

interface SessionOut {
  /** Hash of the session's id, which may be a secret of the app's. */
  readonly session: string;
  /** A session that goes on under its id after signing in again is another one. */
  readonly beforeMs: number;
}

/** What is done to a person at the gate. */
export type CutOff =
  | { readonly kind: 'ban'; readonly untilMs: number }
  | { readonly kind: 'sign-out'; readonly sessionId?: string; readonly beforeMs: number }
  | { readonly kind: 'lift' }
  | { readonly kind: 'none' };

/** A sign-out must outlive the sessions that it ends, and no browser keeps a cookie for longer than 400 days. */
const SIGN_OUT_KEPT_MS = 400 * 86_400_000;

/** What was signed before the entry was written lives no longer than this. */
const LONGEST_TOKEN_MS = MAX_TTL_MS + TOKEN_REQUEST_WINDOW_MS;

/** Sign-outs of single sessions that are kept of one person; beyond, the oldest becomes one of everything as old. */
const MAX_SESSIONS_OUT = 100;

/** @throws when the text is not one of ours */
export function parseEntry(text: string | undefined): GateEntry {
  if (text === undefined) return {};
  const entry: unknown = JSON.parse(text);
  if (typeof entry !== 'object' || entry === null) throw new TypeError('not an entry of the gate');
  return entry;
}

export function toRecord(entry: GateEntry, nowMs: number): StoredRecord {
  const ends = [nowMs + LONGEST_TOKEN_MS, entry.bannedUntilMs ?? 0];
  if (entry.signedOutBeforeMs || entry.sessionsOut) ends.push(nowMs + SIGN_OUT_KEPT_MS);
  return { value: JSON.stringify(entry), expiresAtMs: Math.max(...ends) };
}

export function withCutOff(entry: GateEntry, cutOff: CutOff): GateEntry {
  switch (cutOff.kind) {
    case 'ban':
      return { ...entry, bannedUntilMs: cutOff.untilMs };
    case 'sign-out':
      return cutOff.sessionId === undefined
        ? withAllOut(entry, cutOff.beforeMs)
        : withSessionOut(entry, hashSession(cutOff.sessionId), cutOff.beforeMs);
    case 'lift': {
      const { revokedBeforeMs } = entry;
      return revokedBeforeMs === undefined ? {} : { revokedBeforeMs };
    }
    case 'none':
      return entry;
  }
}

export function withRevocation(entry: GateEntry, beforeMs: number): GateEntry {
  return { ...entry, revokedBeforeMs: Math.max(beforeMs, entry.revokedBeforeMs ?? 0) };
}

export function refusalOf(entry: GateEntry, identity: Identity, nowMs: number): 'banned' | 'signed-out' | undefined {
  const { bannedUntilMs = 0, signedOutBeforeMs = 0, sessionsOut = [] } = entry;
  if (bannedUntilMs > nowMs) return 'banned';
  if (signedOutBeforeMs === 0 && sessionsOut.length === 0) return undefined;
  const sinceMs = signedInAtMs(identity);
  const isOlderThan = (beforeMs: number): boolean => sinceMs === undefined || sinceMs < beforeMs;
  if (signedOutBeforeMs > 0 && isOlderThan(signedOutBeforeMs)) return 'signed-out';
  const session = identity.sessionId === undefined ? undefined : hashSession(identity.sessionId);
  return sessionsOut.some((out) => out.session === session && isOlderThan(out.beforeMs)) ? 'signed-out' : undefined;
}

/**
 * The first moment whose JWT is not hit by the last revocation: Ably compares milliseconds, a JWT says whole seconds, so
 * one that is signed later in the same second is revoked as well.
 */
export function firstUsefulMs({ revokedBeforeMs = 0 }: GateEntry): number {
  return Math.ceil(revokedBeforeMs / 1000) * 1000;
}

/**
 * When the person proved who they are, or at least when the credential was issued. Unknown, it counts as old: a source
 * that says neither cannot show that somebody has signed in again.
 */
function signedInAtMs({ authenticatedAtMs, claims }: Identity): number | undefined {
  if (authenticatedAtMs !== undefined) return authenticatedAtMs;
  const issuedAt = Object.hasOwn(claims, 'iat') ? claims.iat : undefined;
  return typeof issuedAt === 'number' ? issuedAt * 1000 : undefined;
}

function withAllOut({ sessionsOut = [], ...entry }: GateEntry, beforeMs: number): GateEntry {
  const signedOutBeforeMs = Math.max(beforeMs, entry.signedOutBeforeMs ?? 0);
  // What it says of them already need not be said again.
  const later = sessionsOut.filter((out) => out.beforeMs > signedOutBeforeMs);
  return { ...entry, signedOutBeforeMs, ...(later.length > 0 && { sessionsOut: later }) };
}

function withSessionOut(entry: GateEntry, session: string, beforeMs: number): GateEntry {
  const { sessionsOut = [] } = entry;
  const before = sessionsOut.find((out) => out.session === session)?.beforeMs ?? 0;
  const others = sessionsOut.filter((out) => out.session !== session);
  const all = [...others, { session, beforeMs: Math.max(beforeMs, before) }].sort((a, b) => a.beforeMs - b.beforeMs);
  const [oldest] = all;
  // Forgetting it would let its session in again; so everything that old is out.
  if (oldest && all.length > MAX_SESSIONS_OUT) return withAllOut({ ...entry, sessionsOut: all }, oldest.beforeMs);
  return { ...entry, sessionsOut: all };
}

function hashSession(sessionId: string): string {
  return createHash('sha256').update(sessionId).digest('base64url').slice(0, 22);
}
