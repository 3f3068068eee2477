/**
 * Until when the endpoint does not want to be asked again. The SDK knows no `Retry-After` and would ask every few
 * seconds; meanwhile it is answered here, with the refusal that said so.
 */
import type { AblyAuthError } from './auth-error.ts';

/** Longer ones are a mistake of something in between, and would leave a client silent for hours. */
const MAX_RETRY_AFTER_MS = 5 * 60_000;

export interface Patience {
  /** The refusal to repeat, while it is too early to ask. */
  refusalNow(): AblyAuthError | undefined;
  /** @param retryAfter the header's value; seconds, or an HTTP date */
  remember(refusal: AblyAuthError, retryAfter: string | null): void;
  forget(): void;
}

export function createPatience(): Patience {
  let held: { readonly refusal: AblyAuthError; readonly untilMs: number } | undefined;
  return {
    refusalNow: () => (held !== undefined && Date.now() < held.untilMs ? held.refusal : undefined),
    remember(refusal, retryAfter) {
      const waitMs = parseRetryAfterMs(retryAfter, Date.now());
      // Whoever is refused for good is not asked to come back.
      if (waitMs > 0 && refusal.statusCode !== 403) held = { refusal, untilMs: Date.now() + waitMs };
    },
    forget() {
      held = undefined;
    },
  };
}

/** 0 for none, or for one that cannot be read. */
export function parseRetryAfterMs(value: string | null, nowMs: number): number {
  const text = value?.trim() ?? '';
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return waitMs > 0 ? Math.min(waitMs, MAX_RETRY_AFTER_MS) : 0;
}
