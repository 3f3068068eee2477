/**
 * The one port behind which earlier grants are remembered, for one caller in one session. What a remembered grant is
 * still worth is not decided here: it counts only as far as an entry of `requestable` still matches it.
 */
import type { OperationSet } from '../capability/operations.ts';
import type { Remember } from '../identity/identity.ts';

/** What a check once answered. */
export interface RememberedGrant {
  /** Name of the entry whose check it was. */
  readonly entry: string;
  readonly resource: string;
  readonly operations: OperationSet;
}

export interface Recalled {
  /** Oldest first. */
  readonly current: readonly RememberedGrant[];
  /** Approved under another policy, or too long ago: each is checked again before it counts. */
  readonly outdated: readonly RememberedGrant[];
  /** Something was shown and does not count, for the log. */
  readonly discarded?: 'not sealed by us' | 'of another caller, session or key';
}

export interface GrantChange {
  /** All that counts now, oldest first, `approved` among them. */
  readonly counting: readonly RememberedGrant[];
  /** What was checked and approved by this request, new or again. */
  readonly approved: readonly RememberedGrant[];
  /** What was remembered and counts no longer. */
  readonly lost: readonly RememberedGrant[];
}

export interface Kept {
  /** What the client is to keep. */
  readonly remember?: Remember;
  /** The oldest, for which there was no room: checked again when they are asked for. */
  readonly dropped: number;
  /** Taken back while they were being checked: they must not count. */
  readonly forgotten: readonly RememberedGrant[];
}

export interface GrantMemory {
  /** @throws AuthFailure `policy-unavailable` (503), or `bad-credential` (401) for what is there twice (S15) */
  recall(): Promise<Recalled>;
  /** Called once a request, after all checks. @throws AuthFailure `policy-unavailable` (503) */
  remember(change: GrantChange): Promise<Kept>;
  /**
   * Takes single grants back, in whatever session.
   * @returns whether that is certain; what a client holds under our seal is not to be had back
   */
  forget(resources: readonly string[]): Promise<boolean>;
}

const NOTHING_RECALLED: Recalled = Object.freeze({ current: [], outdated: [] });
const NOTHING_KEPT: Kept = Object.freeze({ dropped: 0, forgotten: [] });

/**
 * No memory: where the policy alone answers, and where the client holds the list of what it wants and all of it is
 * checked each time. Also that of anonymous callers, of whom nobody can say who comes back.
 */
export const NO_MEMORY: GrantMemory = Object.freeze({
  recall: async () => NOTHING_RECALLED,
  remember: async () => NOTHING_KEPT,
  forget: async () => true,
});
