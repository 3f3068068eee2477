/** A log that cannot be written must not cost a caller the answer, nor, when it says so later, the process. */
import type { OnAuthEvent } from './auth-event.ts';

export function quietly(onEvent: OnAuthEvent): OnAuthEvent {
  return (event) => {
    try {
      const written: unknown = onEvent(event);
      if (written instanceof Promise) written.catch(() => {});
    } catch {
      // Nobody is left to tell.
    }
  };
}
