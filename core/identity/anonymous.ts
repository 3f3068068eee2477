/**
 * The source of those who show nothing. It exists only where the config lists it (S1), belongs last, and gives no
 * clientId: what an anonymous caller may do is still up to a rule that says `kind: 'anonymous'`.
 */
import type { IdentitySource } from './identity.ts';

export function anonymous(): IdentitySource {
  const identity = { source: 'anonymous', subject: '', kind: 'anonymous', claims: Object.freeze({}) } as const;
  const verdict = Object.freeze({ kind: 'identified', identity: Object.freeze(identity) } as const);
  return Object.freeze({
    name: 'anonymous',
    ambient: false,
    kinds: ['anonymous'],
    problems: [],
    carriesCredential: () => true,
    verify: () => verdict,
  } satisfies IdentitySource);
}
