/**
 * What all sources of tokens have in common: their options, what can be wrong with these, and the IdentitySource around
 * a verifier. The verifier itself, and with it the JWT library and the network code, is loaded by the first token.
 */
import type { ConfigProblem } from '../../core/config-problem.ts';
import type { IdentityKind, IdentitySource } from '../../core/identity/identity.ts';
import { createTokenReader, placeProblems, type TokenPlace } from './token-place.ts';
import type { ClaimValue, DemandedClaims, TokenRules } from './token-rules.ts';
import type { VerifyToken } from './verify-token.ts';

export interface TokenOptions {
  /** Of the source, in the log and for S19. Each source needs its own. Default: the function's name. */
  readonly name?: string;
  /** Where the token is. Default `authorization`: the header of that name with the scheme Bearer. */
  readonly from?: TokenPlace;
  /** The claim that is the caller. Unique among all callers of this source, and never given to another. Default `sub`. */
  readonly subjectClaim?: string;
  /** The claim that says whom the token is for. Default `aud`. */
  readonly audienceClaim?: string;
  /** Names of claims that must be there, or claims with what they must be: `{ email_verified: true }`. */
  readonly requiredClaims?: readonly string[] | DemandedClaims;
  /** How far the issuer's clock may be ahead of ours, in whole seconds, 0 to 300. Default 30. Never prolongs a token. */
  readonly clockToleranceSeconds?: number;
  /**
   * Whether the caller's session ends with the token. Default true. With false, for tokens of a minute or two that an
   * SDK keeps renewing, a session lasts `assumedSessionSeconds` from each request.
   */
  readonly sessionEndsWithToken?: boolean;
  /** Put before every clientId of this source (S19). Default: none. */
  readonly clientIdPrefix?: string;
  /** Name of another source whose subjects are the same people (S19). */
  readonly sharesSubjectsWith?: string;
}

/** What the rules need that not every kind of token source has. */
export type OwnRules = Pick<TokenRules, 'algorithms' | 'issuers' | 'audiences'> & Partial<TokenRules>;

export function tokenRules(options: TokenOptions, own: OwnRules): TokenRules {
  const { requiredClaims = [], audienceClaim = 'aud' } = options;
  return {
    audienceClaim: () => audienceClaim,
    subjectClaim: options.subjectClaim ?? 'sub',
    sessionClaim: 'sid',
    toleranceSeconds: options.clockToleranceSeconds ?? 30,
    sessionEndsWithToken: options.sessionEndsWithToken ?? true,
    ...own,
    present: [...(own.present ?? []), ...(isList(requiredClaims) ? requiredClaims : [])],
    // What a preset demands, a deployer does not take back.
    demanded: { ...(isList(requiredClaims) ? {} : requiredClaims), ...own.demanded },
  };
}

export interface TokenSourceParts {
  readonly name: string;
  readonly options: TokenOptions;
  readonly rules: TokenRules;
  readonly problems: readonly ConfigProblem[];
  readonly loadVerifier: () => Promise<VerifyToken>;
  /** For headers that a proxy writes after looking at a cookie. Default: what the place says. */
  readonly ambient?: boolean;
}

export function createTokenSource({ name, options, rules, ...parts }: TokenSourceParts): IdentitySource {
  const { from = 'authorization', clientIdPrefix, sharesSubjectsWith } = options;
  const reader = createTokenReader(from);
  const kinds: readonly IdentityKind[] = rules.isGuest ? ['user', 'guest'] : ['user'];
  let verifier: VerifyToken | undefined;
  return Object.freeze({
    name,
    ambient: parts.ambient ?? reader.ambient,
    kinds,
    ...(clientIdPrefix !== undefined && { clientIdPrefix }),
    ...(sharesSubjectsWith !== undefined && { sharesSubjectsWith }),
    problems: parts.problems,
    carriesCredential: reader.isThere,
    async verify(request, { nowMs }) {
      const found = reader.read(request);
      if ('problem' in found) return { kind: 'rejected', reason: 'bad-credential', detail: found.problem };
      if (verifier === undefined) {
        const loaded = await parts.loadVerifier();
        // Two first tokens may have waited side by side; their keys belong into one cache.
        verifier ??= loaded;
      }
      return verifier(found.token, nowMs);
    },
  } satisfies IdentitySource);
}

/** @param made how the source was made: `oidc` is named as `oidc({ from })` */
export function optionProblems(options: TokenOptions, made: string): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [...placeProblems(options.from ?? 'authorization', `${made}({ from })`)];
  const { clockToleranceSeconds: tolerance = 0, requiredClaims = [] } = options;
  if (!Number.isSafeInteger(tolerance) || tolerance < 0 || tolerance > 300) {
    const problem = 'it is no whole number of seconds from 0 to 300';
    problems.push({ setting: `${made}({ clockToleranceSeconds })`, problem, fix: 'Leave it out for 30' });
  }
  for (const name of ['name', 'subjectClaim', 'audienceClaim'] as const) {
    if (options[name] === undefined || isText(options[name])) continue;
    problems.push({ setting: `${made}({ ${name} })`, problem: 'it is empty or no text', fix: 'Leave it out' });
  }
  const values: readonly unknown[] = isList(requiredClaims) ? requiredClaims : Object.values(requiredClaims).flat();
  if (!values.every((value) => isClaimValue(value)) || (isList(requiredClaims) && !values.every(isText))) {
    const fix = "Write ['email'] or { email_verified: true }";
    problems.push({ setting: `${made}({ requiredClaims })`, problem: 'it cannot be read', fix });
  }
  return problems;
}

/** One value or a list of them, as the options have it; an empty text is none. */
export function audienceList(audience: unknown): readonly string[] {
  return (isList(audience) ? audience : [audience]).filter(isText);
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function isClaimValue(value: unknown): value is ClaimValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** `Array.isArray` for lists that are readonly. */
function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value);
}
