/**
 * The name of the policy under which a grant was approved. Unless the config names it, a hash of what is written there, so
 * that a deploy that changes it has everything that is remembered checked again, once.
 */
import { createHash } from 'node:crypto';
import type { ResolvedGrants } from './grants-choice.ts';

const VERSIONS = new WeakMap<ResolvedGrants, string>();

/** Eleven characters. */
export function policyVersionOf(grants: ResolvedGrants): string {
  let version = VERSIONS.get(grants);
  if (version === undefined) {
    const text = JSON.stringify(grants.policyVersion, (_, value: unknown) =>
      typeof value === 'function' ? String(value) : value,
    );
    version = createHash('sha256').update(text).digest('base64url').slice(0, 11);
    VERSIONS.set(grants, version);
  }
  return version;
}
