/**
 * Which keys are out of service, since when that is known, and which of them nobody can still depend on: those are revoked.
 *
 * A key of which it is not known yet gets its date written into its label, and is left alone until then; a key that came
 * back into service loses it. Looks only at keys made for this owner and at the one that is named as the previous: what
 * else an app has is not ours.
 */
import { MADE_BY_HAND, readLabel, writeLabel } from './key-label.ts';
import type { ControlApi, ControlKey } from './ports.ts';
import { RETIRE_AFTER_MS } from './retire-bound.ts';

export interface RetireScope {
  readonly appId: string;
  readonly owner: string;
  /** Ids of keys that sign or are about to. */
  readonly inService: ReadonlySet<string>;
  /** Id of the key before the current one, which may have been made by hand. */
  readonly previousId?: string | undefined;
  /** Nothing is revoked before, whatever a label says. */
  readonly notBeforeMs: number;
  readonly nowMs: number;
}

export interface RetiredKey {
  /** `<appId>.<keyId>`. */
  readonly keyName: string;
  /** `dated`: found out of service just now. `waiting`: not due. `revoked`: now. `back`: in service again. */
  readonly did: 'dated' | 'waiting' | 'revoked' | 'back';
  /** Absent for a key that is back. */
  readonly retireAfterMs?: number;
}

export async function retireKeys(
  control: ControlApi,
  keys: readonly ControlKey[],
  scope: RetireScope,
): Promise<readonly RetiredKey[]> {
  const retired: RetiredKey[] = [];
  for (const key of ownKeys(keys, scope)) {
    const one = await retireKey(control, key, scope);
    if (one) retired.push(one);
  }
  return retired;
}

/** When a key that is out of service may be revoked; `undefined` while nobody has said that it is. */
export function dueAtMs(key: ControlKey, notBeforeMs: number): number | undefined {
  const { retireAfterMs } = readLabel(key.label);
  return retireAfterMs === undefined ? undefined : Math.max(retireAfterMs, notBeforeMs);
}

/**
 * Writes down that a key is out of service from now on, and whose it was: a key made by hand is found again by that. Counts
 * anew when it was said before.
 */
export async function dateKey(
  control: ControlApi,
  key: ControlKey,
  { appId, owner, nowMs }: Pick<RetireScope, 'appId' | 'owner' | 'nowMs'>,
): Promise<number> {
  const retireAfterMs = nowMs + RETIRE_AFTER_MS;
  const { base, made = { owner, rotation: MADE_BY_HAND, isServing: false } } = readLabel(key.label);
  await control.relabelKey(appId, key.id, writeLabel({ base, made, retireAfterMs }));
  return retireAfterMs;
}

function ownKeys(keys: readonly ControlKey[], { owner, previousId }: RetireScope): readonly ControlKey[] {
  return keys.filter(
    ({ isEnabled, label, id }) => isEnabled && (readLabel(label).made?.owner === owner || id === previousId),
  );
}

async function retireKey(control: ControlApi, key: ControlKey, scope: RetireScope): Promise<RetiredKey | undefined> {
  const { appId, nowMs } = scope;
  const keyName = `${appId}.${key.id}`;
  const dueMs = dueAtMs(key, scope.notBeforeMs);
  if (scope.inService.has(key.id)) {
    if (dueMs === undefined) return undefined;
    const { base, made } = readLabel(key.label);
    await control.relabelKey(appId, key.id, writeLabel({ base, ...(made && { made }) }));
    return { keyName, did: 'back' };
  }
  if (dueMs === undefined) {
    return { keyName, did: 'dated', retireAfterMs: await dateKey(control, key, scope) };
  }
  if (nowMs < dueMs) return { keyName, did: 'waiting', retireAfterMs: dueMs };
  await control.revokeKey(appId, key.id);
  return { keyName, did: 'revoked', retireAfterMs: dueMs };
}
