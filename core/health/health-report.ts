/**
 * How an endpoint is doing, for a load balancer or a person: from what it has seen, asking nobody. Holds no secret, no
 * subject and no address, because a container shows it to whoever can reach it. What `?health` says, and to whom, is
 * decided in answer-health.ts.
 */
import type { ClockHealth } from '../clock/clock-event.ts';
import type { KeyEvent } from '../keys/cached-key.ts';

/** `failing`: the store does not give it, and the one that is cached serves, if there is one. */
export type KeyHealth = 'not asked' | 'loaded' | 'failing';

export type HealthReport =
  | { readonly status: 'misconfigured' }
  | {
      /** It can serve. A store that is away for a while passes; starting the process anew would not mend it. */
      readonly status: 'ok';
      readonly key: KeyHealth;
      readonly clock: ClockHealth;
      /** The kind of store in use, if any. */
      readonly store?: string;
    };

export const MISCONFIGURED: HealthReport = { status: 'misconfigured' };

export function keyHealth({ kind }: Pick<KeyEvent, 'kind'>): KeyHealth {
  return kind === 'loaded' || kind === 'refreshed' || kind === 'replaced' ? 'loaded' : 'failing';
}
