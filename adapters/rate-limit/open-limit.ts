/** Reads what counts requests with the first one to be counted. What it does is decided there. */
import type { LimitCaller, OpenLimit } from '../../core/rate-limit/rate-limit.ts';

export const openLimit: OpenLimit = (...parts) => {
  let opened: LimitCaller | undefined;
  return async (caller, request) => {
    if (!opened) {
      const made = await (await import('./limit-callers.ts')).limitCallers(...parts);
      // Two first requests may have waited side by side, and those who count apart let twice as many through.
      opened ??= made;
    }
    return opened(caller, request);
  };
};
