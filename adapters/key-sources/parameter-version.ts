/**
 * Decides which version of a parameter holds the previous key: the one numbered before the latest.
 *
 * Not by history or by label: this takes no permission beyond `ssm:GetParameter`, and nobody has to remember to move a
 * label. A parameter named with a selector (`/ably/key:3`, `/ably/key:live`) is pinned by the operator, so what came
 * before it is not known and there is no previous key.
 */

/** Whether a name carries a selector. Names have no colon; an ARN has five before the name. */
export function isPinned(parameter: string): boolean {
  return parameter.split(':').length > (parameter.startsWith('arn:') ? 6 : 1);
}

/** Versions count from 1. */
export function formerVersion(version: unknown): number | undefined {
  return typeof version === 'number' && version > 1 ? version - 1 : undefined;
}
