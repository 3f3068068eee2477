import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/stores/memory.ts';
import { createRecords } from '../../core/records.ts';
import { passGate } from '../../core/revocation/gate.ts';
import { parseEntry, refusalOf, toRecord, withCutOff } from '../../core/revocation/gate-entry.ts';
import { gateKey } from '../../core/revocation/gate-key.ts';
import type { Identity, Rule } from '../../index.ts';
import { authRequest, NOW_MS, sessionCookie, testEndpoint } from '../core/auth-request.ts';
import { everyInterleaving, type Step } from '../core/revocation/every-interleaving.ts';
import { asksTheGateFirst } from './naive/asks-the-gate-first.ts';
import { gateByClientId } from './naive/gate-by-client-id.ts';
import { expectRefusal, headerSource, RULES } from './support.ts';

const HOUR = 3_600_000;
const BOB: Identity = { source: 'session', subject: 'bob', kind: 'user', claims: { sub: 'bob' } };

/** A ban, written as an operator's tool would. */
async function ban(store: ReturnType<typeof memoryStore>, source: string, subject: string): Promise<void> {
  const records = createRecords(store, { nowMs: () => NOW_MS });
  await records.update(gateKey([], source, subject), (text) =>
    toRecord(withCutOff(parseEntry(text), { kind: 'ban', untilMs: NOW_MS + HOUR }), NOW_MS),
  );
}

describe('S20 who has been cut off stays out', () => {
  const DEVICES: readonly Rule[] = [{ name: 'devices', grant: { news: ['subscribe'] }, clientId: '{sub}:{device}' }];
  const device = (name: string) => authRequest({ cookies: [sessionCookie({ claims: { device: name } })] });

  it('a new device is a new clientId where the gate knows clientIds; it knows the person', async () => {
    const naive = gateByClientId();
    naive.ban('bob:phone');
    expect([naive.refuses('bob:phone'), naive.refuses('bob:laptop')]).toEqual([true, false]);

    const store = memoryStore({ nowMs: () => NOW_MS });
    const endpoint = testEndpoint({ rules: DEVICES, store });
    expect((await endpoint.handle(device('phone'))).status).toBe(200);
    await ban(store, 'session', 'bob');
    for (const name of ['phone', 'laptop']) expectRefusal(await endpoint.handle(device(name)), 403, 40300);
  });

  it('a person of the same subject at another source is somebody else', async () => {
    const store = memoryStore({ nowMs: () => NOW_MS });
    const sources = [
      headerSource('a', 'x-a', { clientIdPrefix: 'a:' }),
      headerSource('b', 'x-b', { clientIdPrefix: 'b:' }),
    ];
    const endpoint = testEndpoint({ sources, rules: RULES, store });
    await ban(store, 'a', 'bob');
    expectRefusal(await endpoint.handle(authRequest({ headers: { 'x-a': 'bob' } })), 403, 40300);
    expect((await endpoint.handle(authRequest({ headers: { 'x-b': 'bob' } }))).status).toBe(200);
  });

  it('the same person at a source that shares its subjects is out there as well', async () => {
    const store = memoryStore({ nowMs: () => NOW_MS });
    const sources = [headerSource('a', 'x-a'), headerSource('b', 'x-b', { sharesSubjectsWith: 'a' })];
    const endpoint = testEndpoint({ sources, rules: RULES, store });
    await ban(store, 'a', 'bob');
    for (const header of ['x-a', 'x-b'])
      expectRefusal(await endpoint.handle(authRequest({ headers: { [header]: 'bob' } })), 403, 40300);
  });

  /** A ban and a request at once, in every order: how often what was signed is younger than the revocation. */
  async function survivors(issue: (on: World) => Promise<number | undefined>): Promise<number> {
    let survived = 0;
    await everyInterleaving((step) => {
      const on = worldOf(step);
      let revokedBeforeMs = 0;
      let issuedMs: number | undefined;
      const revoke = async (): Promise<void> => {
        await on.records.update(on.key, () => toRecord({ bannedUntilMs: NOW_MS + HOUR }, NOW_MS));
        revokedBeforeMs = await on.moment(() => on.nowMs());
      };
      const ask = async (): Promise<void> => {
        issuedMs = await issue(on);
      };
      return {
        tasks: [revoke(), ask()],
        check: () => {
          if (issuedMs !== undefined && issuedMs >= revokedBeforeMs) survived += 1;
        },
      };
    });
    return survived;
  }

  it('a ban between the look and the signature is missed by who looks first, and by nobody who reads the clock first', async () => {
    const first = await survivors((on) =>
      asksTheGateFirst(
        async () => refusalOf(parseEntry(await on.records.read(on.key)), BOB, on.nowMs()) !== undefined,
        async () => {
          await on.moment(() => {});
          await on.moment(() => {});
        },
        on.nowMs,
      ),
    );
    expect(first).toBeGreaterThan(0);

    const ours = await survivors(async (on) => {
      const cameMs = on.nowMs();
      const gate = { sources: [], records: on.records, onStoreOutage: 'closed', secureCookies: true } as const;
      const passed = await passGate(BOB, cameMs, { ...gate, nowMs: on.nowMs }).catch(() => undefined);
      await on.moment(() => {});
      return passed && Math.floor(passed.nowMs / 1000) * 1000;
    });
    expect(ours).toBe(0);
  });
});

type World = ReturnType<typeof worldOf>;

/** A clock that runs on with every step, and a store that answers when the schedule says so. */
function worldOf(step: Step) {
  let nowMs = NOW_MS + 700;
  const memory = memoryStore({ nowMs: () => nowMs });
  const moment: Step = (effect) =>
    step(() => {
      nowMs += 400;
      return effect();
    });
  const store = {
    ...memory,
    read: async (key: string) => moment(() => memory.read(key)),
    compareAndSet: async (...write: Parameters<typeof memory.compareAndSet>) =>
      moment(() => memory.compareAndSet(...write)),
  };
  return {
    moment,
    nowMs: () => nowMs,
    key: gateKey([], BOB.source, BOB.subject),
    records: createRecords(store, { nowMs: () => nowMs }),
  };
}
