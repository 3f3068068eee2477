/**
 * What a request ends with, whatever was thrown on its way. What is not a refusal is a bug; of its text the log sees the
 * class and the frames, since the rest may hold anything (S10).
 */
import { AuthFailure } from './errors.ts';
import { framesOf } from './stack-frames.ts';

/** Never throws: a source of one's own may throw things that only look like errors. */
export function asFailure(thrown: unknown): AuthFailure {
  if (thrown instanceof AuthFailure) return thrown;
  try {
    return new AuthFailure('internal', describeBug(thrown));
  } catch {
    return new AuthFailure('internal', 'threw what cannot be read');
  }
}

function describeBug(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `threw a ${typeof thrown}`;
  const { constructor: kind } = thrown;
  return [typeof kind === 'function' ? kind.name : 'Error', ...framesOf(thrown)].join('\n');
}
