/**
 * Everything about credentials that a TokenRequest or a plain JWT is not: what only some configs use, read by their
 * first request and by nobody else's. Checks what the config says of it, chooses where the config says `auto`, and
 * never drops silently what a rule wants in a JWT.
 */
import type { TokenDetails } from 'ably';
import type { AblyApi } from './ably.ts';
import type { ConfigProblem } from './config-problem.ts';
import { AuthFailure } from './errors.ts';
import { formatProblems, formatsOfRules } from './format-problems.ts';
import type { Identity } from './identity/identity.ts';
import type { ApiKey } from './keys/api-key.ts';
import { MAX_JWT_BYTES, MAX_TOKEN_JSON_BYTES } from './limits.ts';
import { type CompiledExtras, compileExtras } from './policy/compile-extras.ts';
import type { CompiledRule } from './policy/compile-policy.ts';
import type { Decision } from './policy/decide.ts';
import { type CompiledEmbedding, compileEmbedding } from './policy/embedded-options.ts';
import { fillExtras, type NamedExtras } from './policy/fill-extras.ts';
import { type SettleDefaults, type Settled, settle } from './policy/settle.ts';
import type { Wishes } from './policy/wishes.ts';
import type { ResolvedAuth } from './resolve-config.ts';
import type { Environment } from './settings.ts';
import { embed } from './token/embedded-jwt.ts';
import { exchangeForToken } from './token/exchange.ts';
import { type Issued, issueCredential, within } from './token/issue.ts';
import type { IssuedFormat, SettledParams } from './token/settled-params.ts';
import { signAblyJwt } from './token/sign-ably-jwt.ts';

/** One request, as far as it has come. */
export interface IssueMoment {
  readonly apiKey: ApiKey;
  readonly identity: Identity;
  readonly wishes: Wishes;
  readonly decision: Decision;
  /** `auto` still counts as a JWT. */
  readonly settled: Settled;
  readonly defaults: SettleDefaults;
  /** By our own clock; the session of the caller is measured by it. */
  readonly nowMs: number;
  /** How far Ably's clock is ahead of it: what is signed is dated by that one. */
  readonly aheadMs: number;
}

export interface FurtherFormats {
  /** With any, nothing must be issued. */
  readonly problems: readonly ConfigProblem[];
  issue(moment: IssueMoment): Promise<Issued>;
}

export interface FurtherParts {
  readonly env: Environment;
  readonly ably: Pick<AblyApi, 'requestToken'> | undefined;
  readonly nowMs: () => number;
}

export function prepareFurtherFormats(auth: ResolvedAuth, { env, ably, nowMs: clock }: FurtherParts): FurtherFormats {
  const problems: ConfigProblem[] = [];
  const { policy, shadow, written } = auth;
  const byRule = new Map<CompiledRule, CompiledExtras>();
  for (const { rules, setting } of [policy, ...(shadow ? [shadow] : [])]) {
    for (const [index, rule] of rules.entries()) {
      if (rule.jwt) byRule.set(rule, compileExtras(rule.jwt, `${setting}[${index}].jwt`, problems));
    }
  }
  const ofConfig = written.jwt === undefined ? undefined : compileExtras(written.jwt, 'jwt', problems);
  const formats = formatsOfRules(auth, env);
  const isEmbedded = formats.some(({ format }) => format === 'embedded-jwt');
  const embedding = isEmbedded ? compileEmbedding(written.embeddedJwt ?? {}, env, problems) : undefined;
  problems.push(...formatProblems(formats, written, { hasAbly: ably !== undefined }));

  const wantedBy = (matched: readonly CompiledRule[]): readonly NamedExtras[] => [
    ...matched.flatMap((rule) => {
      const extras = byRule.get(rule);
      return extras ? [{ rule: rule.name, extras }] : [];
    }),
    ...(ofConfig ? [{ rule: 'jwt', extras: ofConfig }] : []),
  ];
  const exchange = async ({ apiKey, aheadMs }: IssueMoment, params: SettledParams): Promise<TokenDetails> => {
    if (!ably) throw new AuthFailure('misconfigured', 'Ably cannot be called from here');
    return exchangeForToken(apiKey, params, ably, () => clock() + aheadMs);
  };

  async function credentialOf(
    format: IssuedFormat,
    params: SettledParams,
    moment: IssueMoment,
  ): Promise<Omit<Issued, 'params'>> {
    const { apiKey, identity } = moment;
    const signedMs = moment.nowMs + moment.aheadMs;
    if (format === 'token-request' || format === 'jwt') {
      return { credential: issueCredential(apiKey, format, params, signedMs), leftOut: [] };
    }
    if (format === 'ably-token') {
      const body = within(MAX_TOKEN_JSON_BYTES, JSON.stringify(await exchange(moment, params)));
      return { credential: { format, mediaType: 'application/json', body }, leftOut: [], byAbly: true };
    }
    if (!embedding) throw new AuthFailure('misconfigured', 'embeddedJwt');
    const { token, expiresMs } = await innerOf(embedding, moment, params);
    const { extras, leftOut } = fillExtras([{ rule: 'embeddedJwt', extras: embedding.claims }], identity);
    const sub = identity.kind === 'anonymous' ? {} : { sub: identity.subject };
    const claims = { ...sub, ...embedding.fixed, ...Object.fromEntries(extras) };
    const body = within(MAX_JWT_BYTES, embed({ token, expiresMs }, embedding.outer, claims, signedMs));
    const credential = { format, mediaType: 'application/jwt', body } as const;
    return { credential, leftOut, ...(embedding.carries === 'ably-token' && { byAbly: true }) };
  }

  async function innerOf({ carries }: CompiledEmbedding, moment: IssueMoment, params: SettledParams) {
    if (carries === 'jwt') {
      const signedMs = moment.nowMs + moment.aheadMs;
      const iat = Math.floor(signedMs / 1000);
      return { token: signAblyJwt(moment.apiKey, params, signedMs), expiresMs: iat * 1000 + params.ttlMs };
    }
    const { token, expires } = await exchange(moment, params);
    return { token, expiresMs: expires };
  }

  return {
    problems,
    async issue(moment) {
      if (problems.length > 0) throw new AuthFailure('misconfigured');
      const { apiKey, identity, wishes, decision, settled, defaults, nowMs } = moment;
      const signedMs = nowMs + moment.aheadMs;
      const { format } = settled;
      const { matched } = decision.evaluation;
      const wanted = wantedBy(matched);
      const asJwt =
        format === 'jwt' || format === 'auto' || (format === 'embedded-jwt' && embedding?.carries === 'jwt');
      if (wanted.length > 0 && !asJwt) {
        const names = wanted.map(({ rule }) => rule).join(', ');
        throw new AuthFailure('misconfigured', `${format} cannot carry what ${names} wants in a JWT`);
      }
      const { extras, leftOut } = fillExtras(wanted, identity);
      const params = extras.size > 0 ? { ...settled.params, extras } : settled.params;
      if (format !== 'auto') {
        const issued = await credentialOf(format, params, moment);
        return { ...issued, params, leftOut: [...leftOut, ...issued.leftOut] };
      }

      const confidential = matched.find((rule) => rule.confidential);
      const mustBeJwt = wanted.length > 0 || (defaults.revocable && !written.acceptTwoMinuteWindow);
      if (confidential && mustBeJwt) {
        const why = `${confidential.name} is confidential, and this caller's credential can only be a JWT`;
        throw new AuthFailure('misconfigured', why);
      }
      if (!confidential) {
        try {
          return { credential: issueCredential(apiKey, 'jwt', params, signedMs), params, leftOut, auto: 'fits' };
        } catch (error) {
          if (mustBeJwt || !(error instanceof AuthFailure && error.reason === 'credential-too-large')) throw error;
        }
      }
      const later = settle(decision, identity, wishes, apiKey.name, defaults, nowMs, 'token-request');
      const credential = issueCredential(apiKey, 'token-request', later.params, signedMs);
      return { credential, params: later.params, leftOut, auto: confidential ? 'confidential' : 'too-large' };
    },
  };
}
