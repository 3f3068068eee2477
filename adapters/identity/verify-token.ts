/**
 * From the text of a token to who is calling: what it says, whether that would do, whether a trusted key signed it.
 *
 * Nothing is accepted before all three hold. The claims are looked at before the signature because that can only refuse:
 * a token that has expired then asks for no keys, and is 401 even while the provider is out of reach.
 */
import type { Verdict } from '../../core/identity/identity.ts';
import { checkClaims } from './check-claims.ts';
import { type DecodedToken, decodeToken } from './decode-token.ts';
import { type JwtLibrary, loadJwtLibrary } from './jwt-library.ts';
import type { FoundKeys } from './key-set.ts';
import type { TokenRules } from './token-rules.ts';

/** Loaded on first use; see jwt-library.ts. */
export type VerifyToken = (token: string, nowMs: number) => Promise<Verdict>;

/** Keys as the library takes them, each for exactly one algorithm. */
export type VerifyKey = Awaited<ReturnType<JwtLibrary['importJWK']>>;

export type Candidates =
  | { readonly kind: 'keys'; readonly keys: readonly VerifyKey[] }
  | Exclude<FoundKeys, { kind: 'keys' }>;

export type FindCandidates = (token: DecodedToken, library: JwtLibrary, nowMs: number) => Promise<Candidates>;

/** @param source the name that the Identity carries */
export function createTokenVerifier(rules: TokenRules, source: string, findCandidates: FindCandidates): VerifyToken {
  return async (text, nowMs) => {
    const token = decodeToken(text, rules.padded);
    if ('problem' in token) return rejected(token.problem);
    if (!rules.algorithms.some((allowed) => allowed === token.alg)) return rejected('the algorithm is not allowed');
    const verdict = checkClaims(token, rules, source, nowMs);
    if (!verdict.ok) return { kind: 'rejected', reason: verdict.reason, detail: verdict.detail };

    const library = await loadJwtLibrary();
    const found = await findCandidates(token, library, nowMs);
    if (found.kind === 'unavailable') return found;
    if (found.kind === 'unknown') return rejected('no key of the issuer has this kid and algorithm');
    for (const key of found.keys) {
      if (await isSignedBy(text, token.alg, key, library)) return { kind: 'identified', identity: verdict.identity };
    }
    return rejected('the signature does not verify');
  };
}

/** The algorithm is handed over once more, so that the library holds the token to it as well. */
async function isSignedBy(text: string, alg: string, key: VerifyKey, { compactVerify }: JwtLibrary): Promise<boolean> {
  try {
    await compactVerify(text, key, { algorithms: [alg] });
    return true;
  } catch {
    // A wrong signature, or a key that is too weak for its algorithm. Its text may hold parts of the token (S10).
    return false;
  }
}

function rejected(detail: string): Verdict {
  return { kind: 'rejected', reason: 'bad-credential', detail };
}
