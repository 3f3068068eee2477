/**
 * Who is calling: the first source that finds a credential of its own form decides, for good or ill (S2).
 *
 * Refuses whatever could be read in two ways before any source is asked (S15), and keeps credentials that a browser
 * attached by itself from counting where another site may have caused the request (S14).
 */
import { AuthFailure } from '../errors.ts';
import type { AuthRequest } from '../http.ts';
import { mayCountAmbient } from './ambient.ts';
import type { IdentifyContext, Identity, IdentitySource } from './identity.ts';

/**
 * @throws AuthFailure `no-credential`, `bad-credential`, `expired-credential` (401), `cross-site` (403) or
 *   `identity-provider-unavailable` (503)
 */
export async function identify(
  sources: readonly IdentitySource[],
  request: AuthRequest,
  context: IdentifyContext & { readonly allowedOrigins: ReadonlySet<string> },
): Promise<Identity> {
  if ((request.headers.get('authorization')?.length ?? 0) > 1) {
    throw new AuthFailure('bad-credential', 'two Authorization headers');
  }
  for (const source of sources) {
    if (!source.carriesCredential(request, context)) continue;
    if (source.ambient && !mayCountAmbient(request, context.allowedOrigins)) {
      throw new AuthFailure('cross-site', `a credential of source ${source.name} came with a foreign or opaque origin`);
    }
    const pending = source.verify(request, context);
    const verdict = pending instanceof Promise ? await pending : pending;
    if (verdict.kind === 'identified') return verdict.identity;
    if (verdict.kind === 'unavailable') {
      throw new AuthFailure('identity-provider-unavailable', `${source.name}: ${verdict.detail}`);
    }
    throw new AuthFailure(verdict.reason, `${source.name}: ${verdict.detail}`, {
      clearCookies: verdict.clearCookies ?? [],
    });
  }
  throw new AuthFailure('no-credential');
}
