/**
 * The source of callers whom the platform has verified already: an API Gateway authorizer, IAM, Netlify Identity. Decides
 * which of its claims is the caller and when its session ends; platform-claims.ts has how each platform spells a list.
 *
 * Reads `request.platform` alone. A header is never proof: whoever reaches the function without passing the gateway
 * could write it. Verify the token in the function itself (`oidc` and its presets) where you can, and wherever a claim
 * grants rights: an HTTP API shows a list and a text that looks like one in the same way.
 */
import type { ConfigProblem } from '../config-problem.ts';
import type { AuthRequest, PlatformVerifier } from '../http.ts';
import { isWellFormedText } from '../well-formed.ts';
import type { Identity, IdentityKind, IdentitySource, Verdict } from './identity.ts';
import { type ClaimShapes, type Claims, epochSeconds, readPlatformClaims } from './platform-claims.ts';

export interface PlatformIdentityOptions extends ClaimShapes {
  /** Who verified: a claim set of any other authorizer is none for this source. */
  readonly from: PlatformVerifier;
  /**
   * The claim that is the caller: unique among all callers and never given to another. Default `sub`, for `lambda`
   * `principalId`. For `iam` there is none: `userArn` of an assumed role ends with a session name that its user chose.
   */
  readonly subjectClaim?: string;
  /**
   * What claims must be, one of several if it is a list: `{ token_use: 'id', aud: '1example23' }`. A Cognito authorizer
   * lets in the tokens of every app of its user pool. Compared as the platform writes them, before lists and numbers
   * are read.
   */
  readonly requiredClaims?: Readonly<Record<string, string | readonly string[]>>;
  /**
   * Whether a browser may attach by itself what the authorizer looks at (S14). Default true for `lambda`, which may read
   * a cookie, and `netlify`; false for the others, which read a header that a page must write.
   */
  readonly ambient?: boolean;
  /** In the log and for S19. Default `platform`. */
  readonly name?: string;
  /** Put before every clientId of this source (S19). Default: none. */
  readonly clientIdPrefix?: string;
  /** Name of another source whose subjects are the same people (S19). */
  readonly sharesSubjectsWith?: string;
}

const VERIFIERS: readonly PlatformVerifier[] = ['jwt', 'lambda', 'cognito', 'iam', 'netlify'];

export function platformIdentity(options: PlatformIdentityOptions): IdentitySource {
  const { from, name = 'platform', clientIdPrefix, sharesSubjectsWith, requiredClaims = {} } = options;
  const subjectClaim = options.subjectClaim ?? (from === 'lambda' ? 'principalId' : 'sub');
  // Only an identity pool says so: it lets people in who have not signed in anywhere.
  const kinds: readonly IdentityKind[] = from === 'iam' ? ['user', 'guest'] : ['user'];
  return Object.freeze({
    name,
    ambient: options.ambient ?? (from === 'lambda' || from === 'netlify'),
    kinds,
    ...(clientIdPrefix !== undefined && { clientIdPrefix }),
    ...(sharesSubjectsWith !== undefined && { sharesSubjectsWith }),
    problems: optionProblems(options),
    carriesCredential: ({ platform }: AuthRequest) =>
      platform.verifiedBy === from && platform.verifiedClaims !== undefined,
    verify({ platform }, { nowMs }) {
      const written = platform.verifiedClaims ?? {};
      for (const [claim, wanted] of Object.entries(requiredClaims)) {
        const value = Object.hasOwn(written, claim) ? written[claim] : undefined;
        const allowed: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted];
        if (!allowed.includes(value)) return rejected(`its ${claim} is not the demanded one`);
      }
      const claims = readPlatformClaims(written, from, options);
      const subject = Object.hasOwn(claims, subjectClaim) ? claims[subjectClaim] : undefined;
      if (typeof subject !== 'string' || subject === '' || !isWellFormedText(subject)) {
        return rejected(`what the platform verified names no subject (${subjectClaim})`);
      }
      const exp = epochSeconds(written, 'exp');
      if (exp === 'unreadable') return rejected('its end (exp) cannot be read');
      // A gateway may answer from its authorizer's cache for as long as an hour.
      if (exp !== undefined && exp * 1000 <= nowMs) {
        return { kind: 'rejected', reason: 'expired-credential', detail: 'what the platform verified has expired' };
      }
      const kind = from === 'iam' && claims.unauthenticated === true ? 'guest' : 'user';
      return { kind: 'identified', identity: { kind, ...identityOf(name, subject, claims, written, exp) } };
    },
  } satisfies IdentitySource);
}

function identityOf(
  source: string,
  subject: string,
  claims: Claims,
  written: Claims,
  exp: number | undefined,
): Omit<Identity, 'kind'> {
  const authTime = epochSeconds(written, 'auth_time');
  const sessionId = Object.hasOwn(claims, 'sid') ? claims.sid : undefined;
  return {
    source,
    subject,
    claims: { ...claims, sub: subject },
    ...(typeof sessionId === 'string' && sessionId !== '' && { sessionId }),
    ...(typeof authTime === 'number' && { authenticatedAtMs: authTime * 1000 }),
    ...(exp !== undefined && { expiresAtMs: exp * 1000 }),
  };
}

function rejected(detail: string): Verdict {
  return { kind: 'rejected', reason: 'bad-credential', detail };
}

function optionProblems(options: PlatformIdentityOptions): readonly ConfigProblem[] {
  const { from, subjectClaim } = options;
  const problems: ConfigProblem[] = [];
  if (!VERIFIERS.includes(from)) {
    const fix = `Write one of ${VERIFIERS.join(', ')}`;
    problems.push({ setting: 'platformIdentity({ from })', problem: 'it is unknown', fix });
  }
  if (subjectClaim === '' || (from === 'iam' && subjectClaim === undefined)) {
    const fix = 'Name a claim that its user cannot choose: userId, or cognitoIdentityId behind an identity pool';
    problems.push({ setting: 'platformIdentity({ subjectClaim })', problem: 'there is none', fix });
  }
  for (const option of ['arrayClaims', 'numberClaims', 'booleanClaims'] as const) {
    const names = options[option];
    if (names === undefined || (Array.isArray(names) && names.every((name) => typeof name === 'string'))) continue;
    const setting = `platformIdentity({ ${option} })`;
    problems.push({ setting, problem: 'it is not a list of names', fix: "Write ['groups']" });
  }
  return problems;
}
