/**
 * What a key's label says: which secret it was made for and in which rotation, and until when it must be left alone. Ably
 * keeps it, so that a rotation which was cut off anywhere is taken up by whoever comes next, and an operator sees it in
 * the dashboard.
 *
 *     auth endpoint [rotation 1a2b3c4d 0123456789ab] [retire after 2026-11-27T10:02:00Z]
 */
import { createHash } from 'node:crypto';

export interface KeyLabel {
  /** What the operator called it. */
  readonly base: string;
  /** Absent: made by hand, and never out of service so far. */
  readonly made?: { readonly owner: string; readonly rotation: string; readonly isServing: boolean };
  /** Milliseconds since the epoch. Absent: nobody has said that it is out of service. */
  readonly retireAfterMs?: number;
}

const RETIRE = / \[retire after (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\]$/;
const MADE = / \[rotation ([0-9a-f]{8}) ([0-9a-f]{12})( serving)?\]$/;

/** In the place of a rotation: the key was there before the first one. */
export const MADE_BY_HAND = '000000000000';

export function readLabel(label: string): KeyLabel {
  const retire = RETIRE.exec(label);
  const rest = retire ? label.slice(0, retire.index) : label;
  const made = MADE.exec(rest);
  const [, owner = '', rotation = '', serving] = made ?? [];
  return {
    base: made ? rest.slice(0, made.index) : rest,
    ...(made && { made: { owner, rotation, isServing: serving !== undefined } }),
    ...(retire && { retireAfterMs: Date.parse(retire[1] ?? '') }),
  };
}

export function writeLabel({ base, made, retireAfterMs }: KeyLabel): string {
  const serving = made?.isServing ? ' serving' : '';
  const tag = made ? ` [rotation ${made.owner} ${made.rotation}${serving}]` : '';
  if (retireAfterMs === undefined) return `${base}${tag}`;
  // Up to the next whole second: never earlier than was meant.
  const until = new Date(Math.ceil(retireAfterMs / 1000) * 1000).toISOString().replace('.000Z', 'Z');
  return `${base}${tag} [retire after ${until}]`;
}

/** Short names of what a key was made for, and in which rotation. */
export function ownerTag(ownedBy: string): string {
  return shortHash(ownedBy, 8);
}

export function rotationTag(version: string): string {
  return shortHash(version, 12);
}

function shortHash(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}
