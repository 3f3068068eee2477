/**
 * How long a key must live on after another took its place: until nobody can hold anything that it signed
 * (docs/decisions/0030).
 */
import { DEFAULT_STALE_AFTER_MS } from '../keys/key-ring.ts';
import { MAX_TTL_MS, TOKEN_REQUEST_WINDOW_MS } from '../limits.ts';

/**
 * A function that cannot reach its store signs with the old key for the stale bound; what it signed last may be redeemed
 * for two minutes; that token lives for a day at most. 48 hours and two minutes.
 */
export const RETIRE_AFTER_MS = DEFAULT_STALE_AFTER_MS + TOKEN_REQUEST_WINDOW_MS + MAX_TTL_MS;
