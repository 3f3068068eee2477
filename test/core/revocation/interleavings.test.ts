/**
 * Issuing and revoking at the same time, in every order: whoever was cut off holds nothing afterwards that Ably takes.
 * The endpoint and the revocations are the real ones; the store and Ably do what they do at the moment that the schedule
 * gives them, by a clock that runs on with every step, across the ends of seconds.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { memoryStore } from '../../../adapters/stores/memory.ts';
import type { AblyApi } from '../../../core/ably.ts';
import { configureEndpoint } from '../../../core/configure-endpoint.ts';
import { createRecords } from '../../../core/records.ts';
import { createRevocations } from '../../../core/revocation/create-revocations.ts';
import { parseEntry, refusalOf } from '../../../core/revocation/gate-entry.ts';
import { gateKey } from '../../../core/revocation/gate-key.ts';
import type { RecordStore } from '../../../core/stores.ts';
import { type AuthConfig, defineAuth, session } from '../../../index.ts';
import { authRequest, NOW_MS, SESSION_SECRET, sessionCookie, testKey } from '../auth-request.ts';
import { everyInterleaving, type Step } from './every-interleaving.ts';

const PERSON = { source: 'session', subject: 'bob' };
const CONFIG: AuthConfig = {
  sources: [session({ secrets: [SESSION_SECRET] })],
  rules: [{ name: 'members', grant: { news: ['subscribe'] } }],
  revocable: true,
};

/** One play: a clock, a store and an Ably of its own. */
function stageOf(step: Step, stepMs: number, tokenFormat: AuthConfig['tokenFormat'] & string = 'jwt') {
  const stage = { nowMs: NOW_MS + 137, issuedMs: [] as number[], revokedBeforeMs: 0, refused: 0 };
  const memory = memoryStore({ nowMs: () => stage.nowMs });
  const moment: Step = (effect) =>
    step(() => {
      stage.nowMs += stepMs;
      return effect();
    });
  const store: RecordStore = {
    ...memory,
    read: async (key) => moment(() => memory.read(key)),
    compareAndSet: async (...write) => moment(() => memory.compareAndSet(...write)),
  };
  const ably: AblyApi = {
    requestToken: ({ keyName }) =>
      moment(() => {
        const issued = stage.nowMs;
        return {
          token: 'appid.token',
          keyName,
          issued,
          expires: issued + 3_600_000,
          capability: '{"news":["subscribe"]}',
        };
      }),
    timeMs: () => Promise.reject(new Error('nobody asks for it')),
    revokeTokens: (_key, targets, { issuedBeforeMs = undefined }) =>
      moment(() => {
        stage.revokedBeforeMs = issuedBeforeMs ?? stage.nowMs;
        return targets.map(() => ({ ok: true, issuedBeforeMs: stage.revokedBeforeMs, appliesAtMs: stage.nowMs }));
      }),
  };
  const source = {
    name: 'test',
    setting: 'ABLY_API_KEY',
    loadCurrent: () => testKey(),
    loadPrevious: async () => undefined,
  };
  const parts = {
    definition: defineAuth(() => ({ ...CONFIG, store, tokenFormat })),
    env: {},
    keySource: { ok: true, source },
    ably,
    nowMs: () => stage.nowMs,
  } as const;
  return {
    stage,
    moment,
    records: createRecords(store, { nowMs: () => stage.nowMs }),
    endpoint: configureEndpoint(parts),
    revocations: createRevocations(parts),
    ably,
    /** What of that which was issued Ably takes in the end. */
    survivors: () => stage.issuedMs.filter((issuedMs) => issuedMs >= stage.revokedBeforeMs),
  };
}

type OnStage = ReturnType<typeof stageOf>;

async function ask({ stage, endpoint }: OnStage): Promise<void> {
  const response = await endpoint.handle(authRequest({ cookies: [sessionCookie()] }));
  if (response.status !== 200) stage.refused += 1;
  else stage.issuedMs.push(issuedMsOf(response.body));
}

/** Comes at any moment of the play. */
async function askSoon(on: OnStage): Promise<void> {
  await on.moment(() => {});
  await ask(on);
}

/** As Ably dates it: an Ably token by its own clock, a JWT by its whole seconds. */
function issuedMsOf(body: string): number {
  if (body.startsWith('{')) return (JSON.parse(body) as { issued: number }).issued;
  return (JSON.parse(Buffer.from(body.split('.')[1] ?? '', 'base64url').toString()) as { iat: number }).iat * 1000;
}

/** What is read on first use is read before, or the first orders would not wait for it. */
beforeAll(async () => {
  const atOnce: Step = async (effect) => effect();
  for (const format of ['jwt', 'ably-token'] as const) {
    const on = stageOf(atOnce, 1, format);
    await ask(on);
    await on.revocations.lift(PERSON);
    expect(on.stage.issuedMs).toHaveLength(1);
  }
});

const STEPS_MS = [1, 400, 900];

describe.each(STEPS_MS)('a ban while a client asks, %s ms between any two steps', (stepMs) => {
  it.each(['jwt', 'ably-token'] as const)('leaves nothing that Ably takes, in every order: %s', async (format) => {
    let issued = 0;
    let refused = 0;
    const orders = await everyInterleaving((step) => {
      const on = stageOf(step, stepMs, format);
      const banned = on.revocations.ban({ ...PERSON, clientId: 'bob' }, { untilMs: NOW_MS + 3_600_000 });
      return {
        // A token of Ably's own takes more steps, so there is one client less.
        tasks: format === 'jwt' ? [banned, ask(on), askSoon(on)] : [banned, askSoon(on)],
        check: () => {
          expect(on.survivors()).toEqual([]);
          issued += on.stage.issuedMs.length;
          refused += on.stage.refused;
        },
      };
    });
    expect(orders).toBeGreaterThan(20);
    // Both happen, or the orders were none.
    expect(Math.min(issued, refused)).toBeGreaterThan(0);
  });

  it('does when the gate is asked before the clock is read, as somebody would write it', async () => {
    const survived = await naively(stepMs, async (on) => {
      const text = await on.records.read(gateKey([], PERSON.source, PERSON.subject));
      const identity = { ...PERSON, kind: 'user', claims: {}, authenticatedAtMs: NOW_MS } as const;
      await on.moment(() => {});
      if (refusalOf(parseEntry(text), identity, on.stage.nowMs)) return;
      on.stage.issuedMs.push(Math.floor(on.stage.nowMs / 1000) * 1000);
    });
    expect(survived).toBe(stepMs > 1);
  });

  it('does when Ably is called before the store has answered', async () => {
    let survived = 0;
    await everyInterleaving((step) => {
      const on = stageOf(step, stepMs);
      const revoke = on.ably.revokeTokens(testKey(), ['clientId:bob'], {});
      const ban = on.records.update(gateKey([], PERSON.source, PERSON.subject), () => ({
        value: JSON.stringify({ bannedUntilMs: NOW_MS + 3_600_000 }),
        expiresAtMs: NOW_MS + 3_600_000,
      }));
      return {
        tasks: [revoke, ban, askSoon(on)],
        check: () => {
          survived += on.survivors().length;
        },
      };
    });
    expect(survived > 0).toBe(stepMs > 1);
  });

  /** Whether a ban by the real revocations leaves a token to somebody who issues in another way. */
  async function naively(ofMs: number, issue: (on: OnStage) => Promise<void>): Promise<boolean> {
    let survived = 0;
    await everyInterleaving((step) => {
      const on = stageOf(step, ofMs);
      const banned = on.revocations.ban({ ...PERSON, clientId: 'bob' }, { untilMs: NOW_MS + 3_600_000 });
      return {
        tasks: [banned, issue(on)],
        check: () => {
          survived += on.survivors().length;
        },
      };
    });
    return survived > 0;
  }
});

describe('an Ably token that Ably dates itself', () => {
  /** Asks as `ably-token` does, with what is asked of the gate afterwards. */
  async function survivorsWith(again: boolean): Promise<number> {
    const { passGate, checkGate } = await import('../../../core/revocation/gate.ts');
    let survived = 0;
    await everyInterleaving((step) => {
      const on = stageOf(step, 400);
      const banned = on.revocations.ban({ ...PERSON, clientId: 'bob' }, { untilMs: NOW_MS + 3_600_000 });
      const gate = {
        sources: [],
        records: on.records,
        onStoreOutage: 'closed',
        secureCookies: true,
        nowMs: () => on.stage.nowMs,
      } as const;
      const ask = async (): Promise<void> => {
        const identity = { ...PERSON, kind: 'user', claims: {}, authenticatedAtMs: NOW_MS } as const;
        await passGate(identity, on.stage.nowMs, gate);
        const issuedMs = await on.moment(() => on.stage.nowMs);
        if (again) await checkGate(identity, gate);
        on.stage.issuedMs.push(issuedMs);
      };
      return {
        tasks: [banned, ask()],
        check: () => {
          survived += on.survivors().length;
        },
      };
    });
    return survived;
  }

  it('survives a ban when the gate is asked only before', async () => {
    expect(await survivorsWith(false)).toBeGreaterThan(0);
  });

  it('does not when it is asked again afterwards', async () => {
    expect(await survivorsWith(true)).toBe(0);
  });
});
