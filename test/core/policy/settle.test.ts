import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AuthFailure } from '../../../core/errors.ts';
import type { Identity } from '../../../core/identity/identity.ts';
import type { Decision } from '../../../core/policy/decide.ts';
import { type SettleDefaults, settle } from '../../../core/policy/settle.ts';
import type { TokenFormat } from '../../../core/token/settled-params.ts';
import { KEY_NAME, NOW_MS } from '../auth-request.ts';
import { capabilityOf } from '../capability/samples.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

interface Asked {
  readonly kind?: Identity['kind'];
  /** What is left of the session. `undefined`: it names no end. */
  readonly leftMs?: number;
  readonly ruleTtlMs?: number;
  readonly ruleFormat?: TokenFormat;
  readonly wishMs?: number;
  readonly nowMs?: number;
  readonly defaults?: Partial<SettleDefaults>;
}

const CAPABILITY = capabilityOf({ a: ['publish'] });
const DEFAULTS: SettleDefaults = Object.freeze({
  ...{ ttlMs: HOUR, format: 'token-request' as const, revocable: false, honourRequestedTtl: false },
  assumedSessionMs: HOUR,
});

function settled(asked: Asked, decided: Partial<Decision> = {}) {
  const { kind = 'user', leftMs, ruleTtlMs, ruleFormat, wishMs, nowMs = NOW_MS, defaults } = asked;
  const evaluation = {
    ...{
      matched: [],
      matchedRules: [],
      capability: CAPABILITY,
      clientId: undefined,
      wildcardClientId: false,
      leftOut: [],
    },
    ...{ ttlMs: ruleTtlMs, format: ruleFormat },
  };
  const identity: Identity = {
    ...{ source: 's', subject: 'bob', kind, claims: {} },
    ...(leftMs !== undefined && { expiresAtMs: nowMs + leftMs }),
  };
  const wishes = wishMs === undefined ? {} : { requestedTtlMs: wishMs };
  const decision = { evaluation, granted: CAPABILITY, capability: CAPABILITY, ...decided };
  return settle(Object.freeze(decision), identity, wishes, KEY_NAME, { ...DEFAULTS, ...defaults }, nowMs);
}

/** The ttl in milliseconds, or why there is none. */
function ttl(asked: Asked): number | string {
  try {
    return settled(asked).params.ttlMs;
  } catch (error) {
    if (!(error instanceof AuthFailure)) throw error;
    return error.reason;
  }
}

const JWT = { ruleFormat: 'jwt' } as const;

describe('settle', () => {
  it.each<[string, Asked, number | string]>([
    ['an hour by default, for a session that lasts', { leftMs: DAY }, HOUR],
    ['what the config says', { leftMs: DAY, defaults: { ttlMs: 15 * MINUTE } }, 15 * MINUTE],
    ['what the rule says before the config', { leftMs: DAY, ruleTtlMs: 2 * HOUR }, 2 * HOUR],
    ['24 hours at most', { leftMs: 30 * DAY, ruleTtlMs: DAY }, DAY],
    ['24 hours at most, whatever a rule says', { leftMs: 30 * DAY, ruleTtlMs: 30 * DAY }, DAY],
    ['an hour at most for a revocable key', { leftMs: DAY, ruleTtlMs: DAY, defaults: { revocable: true } }, HOUR],
    ['the 24 hours of an anonymous caller', { kind: 'anonymous', ruleTtlMs: DAY }, DAY],
    ['an hour for an anonymous caller, without the margin', { kind: 'anonymous' }, HOUR],
    ['the session less the two minutes in which a TokenRequest may wait', { leftMs: 30 * MINUTE }, 28 * MINUTE],
    ['the whole session for a JWT, which starts now', { ...JWT, leftMs: 30 * MINUTE }, 30 * MINUTE],
    ['the same for a guest', { kind: 'guest', leftMs: 30 * MINUTE }, 28 * MINUTE],
    ['the assumed hour of a session without an end, less the margin', {}, 58 * MINUTE],
    ['the assumed hour of a session without an end', JWT, HOUR],
    ['the assumed four minutes, less the margin', { defaults: { assumedSessionMs: 4 * MINUTE } }, 2 * MINUTE],
    ['whole seconds, rounded down', { ...JWT, leftMs: 90 * SECOND + 999 }, 90 * SECOND],
    ['whole seconds, of a TokenRequest too', { leftMs: 3 * MINUTE + 1 }, MINUTE],
    ['exactly a minute', { ...JWT, leftMs: MINUTE }, MINUTE],
    ['exactly a minute after the margin', { leftMs: 3 * MINUTE }, MINUTE],
    ['not 59.999 seconds', { ...JWT, leftMs: MINUTE - 1 }, 'session-ending'],
    ['not 59.999 seconds after the margin', { leftMs: 3 * MINUTE - 1 }, 'session-ending'],
    ['nothing of a session that is over', { ...JWT, leftMs: -1 }, 'session-ending'],
  ])('S8: gives %s', (_, asked, expected) => {
    expect(ttl(asked)).toBe(expected);
  });

  it.each<[string, Asked, number]>([
    ['not when the config does not say so', { leftMs: DAY, wishMs: 5 * MINUTE }, HOUR],
    ['a shorter life', { leftMs: DAY, wishMs: 5 * MINUTE, defaults: { honourRequestedTtl: true } }, 5 * MINUTE],
    ['exactly a minute', { leftMs: DAY, wishMs: MINUTE, defaults: { honourRequestedTtl: true } }, MINUTE],
    ['in whole seconds', { leftMs: DAY, wishMs: 90_999, defaults: { honourRequestedTtl: true } }, 90_000],
    ['not a longer life', { leftMs: DAY, wishMs: DAY, defaults: { honourRequestedTtl: true } }, HOUR],
    [
      'not beyond the session',
      { leftMs: 4 * MINUTE, wishMs: HOUR, defaults: { honourRequestedTtl: true } },
      2 * MINUTE,
    ],
    ['not the seconds of ably-cocoa', { leftMs: DAY, wishMs: 3_600, defaults: { honourRequestedTtl: true } }, HOUR],
    ['not less than a minute', { leftMs: DAY, wishMs: MINUTE - 1, defaults: { honourRequestedTtl: true } }, HOUR],
    ['not zero', { leftMs: DAY, wishMs: 0, defaults: { honourRequestedTtl: true } }, HOUR],
  ])('S3: honours a requested ttl: %s', (_, asked, expected) => {
    expect(ttl(asked)).toBe(expected);
  });

  it('S8: whatever comes in, a ttl is whole seconds from a minute to the least of all bounds, or there is no token', () => {
    const cases = fc.record({
      leftMs: fc.integer({ min: -DAY, max: 3 * DAY }),
      ruleTtlMs: fc.integer({ min: 60, max: 86_400 }).map((seconds) => seconds * SECOND),
      wishMs: fc.nat(2 * DAY),
      ruleFormat: fc.constantFrom<TokenFormat>('jwt', 'token-request'),
      nowMs: fc.integer({ min: 1, max: 4_102_444_800_000 }),
      defaults: fc.record({ revocable: fc.boolean(), honourRequestedTtl: fc.boolean() }),
    });
    fc.assert(
      fc.property(cases, (asked) => {
        const { leftMs, ruleTtlMs, ruleFormat, defaults } = asked;
        const endsWithin = leftMs - (ruleFormat === 'jwt' ? 0 : 2 * MINUTE);
        const result = ttl(asked);
        expect(typeof result === 'number').toBe(endsWithin >= MINUTE);
        if (typeof result !== 'number') return;
        expect(result % SECOND).toBe(0);
        expect(result).toBeGreaterThanOrEqual(MINUTE);
        expect(result).toBeLessThanOrEqual(Math.min(ruleTtlMs, endsWithin, defaults.revocable ? HOUR : DAY));
      }),
      { numRuns: 2_000 },
    );
  });

  it('where renewals are spread only shortens, by no more than it may, and leaves a minute', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: DAY }),
        fc.integer({ min: MINUTE, max: DAY }),
        fc.double({ min: 0.5, max: 1, noNaN: true }),
        (leftMs, ruleTtlMs, keptShare) => {
          const whole = ttl({ leftMs, ruleTtlMs });
          const spread = ttl({ leftMs, ruleTtlMs, defaults: { keptShare } });
          if (typeof whole !== 'number' || typeof spread !== 'number') return void expect(spread).toBe(whole);
          expect(spread % SECOND).toBe(0);
          expect(spread).toBeLessThanOrEqual(whole);
          expect(spread).toBeGreaterThanOrEqual(MINUTE);
          expect(spread).toBeGreaterThan(whole * keptShare - 2 * SECOND);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('takes the format of the rule before the one of the config', () => {
    expect(settled({ leftMs: DAY }).format).toBe('token-request');
    expect(settled({ leftMs: DAY, ...JWT }).format).toBe('jwt');
    expect(settled({ leftMs: DAY, ruleFormat: 'token-request', defaults: { format: 'jwt' } }).format).toBe(
      'token-request',
    );
  });

  it('passes on what was decided, and leaves out what was not', () => {
    const base = { keyName: KEY_NAME, ttlMs: HOUR, capability: CAPABILITY };
    expect(settled({ leftMs: DAY }).params).toStrictEqual(base);
    expect(settled({ leftMs: DAY }, { clientId: 'bob' }).params).toStrictEqual({ ...base, clientId: 'bob' });
    const wildcard = { clientId: '*', wildcardClientId: true } as const;
    expect(settled({ leftMs: DAY }, wildcard).params).toStrictEqual({ ...base, ...wildcard });
  });
});
