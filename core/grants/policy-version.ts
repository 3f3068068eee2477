/**
 * The name of the policy under which a grant was approved. Unless the config names it, a hash of what is written there, so
 * that a deploy that changes it has everything that is remembered checked again, once.
 */
import { policyVersion } from '../policy/policy-version.ts';
import type { ResolvedGrants } from './grants-choice.ts';

const VERSIONS = new WeakMap<ResolvedGrants, string>();

/** Eleven characters. */
export function policyVersionOf(grants: ResolvedGrants): string {
  let version = VERSIONS.get(grants);
  if (version === undefined) {
    version = policyVersion(grants.policyVersion);
    VERSIONS.set(grants, version);
  }
  return version;
}
