/**
 * Providers whose tokens are signed under a secret that you can have (HS256): Supabase projects from before the signing
 * keys, and Netlify Identity where its instance is your own. Who has the secret can be anyone; keep it as you keep a key.
 */
import type { IdentitySource } from '../../core/identity/identity.ts';
import { isAnonymousAtSupabase } from './presets.ts';
import { type SharedSecretOptions, secretSource } from './shared-secret-jwt.ts';

type SecretPresetOptions = Omit<SharedSecretOptions, 'issuer' | 'audience' | 'audienceClaim' | 'subjectClaim'>;

/**
 * Supabase's legacy JWT secret. `project` is the host: `<ref>.supabase.co`. The keys `anon` and `service_role`, which are
 * signed under the same secret, are nobody: they have no `sub` and another issuer.
 * https://supabase.com/docs/guides/auth/jwt-fields
 */
export function supabaseSecret(options: SecretPresetOptions & { readonly project: string }): IdentitySource {
  const issuer = `https://${options.project}/auth/v1`;
  const known = { name: 'supabase', ...options, issuer, audience: 'authenticated' };
  return secretSource(known, 'supabaseSecret', { sessionClaim: 'session_id', isGuest: isAnonymousAtSupabase });
}

/**
 * Netlify Identity (GoTrue), from the Authorization header or with `from: { cookie: 'nf_jwt' }`. Its tokens name no
 * issuer and no audience: the secret says both. Netlify keeps the secrets of the instances that it hosts to itself; the
 * tokens of those are checked by asking `/.netlify/identity/user`.
 * https://docs.netlify.com/functions/functions-and-identity/
 */
export function netlifyIdentity(options: SecretPresetOptions): IdentitySource {
  return secretSource(options, 'netlifyIdentity', {});
}
