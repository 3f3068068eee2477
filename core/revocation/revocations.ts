/**
 * Cutting somebody off, in the order that holds (gate.ts): the entry is written and acknowledged first, then Ably is
 * called, without an `issuedBefore` unless one was given, so that whoever passed the gate before signs a token that is
 * hit. Who may ask for it is decided by those who call: the revoke endpoint, or the app itself.
 */
import type { AblyApi, RevocationOptions } from '../ably.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Records } from '../records.ts';
import { StoreError } from '../stores.ts';
import { type CutOff, type GateEntry, parseEntry, toRecord, withCutOff, withRevocation } from './gate-entry.ts';
import { gateKey, type SharingSource } from './gate-key.ts';
import type { People, Person } from './people.ts';
import { type Plan, planFor, type RevokeTarget } from './plan-target.ts';
import { type KeyResult, revokeAtAbly } from './revoke-at-ably.ts';

export interface TargetResult {
  /** As it was named: `clientId:bob`, or `session bob` of a person. */
  readonly target: string;
  /** Whether everything that was asked for was done. */
  readonly ok: boolean;
  /** What the gate now says; absent where nothing was asked of it. */
  readonly gate?: 'banned' | 'signed-out' | 'lifted';
  readonly bannedUntilMs?: number;
  /** What each key did at Ably. Empty when there was nothing to revoke there. */
  readonly revoked: readonly KeyResult[];
  /** Why it is not ok, or what was left undone all the same. */
  readonly message?: string;
}

export interface RevocationPorts {
  readonly sources: readonly SharingSource[];
  readonly people: People;
  /** `undefined`: there is no gate, and only Ably is asked. */
  readonly records: Records | undefined;
  readonly keys: KeyRing;
  readonly ably: AblyApi;
  readonly nowMs: () => number;
  /** How far Ably's clock is ahead of that, where the config learns it. */
  readonly offsetMs?: (() => Promise<number>) | undefined;
  /** For tests. Default: a timer. */
  readonly pause?: (ms: number) => Promise<void>;
}

const STORE_FAILED = 'The store could not be written; nothing was revoked. Ask again.';

/** Until Ably has said when, nothing that is signed within this time counts as younger than the revocation. */
const UNDER_WAY_MS = 1_000;
const WRITES_AT_ONCE = 25;

/**
 * @returns a result for each target, in order
 * @throws KeySourceError when the current key is not to be had; the gate's entries are written by then
 */
export async function cutOff(
  targets: readonly RevokeTarget[],
  action: CutOff,
  options: RevocationOptions,
  ports: RevocationPorts,
): Promise<readonly TargetResult[]> {
  const aheadMs = ports.offsetMs ? await ports.offsetMs() : 0;
  const plans = targets.map((target) => planFor(target, action, ports.people, ports.records !== undefined));
  const soonMs = ports.nowMs() + aheadMs + UNDER_WAY_MS;
  // A moment to come, which Ably refuses, would hold renewals back until then.
  const markMs = Math.min(options.issuedBeforeMs ?? soonMs, soonMs);
  await inTurns(plans, (plan) => enter(plan, action, markMs, ports));

  const revoking = action.kind === 'lift' ? [] : plans.filter(({ failed }) => !failed);
  const results = await revokeAtAbly(
    ports.ably,
    ports.keys,
    revoking.flatMap(({ atAbly }) => (atAbly === undefined ? [] : [atAbly])),
    options,
  );
  const of = ({ atAbly = '' }: Plan): readonly KeyResult[] => results.get(atAbly) ?? [];
  await inTurns(revoking, (plan) => dateExactly(plan, of(plan), markMs, ports));
  if (action.kind === 'sign-out' && action.sessionId === undefined) await until(action.beforeMs, ports);
  return plans.map((plan) => resultOf(plan, action, plan.failed ? [] : of(plan)));
}

/** Writes what the gate is to know, and that tokens are being revoked, before Ably hears of it. */
async function enter(plan: Plan, action: CutOff, markMs: number, ports: RevocationPorts): Promise<void> {
  if (plan.failed || !ports.records) return;
  try {
    for (const person of plan.people) {
      await change(person, ports, (entry) => {
        const cut = withCutOff(entry, action);
        return action.kind === 'lift' || plan.atAbly === undefined ? cut : withRevocation(cut, markMs);
      });
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    // To revoke and remember nothing would look done, and the client would be back at once. Where nothing was to be
    // remembered but the moment, revoking is all that was asked for.
    if (action.kind === 'none') return;
    plan.failed = true;
    plan.message = STORE_FAILED;
  }
}

/** Ably has said when; until this is written, renewals are held back for a second or two longer than needed. */
async function dateExactly(
  { people, atAbly }: Plan,
  results: readonly KeyResult[],
  markMs: number,
  ports: RevocationPorts,
): Promise<void> {
  const times = results.flatMap((result) => ('error' in result ? [] : [result.issuedBeforeMs]));
  if (!ports.records || atAbly === undefined || times.length === 0) return;
  const exactMs = Math.max(...times);
  try {
    for (const person of people) {
      await change(person, ports, ({ revokedBeforeMs, ...entry }) =>
        withRevocation(
          revokedBeforeMs === undefined || revokedBeforeMs === markMs ? entry : { ...entry, revokedBeforeMs },
          exactMs,
        ),
      );
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}

async function change(person: Person, ports: RevocationPorts, to: (entry: GateEntry) => GateEntry): Promise<void> {
  const key = gateKey(ports.sources, person.source, person.subject);
  await ports.records?.update(key, (text) => toRecord(to(parseEntry(text)), ports.nowMs()));
}

function resultOf(plan: Plan, action: CutOff, revoked: readonly KeyResult[]): TargetResult {
  const { target, message, failed, people } = plan;
  const ok = !failed && revoked.every((result) => !('error' in result));
  const gate = GATE_AFTER[action.kind];
  return {
    target,
    ok,
    ...(!failed && gate && people.length > 0 && { gate }),
    ...(!failed && action.kind === 'ban' && { bannedUntilMs: action.untilMs }),
    revoked,
    ...(message !== undefined && { message }),
  };
}

const GATE_AFTER = { ban: 'banned', 'sign-out': 'signed-out', lift: 'lifted', none: undefined } as const;

/**
 * The end of this second, before which whatever was signed in counts as before: many sources tell whole seconds only.
 * `cutOff` returns when it is over, so that whoever signs in afterwards is in.
 */
export function nextSecondMs(nowMs: number): number {
  return (Math.floor(nowMs / 1000) + 1) * 1000;
}

async function until(momentMs: number, { nowMs, pause = timer }: RevocationPorts): Promise<void> {
  const waitMs = momentMs - nowMs();
  if (waitMs > 0 && waitMs <= 1_000) await pause(waitMs);
}

function timer(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A store is not asked for a thousand writes in one moment. */
async function inTurns<Item>(items: readonly Item[], each: (item: Item) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += WRITES_AT_ONCE) {
    await Promise.all(items.slice(at, at + WRITES_AT_ONCE).map(each));
  }
}
