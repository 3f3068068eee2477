/**
 * Why a caller gets what it gets: the real decision, step by step, by the very functions that the endpoint calls
 * (look-up, evaluate, conclude, the reserved names, settle, issue), so that an explanation can never say something else than a request.
 *
 * For the person who wrote the policy, on a machine of theirs: unlike an event it holds claim values. Sends nothing,
 * changes nothing; functions of the policy are really called.
 */

import type { AuthConfig, AuthDefinition } from '../config.ts';
import type { Identity, IdentitySource } from '../identity/identity.ts';
import { furtherFormatsOf } from '../load-further-formats.ts';
import { resolveConfig } from '../resolve-config.ts';
import type { Environment } from '../settings.ts';
import { evaluate, type LeftOut } from './evaluate.ts';
import { type ExplainedAnswer, explainAnswer, type Question } from './explain-answer.ts';
import { type ExplainedOutcome, standInForAbly, tryDecision } from './explain-outcome.ts';
import { type ExplainedRule, explainRules } from './explain-rules.ts';
import type { Wishes } from './wishes.ts';

/**
 * An identity, as far as it matters. Left out: `claims` are none, `subject` is the claim `sub`, `kind` is `user` with a
 * subject and `anonymous` without, `source` is the first that yields this kind.
 */
export type ExplainedCaller = Partial<Identity>;

export interface ExplainOptions {
  /** "May they *publish* on *room:7*?" */
  readonly question?: Question;
  /** What the client asks for. Default: nothing in particular. */
  readonly wishes?: Wishes;
  /** Default: empty. */
  readonly env?: Environment;
  /** Milliseconds since the epoch. Default: now. */
  readonly nowMs?: number;
}

export interface Explanation {
  readonly identity: Pick<Identity, 'source' | 'subject' | 'kind'>;
  /** Every rule of the policy, in its order; none when it is misconfigured. */
  readonly rules: readonly ExplainedRule[];
  /** Claims that the config, and no rule of its own, wants in a JWT, and that this one has not. */
  readonly leftOut?: readonly LeftOut[];
  readonly outcome: ExplainedOutcome;
  readonly answer?: ExplainedAnswer;
}

/** Never rejects for what a policy, a function of it or a caller is like; that is in the explanation. */
export async function explainPolicy(
  config: AuthConfig | AuthDefinition,
  caller: ExplainedCaller,
  options: ExplainOptions = {},
): Promise<Explanation> {
  const { wishes = {}, env = {}, nowMs = Date.now(), question } = options;
  let rules: AuthConfig['rules'] = [];
  const definition = asDefinition(config);
  const build = (from: Environment): AuthConfig => {
    const written = definition.build(from);
    rules = written?.rules ?? [];
    return written;
  };
  const isOne = typeof definition?.build === 'function';
  const resolution = resolveConfig(isOne ? { ...definition, build } : definition, env);
  const identity = completeCaller(caller, resolution.ok ? resolution.auth.sources : []);
  const { source, subject, kind } = identity;
  const about = { identity: { source, subject, kind } };
  const ably = standInForAbly(nowMs);
  const further = resolution.auth && furtherFormatsOf(resolution.auth, { env, ably, nowMs: () => nowMs });
  const furtherFormats = await further?.();
  const problems = [...(resolution.ok ? [] : resolution.problems), ...(furtherFormats?.problems ?? [])];
  if (!resolution.ok || problems.length > 0) {
    return { ...about, rules: [], outcome: { kind: 'misconfigured', problems } };
  }
  const { auth } = resolution;
  const tried = await tryDecision(auth, identity, wishes, furtherFormats, nowMs);
  const evaluated = evaluate(auth.policy, identity, tried.answers);
  const evaluation = { ...evaluated, leftOut: [...evaluated.leftOut, ...tried.leftOut] };
  const ofConfig = tried.leftOut.filter(({ rule }) => !evaluated.matchedRules.includes(rule));
  return {
    ...about,
    rules: explainRules(rules, auth.policy, evaluation, identity, tried.answers),
    ...(ofConfig.length > 0 && { leftOut: ofConfig }),
    outcome: tried.outcome,
    ...(question && {
      answer: explainAnswer(question, evaluation, identity, { ...tried, requestable: auth.grants?.entries ?? [] }),
    }),
  };
}

/** What is neither is left as it is, for `resolveConfig` to say so. */
function asDefinition(config: AuthConfig | AuthDefinition): AuthDefinition {
  const isBare = typeof config === 'object' && config !== null && !('build' in config);
  return isBare ? { build: () => config } : (config as AuthDefinition);
}

/** What was left out, filled in. */
export function completeCaller(caller: ExplainedCaller, sources: readonly IdentitySource[]): Identity {
  const { claims = {}, sessionId, authenticatedAtMs, expiresAtMs } = caller;
  const sub = Object.hasOwn(claims, 'sub') ? claims.sub : undefined;
  const subject = caller.subject ?? (typeof sub === 'string' || Number.isSafeInteger(sub) ? String(sub) : '');
  const kind = caller.kind ?? (subject === '' ? 'anonymous' : 'user');
  return {
    source: caller.source ?? sources.find(({ kinds }) => kinds.includes(kind))?.name ?? kind,
    ...{ subject, kind, claims },
    ...(sessionId !== undefined && { sessionId }),
    ...(authenticatedAtMs !== undefined && { authenticatedAtMs }),
    ...(expiresAtMs !== undefined && { expiresAtMs }),
  };
}
