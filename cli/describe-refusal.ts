/** What a client gets who is refused, in a sentence; what to do about it is in core/remedies.ts. */
import { FAILURES, type FailureReason } from '../core/errors.ts';

export interface Refused {
  readonly status: number;
  readonly reason: FailureReason;
  /** What the log says beside it. */
  readonly detail?: string | undefined;
}

/** @param forIt what was shown, ` for it`, where something was */
export function describeRefusal({ status, reason, detail }: Refused, forIt = ''): string {
  return `A client gets ${status} ${reason}${forIt}: ${detail ?? FAILURES[reason].message}`;
}
