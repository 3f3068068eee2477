/** What is said of our clock: in the log when it changes, in the health report at any time. */
import type { ClockMode } from './clock-mode.ts';

/**
 * `skewed`: ours is wrong, and what is signed is corrected. `right`: it is not, by less than two seconds. `unknown`: Ably
 * has not been heard, and what is signed goes by our clock.
 */
export type ClockState = 'skewed' | 'right' | 'unknown';

export interface ClockEvent {
  readonly kind: 'clock';
  readonly state: ClockState;
  /** How far Ably's clock is ahead of ours, in milliseconds; below 0 when it is behind. */
  readonly skewMs?: number;
}

export interface ClockHealth {
  readonly mode: ClockMode;
  /** Absent with `local`, which asks nobody. */
  readonly state?: ClockState;
  readonly skewMs?: number;
  /** When Ably was last heard, or our clock was seen to be set; by our clock, in milliseconds since the epoch. */
  readonly learntAtMs?: number;
}
