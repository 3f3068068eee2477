/** Several sinks behind the one `onEvent`: what one of them throws keeps nothing from the next. */
import type { OnAuthEvent } from '../../index.ts';

export function toEach(...sinks: readonly OnAuthEvent[]): OnAuthEvent {
  return (event) => {
    for (const sink of sinks) {
      try {
        const written: unknown = sink(event);
        if (written instanceof Promise) written.catch(() => {});
      } catch {
        // Nobody is left to tell.
      }
    }
  };
}
