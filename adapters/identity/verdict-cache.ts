/**
 * Keeps for a moment what somebody else said of a credential, so that a page that reconnects does not ask each time.
 *
 * A credential is never kept: entries are found by its HMAC under a key that this process made up. Good ones and bad
 * ones are kept apart, so that whoever sends rubbish cannot push the good ones out. That nobody could be asked is not
 * remembered. Times are in milliseconds.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { Verdict } from '../../core/identity/identity.ts';

/** Of each sort; the oldest makes room. About a kilobyte each. */
const MAX_ENTRIES = 1_000;

interface Entry {
  readonly verdict: Verdict;
  readonly untilMs: number;
}

export interface VerdictCache {
  /** The kept verdict, or what `ask` says; those who come while it is asked wait for the same answer. */
  readonly get: (credential: string, nowMs: number, ask: () => Promise<Verdict>) => Promise<Verdict>;
}

/** @param keepMs how long a caller is believed; 0: not at all. One who was refused is so for a fifth of it. */
export function createVerdictCache(keepMs: number): VerdictCache {
  const secret = randomBytes(32);
  const good = new Map<string, Entry>();
  const bad = new Map<string, Entry>();
  const asking = new Map<string, Promise<Verdict>>();

  function keep(key: string, verdict: Verdict, nowMs: number): void {
    if (verdict.kind === 'unavailable' || keepMs === 0) return;
    const identified = verdict.kind === 'identified';
    const endsAtMs = identified ? (verdict.identity.expiresAtMs ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
    const entries = identified ? good : bad;
    entries.delete(key);
    entries.set(key, { verdict, untilMs: Math.min(nowMs + (identified ? keepMs : keepMs / 5), endsAtMs) });
    for (const oldest of entries.keys()) {
      if (entries.size <= MAX_ENTRIES) break;
      entries.delete(oldest);
    }
  }

  return Object.freeze({
    async get(credential, nowMs, ask) {
      const key = createHmac('sha256', secret).update(credential).digest('base64url');
      const kept = good.get(key) ?? bad.get(key);
      if (kept !== undefined && nowMs < kept.untilMs) return kept.verdict;
      good.delete(key);
      bad.delete(key);
      const waiting = asking.get(key);
      if (waiting) return waiting;
      const answer = ask();
      asking.set(key, answer);
      try {
        const verdict = await answer;
        keep(key, verdict, nowMs);
        return verdict;
      } finally {
        asking.delete(key);
      }
    },
  } satisfies VerdictCache);
}
