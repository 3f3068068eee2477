/** Reads ably-clock.ts, which only some configs use, with the first request that needs it. What it does is decided there. */
import type { AblyApi } from '../ably.ts';
import type { OnAuthEvent } from '../auth-event.ts';
import type { AblyClock } from './ably-clock.ts';
import type { ClockHealth } from './clock-event.ts';
import type { ClockMode } from './clock-mode.ts';

export interface OpenClock extends Pick<AblyClock, 'offsetMs'> {
  /** The port, from whose answers is learnt. */
  readonly ably: AblyApi;
  readonly health: () => ClockHealth;
}

export interface ClockParts {
  readonly mode: Exclude<ClockMode, 'local'>;
  readonly ably: AblyApi;
  readonly nowMs: () => number;
  readonly onEvent: OnAuthEvent | undefined;
}

export function openClock(parts: ClockParts): OpenClock {
  const { mode, ably } = parts;
  let clock: AblyClock | undefined;
  const open = async (): Promise<AblyClock> => {
    const { createAblyClock } = await import('./ably-clock.ts');
    clock ??= createAblyClock(parts);
    return clock;
  };
  return {
    offsetMs: async () => (await open()).offsetMs(),
    ably: { ...ably, requestToken: async (request) => (await open()).requestToken(request) },
    health: () => clock?.health() ?? { mode, state: 'unknown' },
  };
}
