/**
 * How long the token lives, and with that everything it will say (S8).
 *
 * The shortest of these wins: what the policy wishes, what the client wishes where that is honoured, what is left of the
 * caller's own session, and Ably's ceiling. Always sent, always whole seconds.
 */
import { AuthFailure } from '../errors.ts';
import type { Identity } from '../identity/identity.ts';
import { MAX_REVOCABLE_TTL_MS, MAX_TTL_MS, MIN_TTL_MS, TOKEN_REQUEST_WINDOW_MS } from '../limits.ts';
import type { SettledParams, TokenFormat } from '../token/settled-params.ts';
import type { Decision } from './decide.ts';
import type { Wishes } from './wishes.ts';

export interface SettleDefaults {
  readonly ttlMs: number;
  readonly format: TokenFormat;
  readonly revocable: boolean;
  readonly honourRequestedTtl: boolean;
  /** How long a session without an end is taken to last from now. */
  readonly assumedSessionMs: number;
  /** How much of its life this credential keeps, from 0.5 to 1, where renewals are spread. Default 1. */
  readonly keptShare?: number;
}

export interface Settled {
  readonly format: TokenFormat;
  readonly params: SettledParams;
}

/**
 * @param format in place of the one that the rules or the config name
 * @throws AuthFailure `session-ending` (401) when less than a minute would be left
 */
export function settle(
  decision: Decision,
  identity: Identity,
  wishes: Wishes,
  keyName: string,
  defaults: SettleDefaults,
  nowMs: number,
  format = decision.evaluation.format ?? defaults.format,
): Settled {
  const { evaluation, capability, clientId, wildcardClientId } = decision;
  const granted = Math.min(
    evaluation.ttlMs ?? defaults.ttlMs,
    defaults.revocable ? MAX_REVOCABLE_TTL_MS : MAX_TTL_MS,
    sessionLeftMs(identity, defaults, nowMs) - (format === 'token-request' ? sessionMarginMs(identity) : 0),
  );
  if (granted < MIN_TTL_MS) throw new AuthFailure('session-ending');
  const wished = defaults.honourRequestedTtl ? Math.min(granted, requestedTtlMs(wishes) ?? granted) : granted;
  const ttlMs = Math.max(wished * (defaults.keptShare ?? 1), MIN_TTL_MS);
  return {
    format,
    params: {
      keyName,
      ttlMs: Math.floor(ttlMs / 1000) * 1000,
      capability,
      ...(clientId !== undefined && { clientId }),
      ...(wildcardClientId && { wildcardClientId }),
    },
  };
}

function sessionLeftMs(identity: Identity, defaults: SettleDefaults, nowMs: number): number {
  if (identity.kind === 'anonymous') return Number.POSITIVE_INFINITY;
  return identity.expiresAtMs === undefined ? defaults.assumedSessionMs : identity.expiresAtMs - nowMs;
}

/** The ttl of a TokenRequest starts when it is redeemed, up to two minutes from now; nobody anonymous has a session. */
function sessionMarginMs(identity: Identity): number {
  return identity.kind === 'anonymous' ? 0 : TOKEN_REQUEST_WINDOW_MS;
}

/** Below a minute it is not a wish but a unit: ably-cocoa sends the ttl of an authUrl request in seconds. */
function requestedTtlMs({ requestedTtlMs: wish }: Wishes): number | undefined {
  return wish !== undefined && wish >= MIN_TTL_MS ? wish : undefined;
}
