/**
 * What comes of it: the decision of a request and its credential, tried with stand-ins for the key and for Ably, so that
 * nothing is sent and nothing that could be used is made. Why it comes to that is said in explain.ts.
 */
import type { AblyApi } from '../ably.ts';
import { canonicalCapability } from '../capability/canonical.ts';
import type { ConfigProblem } from '../config-problem.ts';
import { AuthFailure, type FailureReason } from '../errors.ts';
import type { FurtherFormats } from '../further-formats.ts';
import type { Identity } from '../identity/identity.ts';
import { keepReserved, reservedPrefixes } from '../identity/reserved-prefix.ts';
import { ApiKey } from '../keys/api-key.ts';
import { MAX_ABLY_TOKEN_CHARS } from '../limits.ts';
import type { ResolvedAuth } from '../resolve-config.ts';
import { type AutoReason, issueSigned } from '../token/issue.ts';
import type { IssuedFormat } from '../token/settled-params.ts';
import { conclude, type Decision } from './decide.ts';
import { evaluate, type LeftOut } from './evaluate.ts';
import { type Answers, lookUp, NO_ANSWERS } from './look-up.ts';
import { settle } from './settle.ts';
import type { Wishes } from './wishes.ts';

export type ExplainedOutcome =
  | {
      readonly kind: 'issued';
      /** As it is signed: canonical JSON. */
      readonly capability: string;
      /** Absent: an anonymous token. */
      readonly clientId?: string;
      readonly ttlMs: number;
      readonly format: IssuedFormat;
      /** Why, where it was left to `auto`. */
      readonly auto?: AutoReason;
      /** What a JWT says beside the rights. */
      readonly claims?: Readonly<Record<string, string | number | boolean>>;
      /** Of the credential, signed with a stand-in for the key, whose name may differ by a few bytes. */
      readonly bytes: number;
    }
  | { readonly kind: 'refused'; readonly reason: FailureReason; readonly status: number; readonly detail?: string }
  | { readonly kind: 'misconfigured'; readonly problems: readonly ConfigProblem[] };

export interface TriedDecision {
  readonly answers: Answers;
  readonly outcome: ExplainedOutcome;
  /** Claims that a JWT was to have and has not. */
  readonly leftOut: readonly LeftOut[];
  /** Absent when there is none. */
  readonly decision?: Decision;
}

export async function tryDecision(
  auth: ResolvedAuth,
  identity: Identity,
  wishes: Wishes,
  furtherFormats: FurtherFormats | undefined,
  nowMs: number,
): Promise<TriedDecision> {
  const { policy, defaults, sources } = auth;
  const prefix = sources.find(({ name }) => name === identity.source)?.clientIdPrefix ?? '';
  const standIn = new ApiKey('xxxxxx', 'xxxxxx', 'stand-in');
  let answers = NO_ANSWERS;
  let decision: Decision | undefined;
  try {
    answers = await lookUp(policy, identity);
    decision = conclude(policy, evaluate(policy, identity, answers), identity, prefix, wishes);
    keepReserved(reservedPrefixes(sources), decision.clientId, identity.source);
    const settled = settle(decision, identity, wishes, standIn.name, defaults, nowMs);
    const { credential, params, leftOut, auto } = furtherFormats
      ? await furtherFormats.issue({
          apiKey: standIn,
          identity,
          wishes,
          decision,
          settled,
          defaults,
          nowMs,
          aheadMs: 0,
        })
      : issueSigned(standIn, settled, nowMs);
    const { capability, clientId, ttlMs, extras } = params;
    const outcome: ExplainedOutcome = {
      ...{ kind: 'issued', capability: canonicalCapability(capability), ttlMs, format: credential.format },
      ...(auto && { auto }),
      ...(extras && { claims: Object.fromEntries(extras) }),
      ...(clientId !== undefined && { clientId }),
      bytes: Buffer.byteLength(credential.body),
    };
    return { answers, outcome, decision, leftOut };
  } catch (error) {
    if (!(error instanceof AuthFailure)) throw error;
    const { reason, kind, detail } = error;
    const outcome = { kind: 'refused', reason, status: kind.status, ...(detail !== undefined && { detail }) } as const;
    return { answers, outcome, leftOut: [] };
  }
}

/** Nothing is asked of Ably: a token as long as Ably's ever are, with the rights that were asked for. */
export function standInForAbly(nowMs: number): Pick<AblyApi, 'requestToken'> {
  return {
    requestToken: async ({ ttl = 0, capability = '', clientId }) => ({
      ...{ token: 'x'.repeat(MAX_ABLY_TOKEN_CHARS), issued: nowMs, expires: nowMs + ttl, capability },
      ...(clientId !== undefined && { clientId }),
    }),
  };
}
