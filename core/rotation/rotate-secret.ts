/**
 * The four steps in which Secrets Manager has a secret rotated, for an Ably API key, and the scheduled run that retires the
 * key before. What each has to do it reads from Ably and from the secret, and nothing from the step before: so that each may
 * be repeated, be cut off anywhere, and run beside another.
 *
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 */
import type { ApiKey } from '../keys/api-key.ts';
import { type KeyLabel, ownerTag, readLabel, rotationTag, writeLabel } from './key-label.ts';
import {
  type ControlApi,
  type ControlKey,
  type KeyProbe,
  type RotatingSecret,
  RotationError,
  type SecretVersions,
} from './ports.ts';
import { RETIRE_AFTER_MS } from './retire-bound.ts';
import { dateKey, dueAtMs, type RetiredKey, retireKeys } from './retire-keys.ts';

export interface RotationParts {
  readonly control: ControlApi;
  readonly secret: RotatingSecret;
  readonly probe: KeyProbe;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
}

/** Makes a key like the current one, for this version of the secret, and stores it as AWSPENDING. */
export async function createStep(parts: RotationParts, version: string, evenIfEarly = false): Promise<void> {
  const { control, secret } = parts;
  const described = await secret.describe();
  if (isCurrent(described, version) || (await secret.keyOf(version))) return;
  const current = await secret.currentKey();
  const { appId } = current;
  const keys = await control.listKeys(appId);
  if (!evenIfEarly) await refuseTooEarly(parts, keys);
  const made = { owner: ownerTag(described.secretArn), rotation: rotationTag(version), isServing: false };
  const key = oldestOf(keys, made) ?? (await createLike(control, current, keys, made));
  if ((await secret.storePending(version, key.revealKey())) === 'stored') return;
  // Somebody else was faster, with another key. Ours has signed nothing, and unless it is the stored one nobody has it.
  const stored = await secret.keyOf(version);
  if (stored && stored.name !== `${appId}.${key.id}`) await control.revokeKey(appId, key.id);
}

/** Says whether the key of this version is stored; it is at Ably from the moment when it was made. */
export async function setStep(parts: RotationParts, version: string): Promise<void> {
  await createStep(parts, version);
  await storedKey(parts, version);
}

/** Has Ably accept something that the pending key signed. */
export async function testStep(parts: RotationParts, version: string): Promise<void> {
  await parts.probe.accepts(await storedKey(parts, version));
}

/** Makes it the current key, and writes down until when the one before must live. */
export async function finishStep(parts: RotationParts, version: string): Promise<void> {
  const { control, secret, nowMs } = parts;
  const described = await secret.describe();
  const moves = !isCurrent(described, version);
  if (moves) {
    await storedKey(parts, version);
    if (!described.stages.get(version)?.includes('AWSPENDING')) {
      throw new RotationError(
        'refused',
        'Another rotation has begun since this one: its version is no longer pending.',
      );
    }
    await secret.makeCurrent(version, versionWith(described, 'AWSCURRENT'));
  }
  const previous = await secret.previousKey();
  const key = previous && (await keyNamed(control, previous));
  // Moved just now, an older date is of an earlier time out of service.
  if (previous && key && (moves || readLabel(key.label).retireAfterMs === undefined)) {
    const owner = ownerTag(described.secretArn);
    await dateKey(control, key, { appId: previous.appId, owner, nowMs: nowMs() });
  }
}

/** The scheduled run. Revokes what is due, dates what is not dated, and does nothing to a key in service. */
export async function retireStep({ control, secret, nowMs }: RotationParts): Promise<readonly RetiredKey[]> {
  const described = await secret.describe();
  if (described.laggingRegions.length > 0) {
    const regions = described.laggingRegions.join(', ');
    throw new RotationError('too-early', `Nothing is retired while a replica of the secret is behind: ${regions}.`);
  }
  const current = await secret.currentKey();
  const pendingVersion = versionWith(described, 'AWSPENDING');
  const pending = pendingVersion === undefined ? undefined : await secret.keyOf(pendingVersion);
  const previous = await secret.previousKey();
  const keys = await control.listKeys(current.appId);
  return retireKeys(control, keys, {
    appId: current.appId,
    owner: ownerTag(described.secretArn),
    inService: new Set([idOf(current), ...(pending ? [idOf(pending)] : [])]),
    previousId: previous?.appId === current.appId ? idOf(previous) : undefined,
    notBeforeMs: notBeforeMs(described),
    nowMs: nowMs(),
  });
}

/** By the store's clock: labels that were moved by hand, and back again, start the time anew. */
function notBeforeMs({ changedAtMs = 0 }: SecretVersions): number {
  return changedAtMs + RETIRE_AFTER_MS;
}

/** Only one key before the current one is kept: a third would leave what the first signed without anybody to verify it. */
async function refuseTooEarly({ secret, nowMs }: RotationParts, keys: readonly ControlKey[]): Promise<void> {
  const previous = await secret.previousKey();
  const key = previous && keys.find(({ id, isEnabled }) => isEnabled && id === idOf(previous));
  if (!previous || !key) return;
  const dueMs = dueAtMs(key, 0);
  if (dueMs !== undefined && nowMs() >= dueMs) return;
  const when =
    dueMs === undefined
      ? 'has no date yet from which it may be retired. The scheduled run gives it one; rotate after that date'
      : `may still be in use until ${new Date(dueMs).toISOString()}. Rotate after that`;
  throw new RotationError(
    'too-early',
    `The key before the current one, ${previous.name}, ${when}, or revoke it by hand.`,
  );
}

async function createLike(
  control: ControlApi,
  current: ApiKey,
  keys: readonly ControlKey[],
  made: NonNullable<KeyLabel['made']>,
): Promise<ControlKey> {
  const model = keys.find(({ id }) => id === idOf(current));
  if (!model) {
    throw new RotationError(
      'unusable',
      `Ably's Control API knows no key ${current.name}, so none like it can be made.`,
    );
  }
  const { capability, revocableTokens } = model;
  const label = writeLabel({ base: readLabel(model.label).base, made });
  return control.createKey(current.appId, { label, capability, revocableTokens });
}

/** Two that ran side by side may have made one each: both then take the same. */
function oldestOf(
  keys: readonly ControlKey[],
  { owner, rotation }: NonNullable<KeyLabel['made']>,
): ControlKey | undefined {
  const ours = keys.filter(({ label, isEnabled }) => {
    const { made } = readLabel(label);
    return isEnabled && made?.owner === owner && made.rotation === rotation;
  });
  return ours.sort((a, b) => a.createdMs - b.createdMs || (a.id < b.id ? -1 : 1))[0];
}

async function storedKey({ secret }: RotationParts, version: string): Promise<ApiKey> {
  const key = await secret.keyOf(version);
  if (key) return key;
  throw new RotationError('unusable', 'No key is stored under this version of the secret: run the step createSecret.');
}

async function keyNamed(control: ControlApi, apiKey: ApiKey): Promise<ControlKey | undefined> {
  const keys = await control.listKeys(apiKey.appId);
  return keys.find(({ id, isEnabled }) => isEnabled && id === idOf(apiKey));
}

function isCurrent({ stages }: SecretVersions, version: string): boolean {
  return stages.get(version)?.includes('AWSCURRENT') === true;
}

function versionWith({ stages }: SecretVersions, label: string): string | undefined {
  return [...stages].find(([, labels]) => labels.includes(label))?.[0];
}

function idOf({ name, appId }: ApiKey): string {
  return name.slice(appId.length + 1);
}
