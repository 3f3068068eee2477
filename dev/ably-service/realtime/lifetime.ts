/**
 * How long a connection may go on with its token: when the client is asked for another one, and when it is cut off
 * because the token has expired (40142) or was revoked (40141), or the key that signed it was (40131).
 *
 * Ably asks about 30 s before expiry, at once when a token is adopted inside that time, and not at all when too little
 * is left to answer (its single-node server: 5.5 s).
 */

import type { Credential } from '../credential.ts';
import { type AblyError, keyRevoked, tokenExpired, tokenRevoked } from '../errors.ts';
import type { KeyRing } from '../keys.ts';
import type { Revocations } from '../revocations.ts';

const TOO_LATE_TO_ASK_MS = 5_500;
/** [gap] "At once" would make clients with tokens shorter than the lead ask without pause; this is their pause. */
const PAUSE_BEFORE_ASKING_MS = 1_000;

export interface Lifetime {
  /** The credential has changed, or a revocation was recorded. */
  rearm(): void;
  stop(): void;
}

export interface LifetimeRules {
  readonly credential: () => Credential;
  readonly keys: KeyRing;
  readonly revocations: Revocations;
  readonly now: () => number;
  /** How long before expiry the client is asked. */
  readonly renewalLeadMs: number;
  readonly prompt: () => void;
  readonly expire: (error: AblyError) => void;
}

export function watchLifetime(rules: LifetimeRules): Lifetime {
  const { keys, revocations, now, renewalLeadMs } = rules;
  const timers = new Set<NodeJS.Timeout>();
  let asked: Credential | undefined;
  let stopped = false;

  const clear = (): void => {
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
  };
  const after = (delayMs: number, action: () => void): void => {
    timers.add(setTimeout(action, Math.max(0, delayMs)));
  };
  const ask = (): void => {
    if (asked === rules.credential()) return;
    asked = rules.credential();
    rules.prompt();
  };

  const rearm = (): void => {
    if (stopped) return;
    clear();
    const credential = rules.credential();
    if (keys.isRevoked(credential.key)) {
      rules.expire(keyRevoked());
      return;
    }
    const revokedAtMs = revocations.appliesAtMs(credential);
    if (revokedAtMs !== undefined) {
      if (revokedAtMs <= now()) {
        rules.expire(tokenRevoked());
        return;
      }
      // Revoked with a margin: the client is asked now and cut off later.
      ask();
      after(revokedAtMs - now(), () => rules.expire(tokenRevoked()));
    }
    if (credential.expiresMs === undefined) return;
    const remainingMs = credential.expiresMs - now();
    after(remainingMs, () => rules.expire(tokenExpired()));
    if (remainingMs > renewalLeadMs) after(remainingMs - renewalLeadMs, ask);
    else if (remainingMs > TOO_LATE_TO_ASK_MS) after(PAUSE_BEFORE_ASKING_MS, ask);
  };

  const stopListening = [revocations.onRevoked(rearm), keys.onRevoked(rearm)];
  return {
    rearm,
    stop() {
      stopped = true;
      clear();
      for (const stop of stopListening) stop();
    },
  };
}
