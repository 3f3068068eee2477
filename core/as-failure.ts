/**
 * What a request ends with, whatever was thrown on its way. What is not a refusal is a bug; of its text the log sees the
 * class and the frames, since the rest may hold anything (S10).
 */
import { AuthFailure } from './errors.ts';

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
  const { stack, message, constructor: kind } = thrown;
  const name = typeof kind === 'function' ? kind.name : 'Error';
  if (typeof stack !== 'string') return name;
  // The stack begins with the message, of which a line may look like a frame: what follows it is V8's own. Without the
  // message in it, nobody can say where it ends.
  const at = stack.indexOf(message);
  const frames = at === -1 ? [] : stack.slice(at + message.length).split('\n');
  return [name, ...frames.filter((line) => /^\s+at /.test(line))].join('\n');
}
