/**
 * A short name for what is written in a policy: the same text for the same rules, whatever the order in which an object
 * names its properties. Functions count by their text; what they call or close over is not seen.
 */
import { createHash } from 'node:crypto';

/** Eleven characters. @param policy data and functions, as a config has them */
export function policyVersion(policy: unknown): string {
  const text = JSON.stringify(policy, (_, value: unknown) => {
    if (typeof value === 'function') return String(value);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
  return createHash('sha256').update(text).digest('base64url').slice(0, 11);
}
