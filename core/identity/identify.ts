/**
 * Who is calling: the first source that finds a credential of its own form decides, for good or ill (S2).
 *
 * Refuses whatever could be read in two ways before any source is asked (S15), and keeps credentials that a browser
 * attached by itself from counting where another site may have caused the request (S14).
 */
import { AuthFailure } from '../errors.ts';
import type { AuthRequest } from '../http.ts';
import { mayCountAmbient, mayWriteAmbient } from './ambient.ts';
import type { Identified, IdentifyContext, Identity, IdentitySource } from './identity.ts';

const NO_ORIGINS: ReadonlySet<string> = new Set();

/**
 * @throws AuthFailure `no-credential`, `bad-credential` or `expired-credential` (401), `cross-site` or
 *   `unfit-client-id` (403), `identity-provider-unavailable` (503)
 */
export async function identify(
  sources: readonly IdentitySource[],
  request: AuthRequest,
  context: IdentifyContext,
): Promise<Identified> {
  if (hasTwoAuthorizations(request)) throw new AuthFailure('bad-credential', 'two Authorization headers');
  const { allowedOrigins = NO_ORIGINS } = context;
  for (const source of sources) {
    if (!source.carriesCredential(request, context)) continue;
    const ambient = typeof source.ambient === 'function' ? source.ambient(request) : source.ambient;
    if (ambient && !mayCountAmbient(request, allowedOrigins)) {
      throw new AuthFailure('cross-site', `a credential of source ${source.name} came with a foreign or opaque origin`);
    }
    const pending = source.verify(request, context);
    const verdict = pending instanceof Promise ? await pending : pending;
    if (verdict.kind === 'nobody') continue;
    if (verdict.kind === 'identified') {
      checkOwn(verdict.identity, source);
      return verdict.remember?.cookies && !mayWriteAmbient(request, allowedOrigins) ? withoutCookies(verdict) : verdict;
    }
    if (verdict.kind === 'unavailable') {
      throw new AuthFailure('identity-provider-unavailable', `${source.name}: ${verdict.detail}`);
    }
    throw new AuthFailure(verdict.reason, `${source.name}: ${verdict.detail}`, {
      clearCookies: verdict.clearCookies ?? [],
    });
  }
  throw new AuthFailure('no-credential');
}

/** API Gateway and `Headers` join a header that came twice by a comma, and no bearer token contains one (RFC 6750). */
function hasTwoAuthorizations({ headers }: AuthRequest): boolean {
  const [value = '', ...more] = headers.get('authorization') ?? [];
  return more.length > 0 || /,\s*bearer\s/i.test(value);
}

/**
 * A source of one's own may be wrong about itself. Under another source's name an identity would get that one's prefix,
 * and without a subject everybody would be the same person (S19).
 */
function checkOwn(identity: Identity, source: IdentitySource): void {
  if (identity.source !== source.name || !source.kinds.includes(identity.kind)) {
    throw new TypeError('An identity source vouches for an identity that is not of its own name and kinds');
  }
  if (identity.kind !== 'anonymous' && (typeof identity.subject !== 'string' || identity.subject === '')) {
    throw new AuthFailure('unfit-client-id', `${source.name}: the identity has no subject`);
  }
}

/** Whatever a source says is to be remembered: where no browser says whose page asked, nothing is left there (S14). */
function withoutCookies({ remember, ...identified }: Identified): Identified {
  return { ...identified, ...(remember?.headers && { remember: { headers: remember.headers } }) };
}
