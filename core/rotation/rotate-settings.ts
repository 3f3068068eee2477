/**
 * Rotates a key that lies in the settings of a platform, where values can be written and not read back, and take effect with
 * the next deployment. Which key serves, which is next and which is out of service is in their labels at Ably, so that each
 * call goes on from wherever the one before was cut off.
 */
import { parseApiKey } from '../keys/parse-api-key.ts';
import { MADE_BY_HAND, readLabel, rotationTag, writeLabel } from './key-label.ts';
import { type ControlApi, type ControlKey, type KeyProbe, RotationError } from './ports.ts';
import { dateKey, type RetiredKey, retireKeys } from './retire-keys.ts';

export interface KeySettings {
  /** Writing the same value twice is writing it once. @throws RotationError */
  write(setting: 'ABLY_API_KEY' | 'ABLY_API_KEY_PREVIOUS', value: string): Promise<void>;
}

export interface SettingsRotation {
  readonly control: ControlApi;
  readonly settings: KeySettings;
  readonly probe: KeyProbe;
  readonly appId: string;
  /** Of this project and no other: `ownerTag` of its id. */
  readonly owner: string;
  readonly nowMs: () => number;
}

/** Names, `<appId>.<keyId>`. */
export interface Begun {
  readonly serving: string;
  readonly next: string;
}

interface OurKeys {
  readonly serving: ControlKey | undefined;
  readonly next: ControlKey | undefined;
  readonly retiring: readonly ControlKey[];
}

/**
 * Makes the next key, has Ably accept it, and writes both into the settings; the next deployment signs with it.
 * @param servingId which key serves, where no label says so yet: before the first rotation
 * @param evenIfEarly also while an older key may still be in use
 */
export async function beginRotation(
  parts: SettingsRotation,
  { servingId, evenIfEarly = false }: { readonly servingId?: string | undefined; readonly evenIfEarly?: boolean } = {},
): Promise<Begun> {
  const { control, settings, probe, appId, owner } = parts;
  const keys = await control.listKeys(appId);
  const ours = ownKeys(keys, owner);
  const serving = ours.serving ?? (await adopt(parts, keys, servingId));
  if (!ours.next && !evenIfEarly) refuseTooEarly(parts, ours.retiring);
  const next = ours.next ?? (await createNext(parts, serving));
  const parsed = parseApiKey(next.revealKey());
  if (!parsed.ok) throw new RotationError('unusable', 'What the Control API shows as the key is none.');
  await probe.accepts(parsed.apiKey);
  // In this order: cut off between the two, the deployment that may come then still has a key that serves.
  await settings.write('ABLY_API_KEY_PREVIOUS', serving.revealKey());
  await settings.write('ABLY_API_KEY', next.revealKey());
  return { serving: `${appId}.${serving.id}`, next: `${appId}.${next.id}` };
}

/** The key that waits for its deployment, if a rotation has begun. */
export async function nextKeyName({ control, appId, owner }: SettingsRotation): Promise<string | undefined> {
  const { next } = ownKeys(await control.listKeys(appId), owner);
  return next && `${appId}.${next.id}`;
}

/**
 * Once the next key is deployed: it serves, and the one before is out of service from now on.
 * @returns until when that one must live
 */
export async function finishRotation(parts: SettingsRotation): Promise<number | undefined> {
  const { control, appId, owner, nowMs } = parts;
  const { serving, next } = ownKeys(await control.listKeys(appId), owner);
  // In this order: cut off between the two, there is a next key and none that serves, which is finished below.
  const retireAfterMs = serving && next ? await dateKey(control, serving, { appId, owner, nowMs: nowMs() }) : undefined;
  if (next) await control.relabelKey(appId, next.id, asServing(next, owner));
  return retireAfterMs;
}

/** Revokes what is due. @param now a key to revoke without waiting; refused while it serves */
export async function retireSettings(parts: SettingsRotation, now?: string): Promise<readonly RetiredKey[]> {
  const { control, appId, owner, nowMs } = parts;
  const keys = await control.listKeys(appId);
  const { serving, next } = ownKeys(keys, owner);
  const inService = new Set([serving, next].flatMap((key) => (key ? [key.id] : [])));
  const scope = { appId, owner, inService, notBeforeMs: 0, nowMs: nowMs() };
  if (now === undefined) return retireKeys(control, keys, scope);
  const id = now.startsWith(`${appId}.`) ? now.slice(appId.length + 1) : '';
  if (inService.has(id) || inService.size === 0) {
    throw new RotationError('refused', 'That key may still serve. Rotate first, and deploy; then revoke it.');
  }
  if (!keys.some((key) => key.id === id && readLabel(key.label).made?.owner === owner)) {
    throw new RotationError('refused', 'This project had no such key in its rotation, or it is revoked already.');
  }
  await control.revokeKey(appId, id);
  return [{ keyName: now, did: 'revoked' }];
}

function ownKeys(keys: readonly ControlKey[], owner: string): OurKeys {
  const ours = keys.filter(({ isEnabled, label }) => isEnabled && readLabel(label).made?.owner === owner);
  const inService = ours.filter(({ label }) => readLabel(label).retireAfterMs === undefined);
  const isServing = ({ label }: ControlKey): boolean => readLabel(label).made?.isServing === true;
  const waiting = inService.filter((key) => !isServing(key));
  return {
    serving: inService.find(isServing),
    // Two that ran side by side may have made one each: both go on with the same.
    next: waiting.sort((a, b) => a.createdMs - b.createdMs || (a.id < b.id ? -1 : 1))[0],
    retiring: ours.filter((key) => !inService.includes(key)),
  };
}

/** Writes down which key serves, so that nobody has to say it a second time. */
async function adopt(
  { control, appId, owner }: SettingsRotation,
  keys: readonly ControlKey[],
  servingId: string | undefined,
): Promise<ControlKey> {
  const key = keys.find(({ id, isEnabled }) => isEnabled && id === servingId);
  if (!key) throw new RotationError('refused', 'Say which key serves now, --key appId.keyId: no label says so yet.');
  const { made, retireAfterMs } = readLabel(key.label);
  if (made || retireAfterMs !== undefined) {
    throw new RotationError('refused', 'That key was made for another rotation, or is out of service.');
  }
  await control.relabelKey(appId, key.id, asServing(key, owner));
  return key;
}

function asServing({ label }: ControlKey, owner: string): string {
  const { base, made = { owner, rotation: MADE_BY_HAND } } = readLabel(label);
  return writeLabel({ base, made: { ...made, isServing: true } });
}

function createNext({ control, appId, owner }: SettingsRotation, serving: ControlKey): Promise<ControlKey> {
  const { capability, revocableTokens, label } = serving;
  const made = { owner, rotation: rotationTag(serving.id), isServing: false };
  return control.createKey(appId, {
    label: writeLabel({ base: readLabel(label).base, made }),
    ...{ capability, revocableTokens },
  });
}

function refuseTooEarly({ appId, nowMs }: SettingsRotation, retiring: readonly ControlKey[]): void {
  for (const { id, label } of retiring) {
    const { retireAfterMs = 0 } = readLabel(label);
    if (nowMs() >= retireAfterMs) continue;
    const until = new Date(retireAfterMs).toISOString();
    throw new RotationError('too-early', `${appId}.${id} may still be in use until ${until}. Rotate after that.`);
  }
}
