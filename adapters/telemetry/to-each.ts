/** Several sinks behind the one `onEvent`: what one of them throws keeps nothing from the next. */
import { quietly } from '../../core/quietly.ts';
import type { OnAuthEvent } from '../../index.ts';

export function toEach(...sinks: readonly OnAuthEvent[]): OnAuthEvent {
  const quiet = sinks.map(quietly);
  return (event) => {
    for (const sink of quiet) sink(event);
  };
}
