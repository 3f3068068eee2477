/**
 * The source of callers with a token of an OpenID Connect provider, or of any issuer that signs JWTs with a private key
 * and publishes the public one: ID tokens and JWT access tokens.
 *
 * Decides what is trusted: the issuer, the audience, the algorithms and the address of the keys come from here and never
 * from a token (S17). Presets for known providers are in presets.ts. Docs: https://openid.net/specs/openid-connect-core-1_0.html
 */
import type { ConfigProblem } from '../../core/config-problem.ts';
import type { IdentitySource } from '../../core/identity/identity.ts';
import { ADDRESS_BOOK, type AddressBook, isSafeAddress } from './safe-address.ts';
import { ASYMMETRIC_ALGORITHMS, type AsymmetricAlgorithm } from './token-rules.ts';
import {
  audienceList,
  createTokenSource,
  isText,
  optionProblems,
  type TokenOptions,
  tokenRules,
} from './token-source.ts';

export interface OidcOptions extends TokenOptions {
  /** Exactly as the tokens have it in `iss`: an https address; http only on this machine, for development. */
  readonly issuer: string;
  /** Whom the tokens must be for: a client id in ID tokens, the API's identifier in access tokens. One of several. */
  readonly audience: string | readonly string[];
  /** Where its keys are. Default: what `<issuer>/.well-known/openid-configuration` says. */
  readonly jwksUrl?: string;
  /** Default: RS256, ES256, ES384, ES512 and EdDSA, which is one for each kind of key. */
  readonly algorithms?: readonly AsymmetricAlgorithm[];
  readonly [ADDRESS_BOOK]?: AddressBook;
}

const DEFAULT_ALGORITHMS: readonly AsymmetricAlgorithm[] = ['RS256', 'ES256', 'ES384', 'ES512', 'EdDSA'];

export function oidc(options: OidcOptions): IdentitySource {
  const { name = 'oidc', issuer, audience, jwksUrl, algorithms = DEFAULT_ALGORITHMS } = options;
  const rules = tokenRules(options, { algorithms, issuers: [issuer], audiences: audienceList(audience) });
  return createTokenSource({
    name,
    options,
    rules,
    problems: [...oidcProblems(options), ...optionProblems(options, 'oidc')],
    loadVerifier: async () => {
      const { createIssuerVerifier } = await import('./issuer-verifier.ts');
      const trusted = [{ issuer, ...(jwksUrl !== undefined && { jwksUrl }) }];
      return createIssuerVerifier(rules, name, trusted, options[ADDRESS_BOOK]);
    },
  });
}

function oidcProblems({ issuer, audience, jwksUrl, algorithms }: OidcOptions): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (!isText(issuer) || !isSafeAddress(issuer) || issuer.includes('?')) {
    const fix = 'Write it as the provider’s discovery document has it: https://id.example';
    problems.push({ setting: 'oidc({ issuer })', problem: 'it is not the https address of an issuer', fix });
  }
  problems.push(...audienceProblems(audience, 'oidc'));
  if (jwksUrl !== undefined && !isSafeAddress(jwksUrl)) {
    const fix = 'Write the whole address, or leave it out to have it discovered';
    problems.push({ setting: 'oidc({ jwksUrl })', problem: 'it is not an https address', fix });
  }
  const known: readonly string[] = ASYMMETRIC_ALGORITHMS;
  if (algorithms && (algorithms.length === 0 || !algorithms.every((alg) => known.includes(alg)))) {
    const problem = 'it has none, or one that no public key verifies';
    problems.push({ setting: 'oidc({ algorithms })', problem, fix: `Name some of ${known.join(', ')}` });
  }
  return problems;
}

/** Without an audience, a token that any other app of the same provider was given would do here as well. */
export function audienceProblems(audience: unknown, made: string): readonly ConfigProblem[] {
  const list: readonly unknown[] = Array.isArray(audience) ? audience : [audience];
  if (list.length > 0 && list.every(isText)) return [];
  const problem = 'it does not say whom the tokens are for';
  return [{ setting: `${made}({ audience })`, problem, fix: 'Write the client id or API identifier of your app' }];
}
