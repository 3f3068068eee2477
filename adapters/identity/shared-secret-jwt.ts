/**
 * The source of callers with a JWT that your own backend signs under a secret which it shares with this function
 * (HS256), with rotation. Whoever has the secret can be anyone: where there is a choice, let the backend sign with a
 * private key and use `oidc` with a `jwksUrl`.
 */
import type { ConfigProblem } from '../../core/config-problem.ts';
import type { IdentitySource } from '../../core/identity/identity.ts';
import { parseApiKey } from '../../core/keys/parse-api-key.ts';
import { audienceProblems } from './oidc.ts';
import type { TokenRules } from './token-rules.ts';
import {
  audienceList,
  createTokenSource,
  isText,
  optionProblems,
  type TokenOptions,
  tokenRules,
} from './token-source.ts';

/** RFC 7518, 3.2: a key of the size of the hash or larger. */
const MIN_SECRET_BYTES = 32;

export interface SharedSecretOptions extends TokenOptions {
  /**
   * 32 bytes or more each, text as UTF-8: the current one and, while rotating, the one before it. A secret of its own:
   * never the Ably API key's, and never the one of our sessions.
   */
  readonly secrets: readonly (string | Uint8Array)[];
  /** Exactly as the tokens have it in `iss`. Default: not looked at, the secret says who signed. */
  readonly issuer?: string;
  /** One of these must be in the claim `aud`. Default: not looked at, which is for a secret that no other app has. */
  readonly audience?: string | readonly string[];
}

export function sharedSecretJwt(options: SharedSecretOptions): IdentitySource {
  return secretSource(options, 'sharedSecretJwt', {});
}

/** @param made the function that a deployer called */
export function secretSource(options: SharedSecretOptions, made: string, own: Partial<TokenRules>): IdentitySource {
  const { name = made, secrets, issuer, audience } = options;
  const rules = tokenRules(options, {
    algorithms: ['HS256'],
    issuers: issuer === undefined ? [] : [issuer],
    audiences: audience === undefined ? [] : audienceList(audience),
    ...own,
  });
  const keys = Array.isArray(secrets) ? secrets.filter(isSecret).map(bytesOf) : [];
  return createTokenSource({
    name,
    options,
    rules,
    problems: [...secretProblems(options, made), ...optionProblems(options, made)],
    loadVerifier: async () => {
      const { createSecretVerifier } = await import('./secret-verifier.ts');
      return createSecretVerifier(rules, name, keys);
    },
  });
}

/** Says nothing of a secret but that it is unfit (S10). */
function secretProblems({ secrets, issuer, audience }: SharedSecretOptions, made: string): readonly ConfigProblem[] {
  const setting = `${made}({ secrets })`;
  const fix = `Give one random value of ${MIN_SECRET_BYTES} bytes or more; while rotating, the new one and the old one`;
  const problems: ConfigProblem[] = [];
  if (!Array.isArray(secrets) || secrets.length < 1 || secrets.length > 2) {
    problems.push({ setting, problem: 'there is not one secret, nor two', fix });
  } else if (!secrets.every((secret) => isSecret(secret) && bytesOf(secret).length >= MIN_SECRET_BYTES)) {
    problems.push({ setting, problem: `a secret is shorter than ${MIN_SECRET_BYTES} bytes`, fix });
  } else if (secrets.some((secret) => typeof secret === 'string' && parseApiKey(secret).ok)) {
    problems.push({ setting, problem: 'a secret is an Ably API key: what Ably accepts must not sign callers in', fix });
  }
  if (issuer !== undefined && !isText(issuer)) {
    problems.push({ setting: `${made}({ issuer })`, problem: 'it is empty', fix: 'Leave it out, or write the `iss`' });
  }
  return audience === undefined ? problems : [...problems, ...audienceProblems(audience, made)];
}

function isSecret(secret: unknown): secret is string | Uint8Array {
  return typeof secret === 'string' || secret instanceof Uint8Array;
}

function bytesOf(secret: string | Uint8Array): Uint8Array {
  return typeof secret === 'string' ? Buffer.from(secret, 'utf8') : secret;
}
