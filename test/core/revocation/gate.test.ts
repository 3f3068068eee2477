import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../../adapters/stores/memory.ts';
import type { Identity } from '../../../core/identity/identity.ts';
import { MAX_TTL_MS } from '../../../core/limits.ts';
import { createRecords } from '../../../core/records.ts';
import { checkGate, type Gate, passGate } from '../../../core/revocation/gate.ts';
import {
  type CutOff,
  firstUsefulMs,
  type GateEntry,
  parseEntry,
  refusalOf,
  toRecord,
  withCutOff,
  withRevocation,
} from '../../../core/revocation/gate-entry.ts';
import { gateKey } from '../../../core/revocation/gate-key.ts';
import { NOW_MS } from '../auth-request.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const bob = (more: Partial<Identity> = {}): Identity => ({
  ...{ source: 'session', subject: 'bob', kind: 'user', claims: { sub: 'bob' } },
  authenticatedAtMs: NOW_MS - HOUR,
  ...more,
});

const entryOf = (...cutOffs: readonly CutOff[]): GateEntry => cutOffs.reduce(withCutOff, {});
const out = (beforeMs: number, sessionId?: string): CutOff => ({
  kind: 'sign-out',
  beforeMs,
  ...(sessionId !== undefined && { sessionId }),
});

describe('an entry of the gate', () => {
  it('refuses the banned until the ban ends, and everybody of that subject', () => {
    const entry = entryOf({ kind: 'ban', untilMs: NOW_MS + HOUR });
    for (const who of [bob(), bob({ authenticatedAtMs: NOW_MS + 1 }), bob({ sessionId: 's' })]) {
      expect(refusalOf(entry, who, NOW_MS + HOUR - 1)).toBe('banned');
      expect(refusalOf(entry, who, NOW_MS + HOUR)).toBeUndefined();
    }
  });

  it('refuses what was signed in before a sign-out, and serves what was signed in after it', () => {
    const entry = entryOf(out(NOW_MS));
    expect(refusalOf(entry, bob({ authenticatedAtMs: NOW_MS - 1 }), NOW_MS)).toBe('signed-out');
    expect(refusalOf(entry, bob({ authenticatedAtMs: NOW_MS }), NOW_MS)).toBeUndefined();
  });

  it('takes when the credential was issued where nobody says when the person signed in, and old where neither is known', () => {
    const entry = entryOf(out(NOW_MS));
    const { authenticatedAtMs: _, ...who } = bob();
    const since = (iat: unknown): Identity => ({ ...who, claims: { sub: 'bob', iat } });
    expect(refusalOf(entry, since(NOW_MS / 1000 - 1), NOW_MS)).toBe('signed-out');
    expect(refusalOf(entry, since(NOW_MS / 1000), NOW_MS)).toBeUndefined();
    expect(refusalOf(entry, since('now'), NOW_MS)).toBe('signed-out');
    expect(refusalOf(entry, who, NOW_MS)).toBe('signed-out');
  });

  it('refuses one session and not the others, nor the one that goes on under its id after a new login', () => {
    const entry = entryOf(out(NOW_MS, 'phone'));
    expect(refusalOf(entry, bob({ sessionId: 'phone' }), NOW_MS)).toBe('signed-out');
    expect(refusalOf(entry, bob({ sessionId: 'laptop' }), NOW_MS)).toBeUndefined();
    expect(refusalOf(entry, bob(), NOW_MS)).toBeUndefined();
    expect(refusalOf(entry, bob({ sessionId: 'phone', authenticatedAtMs: NOW_MS }), NOW_MS)).toBeUndefined();
  });

  it('forgets bans and sign-outs when they are lifted, and not that tokens were revoked', () => {
    const entry = withRevocation(
      entryOf({ kind: 'ban', untilMs: NOW_MS + HOUR }, out(NOW_MS), out(NOW_MS, 's')),
      NOW_MS,
    );
    expect(withCutOff(entry, { kind: 'lift' })).toEqual({ revokedBeforeMs: NOW_MS });
  });

  it('holds no session id, which may be a secret', () => {
    expect(toRecord(entryOf(out(NOW_MS, 'a-secret-of-the-app')), NOW_MS).value).not.toContain('a-secret-of-the-app');
  });

  it('is kept for longer than any token lives, than its ban, and than any session of a browser', () => {
    expect(toRecord({}, NOW_MS).expiresAtMs).toBeGreaterThanOrEqual(NOW_MS + MAX_TTL_MS + 120_000);
    const long = entryOf({ kind: 'ban', untilMs: NOW_MS + 1_000 * DAY });
    expect(toRecord(long, NOW_MS).expiresAtMs).toBe(NOW_MS + 1_000 * DAY);
    expect(toRecord(entryOf(out(NOW_MS)), NOW_MS).expiresAtMs).toBe(NOW_MS + 400 * DAY);
  });

  it('never lets in again whom any sign-out has put out, however many there are, and stays small', () => {
    const outs = fc.array(fc.record({ session: fc.option(fc.nat(250)), at: fc.nat(1_000) }), { maxLength: 400 });
    fc.assert(
      fc.property(outs, (list) => {
        const entry = entryOf(
          ...list.map(({ session, at }) => out(NOW_MS + at, session === null ? undefined : `s${session}`)),
        );
        for (const { session, at } of list) {
          const who = bob({
            authenticatedAtMs: NOW_MS + at - 1,
            ...(session !== null && { sessionId: `s${session}` }),
          });
          expect(refusalOf(entry, who, NOW_MS)).toBe('signed-out');
        }
        const latest = Math.max(0, ...list.map(({ at }) => at));
        expect(refusalOf(entry, bob({ authenticatedAtMs: NOW_MS + latest, sessionId: 's1' }), NOW_MS)).toBeUndefined();
        expect(toRecord(entry, NOW_MS).value.length).toBeLessThan(10_000);
        expect(parseEntry(toRecord(entry, NOW_MS).value)).toEqual(entry);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the second of a revocation', () => {
  it('hits a JWT that is signed later in it, so the first useful moment is its end', () => {
    fc.assert(
      fc.property(fc.integer({ min: NOW_MS, max: NOW_MS + 5_000 }), fc.nat(3_000), (revokedMs, laterMs) => {
        const signedMs = revokedMs + laterMs;
        const iatMs = Math.floor(signedMs / 1000) * 1000;
        // As Ably compares: issued before the revocation is hit.
        expect(signedMs >= firstUsefulMs({ revokedBeforeMs: revokedMs })).toBe(iatMs >= revokedMs);
      }),
    );
  });
});

/** A gate over a store, at a clock that runs while somebody waits. */
function gateWith(entry: GateEntry, more: Partial<Gate> = {}) {
  const state = { nowMs: NOW_MS + 137, waited: [] as number[] };
  const store = memoryStore({ nowMs: () => state.nowMs });
  const gate: Gate = {
    sources: [],
    records: createRecords(store, { nowMs: () => state.nowMs }),
    onStoreOutage: 'closed',
    secureCookies: true,
    nowMs: () => state.nowMs,
    pause: async (ms) => {
      state.waited.push(ms);
      state.nowMs += ms;
    },
    ...more,
  };
  const write = (): Promise<void> =>
    gate.records.update(gateKey([], 'session', 'bob'), () => toRecord(entry, state.nowMs));
  return { state, gate, write };
}

describe('passGate', () => {
  it('lets pass whom nothing is known of, and asks nothing about strangers', async () => {
    const { gate } = gateWith({});
    expect(await passGate(bob(), NOW_MS + 137, gate)).toEqual({ nowMs: NOW_MS + 137 });
    const unreadable = { ...gate, records: { ...gate.records, read: () => Promise.reject(new Error('asked')) } };
    const stranger = bob({ kind: 'anonymous', subject: '' });
    expect(await passGate(stranger, NOW_MS, unreadable)).toEqual({ nowMs: NOW_MS });
  });

  it('holds back until the second of a revocation is over, and signs with the clock of then', async () => {
    const { gate, state, write } = gateWith({ revokedBeforeMs: NOW_MS + 200 });
    await write();
    expect(await passGate(bob(), state.nowMs, gate)).toEqual({ nowMs: NOW_MS + 1_000 });
    expect(state.waited).toEqual([863]);
  });

  it('holds back nobody once that second is over', async () => {
    const { gate, state, write } = gateWith({ revokedBeforeMs: NOW_MS });
    await write();
    expect(await passGate(bob(), state.nowMs, gate)).toEqual({ nowMs: NOW_MS + 137 });
    expect(state.waited).toEqual([]);
  });

  it('sends away with 503 whom it would have to hold back for long: our clock is behind then', async () => {
    const { gate, state, write } = gateWith({ revokedBeforeMs: NOW_MS + 60_000 });
    await write();
    await expect(passGate(bob(), state.nowMs, gate)).rejects.toMatchObject({ reason: 'just-revoked' });
    expect(state.waited).toEqual([]);
  });

  it('goes by Ably’s clock where that is known, by which revocations are dated', async () => {
    const { gate, state, write } = gateWith({ revokedBeforeMs: NOW_MS + 300_200 });
    await write();
    expect(await passGate(bob(), state.nowMs, gate, 300_000)).toEqual({ nowMs: NOW_MS + 1_000 });
  });

  it('does not wait for ever for a clock that stands still', async () => {
    const { gate, state, write } = gateWith({ revokedBeforeMs: NOW_MS + 200 }, { pause: async () => {} });
    await write();
    await expect(passGate(bob(), state.nowMs, gate)).rejects.toMatchObject({ reason: 'just-revoked' });
  });

  it('notices a ban that was written while it waited', async () => {
    const { gate, state, write } = gateWith({ revokedBeforeMs: NOW_MS + 200 });
    await write();
    const pause = async (ms: number): Promise<void> => {
      state.nowMs += ms;
      await gate.records.update(gateKey([], 'session', 'bob'), () =>
        toRecord({ bannedUntilMs: NOW_MS + HOUR }, state.nowMs),
      );
    };
    await expect(passGate(bob(), state.nowMs, { ...gate, pause })).rejects.toMatchObject({ reason: 'banned' });
  });

  it('clears the cookie of ours that it refuses, and nobody else’s', async () => {
    const { gate, state, write } = gateWith(entryOf(out(NOW_MS + 1)));
    await write();
    await expect(passGate(bob(), state.nowMs, gate)).rejects.toMatchObject({
      reason: 'signed-out',
      clearCookies: ['__Host-ably-auth-session'],
    });
    await gate.records.update(gateKey([], 'oidc', 'bob'), () => toRecord(entryOf(out(NOW_MS + 1)), state.nowMs));
    await expect(passGate(bob({ source: 'oidc' }), state.nowMs, gate)).rejects.toMatchObject({ clearCookies: [] });
  });

  it('takes a record that cannot be read for an outage, and never for nobody', async () => {
    const { gate, state } = gateWith({});
    const expiresAtMs = NOW_MS + HOUR;
    await gate.records.update(gateKey([], 'session', 'bob'), () => ({ value: 'null', expiresAtMs }));
    await expect(passGate(bob(), state.nowMs, gate)).rejects.toMatchObject({ reason: 'store-unavailable' });
  });
});

describe('checkGate', () => {
  it('refuses as passGate does, and waits for nothing', async () => {
    const { gate, state, write } = gateWith({ revokedBeforeMs: NOW_MS + 60_000 });
    await write();
    await checkGate(bob(), gate);
    expect(state.waited).toEqual([]);
    await gate.records.update(gateKey([], 'session', 'bob'), () => toRecord({ bannedUntilMs: NOW_MS + HOUR }, NOW_MS));
    await expect(checkGate(bob(), gate)).rejects.toMatchObject({ reason: 'banned' });
  });
});

describe('gateKey', () => {
  const shares = (name: string, sharesSubjectsWith?: string) => ({
    name,
    ...(sharesSubjectsWith !== undefined && { sharesSubjectsWith }),
  });

  it('is one for sources that share their subjects, however they say it', () => {
    for (const sources of [
      [shares('a'), shares('b', 'a'), shares('c', 'b')],
      [shares('a', 'b'), shares('b', 'a'), shares('c', 'a')],
      [shares('a', 'b'), shares('b', 'c'), shares('c', 'b')],
    ]) {
      expect(new Set(['a', 'b', 'c'].map((name) => gateKey(sources, name, '7'))).size).toBe(1);
    }
  });

  it('is another for every other source and subject, and says neither', () => {
    const keys = [gateKey([], 'a', 'b7'), gateKey([], 'ab', '7'), gateKey([], 'a', '7')];
    expect(new Set(keys).size).toBe(3);
    expect(gateKey([], 'session', 'bob')).not.toContain('bob');
  });
});
