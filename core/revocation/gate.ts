/**
 * The re-issue gate: has this person been cut off? Ably forgets a revocation as soon as the same client has a new token,
 * and a client that is revoked asks for one at once; what keeps it out is here. Loaded where there is a store.
 *
 * The order is what makes it safe. Who issues reads the clock, then the gate, and signs with that clock's moment; who
 * revokes writes the entry, waits for the store, and then calls Ably. So whoever passed before the entry was written
 * signs a token that is older than the revocation, whatever lies between.
 */
import { AuthFailure } from '../errors.ts';
import { type CookiePurpose, cookieName } from '../identity/cookie.ts';
import type { Identity } from '../identity/identity.ts';
import type { Records } from '../records.ts';
import { StoreError } from '../stores.ts';
import { firstUsefulMs, type GateEntry, parseEntry, refusalOf } from './gate-entry.ts';
import { gateKey, type SharingSource } from './gate-key.ts';

/** What a request does when the store cannot be asked. `closed`: 503. `open`: as if nobody had been cut off. */
export type OnStoreOutage = 'closed' | 'open';

export interface Gate {
  readonly sources: readonly SharingSource[];
  readonly records: Records;
  readonly onStoreOutage: OnStoreOutage;
  readonly secureCookies: boolean;
  readonly nowMs: () => number;
  /** For tests. Default: a timer. */
  readonly pause?: (ms: number) => Promise<void>;
}

export interface Passage {
  /** The moment to sign with. */
  readonly nowMs: number;
  /** What the store failed with, where it is passed all the same. */
  readonly outage?: string;
}

/** How long a request is held back for a second to end, before it is told to come again. */
const MAX_WAIT_MS = 2_500;
const MAX_WAITS = 3;

/**
 * @param cameMs the clock, read before this is called
 * @param aheadMs how far Ably's clock is ahead of it, by which revocations are dated and what is signed will be
 * @throws AuthFailure `banned` (403), `signed-out` (401), `store-unavailable` or `just-revoked` (503)
 */
export async function passGate(identity: Identity, cameMs: number, gate: Gate, aheadMs = 0): Promise<Passage> {
  let nowMs = cameMs;
  if (identity.kind === 'anonymous') return { nowMs };
  for (let waits = 0; ; waits += 1) {
    const entry = await read(identity, gate);
    if (typeof entry === 'string') return { nowMs, outage: entry };
    refuse(entry, identity, nowMs, gate);
    const waitMs = firstUsefulMs(entry) - (nowMs + aheadMs);
    if (waitMs <= 0) return { nowMs };
    // Held back longer only when our clock is behind Ably's and nobody knows, so that whatever we sign now is hit.
    if (waitMs > MAX_WAIT_MS || waits === MAX_WAITS) throw new AuthFailure('just-revoked', `for another ${waitMs} ms`);
    await (gate.pause ?? pause)(waitMs);
    nowMs = gate.nowMs();
  }
}

/**
 * Whether they have been cut off, and no more: once again when it was not we who dated the token, but Ably that issued
 * one; and for those who ask for no token.
 *
 * @throws AuthFailure as `passGate` does
 */
export async function checkGate(identity: Identity, gate: Gate): Promise<void> {
  if (identity.kind === 'anonymous') return;
  const entry = await read(identity, gate);
  if (typeof entry !== 'string') refuse(entry, identity, gate.nowMs(), gate);
}

/** The entry, or what the store failed with where that is to be passed. */
async function read(identity: Identity, gate: Gate): Promise<GateEntry | string> {
  const key = gateKey(gate.sources, identity.source, identity.subject);
  try {
    return parseEntry(await gate.records.read(key));
  } catch (error) {
    const outage = error instanceof StoreError ? `${error.store}: ${error.message}` : 'the record cannot be read';
    if (gate.onStoreOutage === 'open') return outage;
    throw new AuthFailure('store-unavailable', outage);
  }
}

function refuse(entry: GateEntry, identity: Identity, nowMs: number, { secureCookies }: Gate): void {
  const reason = refusalOf(entry, identity, nowMs);
  if (reason === 'banned') throw new AuthFailure('banned');
  if (reason === 'signed-out') {
    const purpose = OWN_COOKIES.get(identity.source);
    throw new AuthFailure('signed-out', undefined, {
      clearCookies: purpose ? [cookieName(purpose, secureCookies)] : [],
    });
  }
}

/** Of sources that keep a cookie of ours: it fails from now on, so it is cleared (S2). */
const OWN_COOKIES: ReadonlyMap<string, CookiePurpose> = new Map([
  ['session', 'session'],
  ['guest', 'guest'],
]);

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
