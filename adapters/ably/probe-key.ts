/**
 * Whether Ably accepts what a key signs: a TokenRequest for the shortest token there is, which Ably redeems and nobody ever
 * holds. A key that was made a moment ago may not be known everywhere yet, so it is tried for ten seconds.
 */
import { type AblyApi, AblyApiError } from '../../core/ably.ts';
import type { ApiKey } from '../../core/keys/api-key.ts';
import { MIN_TTL_MS } from '../../core/limits.ts';
import { type KeyProbe, RotationError } from '../../core/rotation/ports.ts';
import { signTokenRequest } from '../../core/token/sign-token-request.ts';

export interface KeyProbeOptions {
  readonly ably: AblyApi;
  /** Milliseconds to wait before each further attempt. Default: five attempts in ten seconds. */
  readonly pausesMs?: readonly number[];
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly nowMs?: () => number;
}

export function createKeyProbe({
  ably,
  pausesMs = [1_000, 2_000, 3_000, 4_000],
  nowMs = Date.now,
}: KeyProbeOptions): KeyProbe {
  return Object.freeze({
    async accepts(apiKey) {
      let failure: RotationError | undefined;
      for (const pauseMs of [0, ...pausesMs]) {
        if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
        failure = await tryOnce(ably, apiKey, nowMs());
        if (!failure) return;
      }
      throw failure;
    },
  } satisfies KeyProbe);
}

async function tryOnce(ably: AblyApi, apiKey: ApiKey, timestampMs: number): Promise<RotationError | undefined> {
  // All that the key may do, narrowed by Ably itself: whatever the key's capability is, something is left of it.
  const capability = new Map([['[*]*', new Set(['*'] as const)]]);
  const params = { keyName: apiKey.name, ttlMs: MIN_TTL_MS, capability };
  try {
    await ably.requestToken(signTokenRequest(apiKey, params, { timestampMs }));
    return undefined;
  } catch (error) {
    if (!(error instanceof AblyApiError)) throw error;
    const problem = error.failure === 'unreachable' ? 'unreachable' : 'refused';
    return new RotationError(problem, `Ably does not accept what ${apiKey.name} signs. ${error.message}`);
  }
}
