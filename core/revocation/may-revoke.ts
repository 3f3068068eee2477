/**
 * Whose access a caller may revoke: whatever the rules that cover the caller say, and never by a credential that another
 * site may have had the browser attach. Anonymous callers are covered by no rule that says it (compile-policy.ts).
 */
import { AuthFailure } from '../errors.ts';
import type { AuthRequest } from '../http.ts';
import { mayWriteAmbient } from '../identity/ambient.ts';
import type { Identity, IdentitySource } from '../identity/identity.ts';
import { keepReserved, reservedPrefixes } from '../identity/reserved-prefix.ts';
import type { Policy } from '../policy/compile-policy.ts';
import { decide } from '../policy/decide.ts';
import { evaluate } from '../policy/evaluate.ts';
import { type Answers, lookUp } from '../policy/look-up.ts';
import type { MayRevoke } from '../policy/rule.ts';

/**
 * S14 as for writing: who sends neither Origin nor Sec-Fetch-Site may be a browser that is too old to say, and a request
 * that nobody meant would cut somebody off.
 *
 * @throws AuthFailure `cross-site` (403)
 */
export function requireDeliberate(
  sources: readonly IdentitySource[],
  identity: Identity,
  request: AuthRequest,
  allowedOrigins: ReadonlySet<string>,
): void {
  const source = sources.find(({ name }) => name === identity.source);
  const ambient = typeof source?.ambient === 'function' ? source.ambient(request) : (source?.ambient ?? true);
  if (!ambient || mayWriteAmbient(request, allowedOrigins)) return;
  throw new AuthFailure('cross-site', 'revoking by cookie needs an allowed Origin, or Sec-Fetch-Site: same-origin');
}

export interface Permission {
  readonly whom: MayRevoke;
  /** What the caller is called at Ably; `undefined` when that is nothing that could be revoked. */
  readonly clientId: string | undefined;
}

/** @throws AuthFailure `may-not-revoke` (403), `policy-unavailable` (503) */
export async function permissionOf(
  policy: Policy,
  sources: readonly IdentitySource[],
  identity: Identity,
): Promise<Permission> {
  const answers = await lookUp(policy, identity);
  const allowed = evaluate(policy, identity, answers).matched.map(({ mayRevoke }) => mayRevoke);
  const whom = allowed.includes('anyone') ? 'anyone' : allowed.includes('self') ? 'self' : undefined;
  if (whom === undefined || identity.kind === 'anonymous') throw new AuthFailure('may-not-revoke');
  return { whom, clientId: ownClientId(policy, sources, identity, answers) };
}

function ownClientId(
  policy: Policy,
  sources: readonly IdentitySource[],
  identity: Identity,
  answers: Answers,
): string | undefined {
  const prefix = sources.find(({ name }) => name === identity.source)?.clientIdPrefix ?? '';
  try {
    const { clientId } = decide(policy, identity, prefix, {}, answers);
    keepReserved(reservedPrefixes(sources), clientId, identity.source);
    // A wildcard is no name: tokens that say it are bound to whatever they chose, or to nothing.
    return clientId === '*' ? undefined : clientId;
  } catch (error) {
    // Whoever is granted nothing has no token, nor has who would be called like a guest.
    if (error instanceof AuthFailure) return undefined;
    throw error;
  }
}
