/**
 * The day a key leaks: another takes its place and it is revoked, all at once and for those who hold anything of it at a
 * price. Named by the key that leaked, so that it can be run again wherever it was cut off, and never revokes a key that is
 * still in service.
 */
import { createHash } from 'node:crypto';
import { RotationError } from './ports.ts';
import { createStep, finishStep, type RotationParts, testStep } from './rotate-secret.ts';

export interface Replaced {
  /** The key that leaked, and is revoked. */
  readonly revoked: string;
  /** The key that signs now. */
  readonly current: string;
}

/** @param leaked `<appId>.<keyId>` */
export async function replaceLeaked(parts: RotationParts, leaked: string): Promise<Replaced> {
  const { control, secret } = parts;
  const before = await secret.currentKey();
  if (!leaked.startsWith(`${before.appId}.`)) {
    throw new RotationError('refused', 'The key that is named is of another app than the one in the secret.');
  }
  if (before.name === leaked) {
    // The same for every attempt, so that another one goes on where this one ends. Never a key that was pending
    // already: whoever read the one in the store may have read that as well.
    const version = createHash('sha256').update(`leaked ${leaked}`).digest('hex');
    await createStep(parts, version, true);
    await testStep(parts, version);
    await finishStep(parts, version);
  }
  const current = await secret.currentKey();
  if (current.name === leaked) throw new RotationError('refused', 'The key that leaked is still the current one.');
  await control.revokeKey(current.appId, leaked.slice(current.appId.length + 1));
  return { revoked: leaked, current: current.name };
}

/** Who is cut off when a key is revoked before its time, for the operator. @param revoked its name */
export function whoIsDisconnected(revoked: string): readonly string[] {
  return [
    `Ended: every connection whose token was signed by ${revoked}, and whatever used that key itself (servers, queues, the CLI).`,
    'Clients are told 40131 and do not come back by themselves (FAILED): auth.authorize(), or a reload, brings them back.',
    'Functions that have not read the new key yet sign with the revoked one, from a secret for up to 5 minutes: deploy, or change a setting, to have new ones.',
  ];
}
