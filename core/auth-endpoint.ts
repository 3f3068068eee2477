/**
 * The way of one request, and nothing else: each step is one module, in the order in which they are taken. What a step
 * refuses, it throws as an AuthFailure; the one place that turns a failure into an answer is the end of this file.
 */
import type { AblyApi } from './ably.ts';
import { asFailure } from './as-failure.ts';
import { aboutCaller, aboutKey, type OnAuthEvent, refusal } from './auth-event.ts';
import { AuthFailure } from './errors.ts';
import type { AuthRequest, AuthResponse } from './http.ts';
import { identify } from './identity/identify.ts';
import type { Identity } from './identity/identity.ts';
import { keepReserved, reservedPrefixes } from './identity/reserved-prefix.ts';
import type { ApiKey } from './keys/api-key.ts';
import type { KeyRing } from './keys/key-ring.ts';
import { loadKey } from './keys/load-key.ts';
import type { LoadFurtherFormats } from './load-further-formats.ts';
import { decide } from './policy/decide.ts';
import { type Answers, lookUp } from './policy/look-up.ts';
import { settle } from './policy/settle.ts';
import type { ShadowWatch } from './policy/shadow.ts';
import type { LimitCaller } from './rate-limit/rate-limit.ts';
import type { Records } from './records.ts';
import type { ResolvedAuth } from './resolve-config.ts';
import type { Gate, Passage } from './revocation/gate.ts';
import { issueSigned } from './token/issue.ts';
import { startWatch, type Watch } from './watch.ts';
import { answerCredential, answerFailure } from './wire/answer.ts';
import { corsHeaders } from './wire/cors.ts';
import { readWishes } from './wire/read-wishes.ts';
import { requestIdOf } from './wire/request-id.ts';

export interface AuthEndpoint {
  /** Answers every request, whatever is in it. Never throws, never rejects, and leaves nothing running. */
  handle(request: AuthRequest): Promise<AuthResponse>;
}

export interface EndpointPorts {
  readonly keys: KeyRing;
  /** Where something is kept between requests; `undefined` when nothing is. */
  readonly records: Records | undefined;
  /** Ably itself; `undefined` where nothing that the config says needs a call. */
  readonly ably: AblyApi | undefined;
  /** Credentials other than TokenRequests and plain JWTs; `undefined` where the config has none. */
  readonly furtherFormats: LoadFurtherFormats | undefined;
  /** Refuses who asks too often; `undefined` where everybody may ask as often as they like. */
  readonly limit: LimitCaller | undefined;
  readonly onEvent: OnAuthEvent | undefined;
  readonly nowMs: () => number;
  /** For durations: milliseconds since some moment, never less than before. */
  readonly elapsedMs: () => number;
  /** How far Ably's clock is ahead of that; `undefined` where the config goes by our own. */
  readonly offsetMs: (() => Promise<number>) | undefined;
}

export function createAuthEndpoint(auth: ResolvedAuth, ports: EndpointPorts): AuthEndpoint {
  const { keys, records, furtherFormats, limit, onEvent, nowMs: clock, offsetMs } = ports;
  const prefixes = new Map(auth.sources.map(({ name, clientIdPrefix = '' }) => [name, clientIdPrefix]));
  const reserved = reservedPrefixes(auth.sources);
  const { allowedOrigins } = auth.cors;
  const { policy, secureCookies, ttlJitter } = auth;
  const gate = records && { ...auth, records, nowMs: clock };

  async function handle(request: AuthRequest): Promise<AuthResponse> {
    const requestId = requestIdOf(request);
    const context = { requestId, cors: corsHeaders(auth.cors, request), docsBaseUrl: auth.docsBaseUrl };
    const watch = onEvent || auth.serverTiming ? startWatch(requestId, request, ports) : undefined;
    if (request.method === 'OPTIONS') {
      const { answerPreflight } = await import('./wire/preflight.ts');
      return answerPreflight(auth.cors, request, context, watch);
    }

    // Chance enough: it spreads load, and whoever guessed it would gain nothing.
    const defaults = ttlJitter ? { ...auth.defaults, keptShare: 1 - ttlJitter * Math.random() } : auth.defaults;
    let apiKey: ApiKey | undefined;
    let identity: Identity | undefined;
    let answers: Answers | undefined;
    let shadow: ShadowWatch | undefined;
    try {
      if (request.method !== 'GET' && request.method !== 'POST') throw new AuthFailure('method-not-allowed');
      const key = loadKey(keys);
      apiKey = key instanceof Promise ? await key : key;
      watch?.passed('keys');
      const cameMs = clock();
      const caller = await identify(auth.sources, request, { nowMs: cameMs, secureCookies, allowedOrigins });
      identity = caller.identity;
      watch?.passed('identify');
      const limitOutage = limit && (await limit(caller, request));
      if (limit) watch?.passed('limit');
      const aheadMs = offsetMs ? await offsetMs() : 0;
      if (offsetMs) watch?.passed('clock');
      const passed = gate ? await throughGate(identity, gate, aheadMs) : { nowMs: cameMs };
      if (gate) watch?.passed('gate');
      const { nowMs } = passed;
      const read = readWishes(request, defaults);
      const wishes = read instanceof Promise ? await read : read;
      watch?.passed('wishes');
      const clientIdPrefix = prefixes.get(identity.source) ?? '';
      if (auth.shadow && onEvent) {
        const { watchShadow } = await import('./policy/shadow.ts');
        shadow = watchShadow(auth.shadow, { policy, identity, clientIdPrefix, reserved, wishes, defaults, nowMs });
      }
      const lookedUp = lookUp(policy, identity);
      answers = lookedUp instanceof Promise ? await lookedUp : lookedUp;
      const extension =
        auth.grants &&
        (await auth.grants.extend({
          ...{ request, identity, clientIdPrefix, wishes, policy, answers, defaults },
          ...{ apiKey, keys, records, secureCookies, allowedOrigins, nowMs },
        }));
      const decision = decide(policy, identity, clientIdPrefix, wishes, answers, extension?.capability);
      keepReserved(reserved, decision.clientId, identity.source);
      watch?.passed('decide');
      const settled = settle(decision, identity, wishes, apiKey.name, defaults, nowMs);
      watch?.passed('settle');
      const issued = furtherFormats
        ? await (await furtherFormats()).issue({
            apiKey,
            identity,
            wishes,
            decision,
            settled,
            defaults,
            nowMs,
            aheadMs,
          })
        : issueSigned(apiKey, settled, nowMs + aheadMs);
      const { credential, params } = issued;
      if (issued.byAbly && gate) await throughGateAgain(identity, gate);
      watch?.passed('issue');
      const asked = extension?.conclude(params.capability, caller.remember);
      const untimed = answerCredential(credential, context, asked?.remember ?? caller.remember);
      const answer = auth.serverTiming && watch ? await timed(untimed, watch) : untimed;
      watch?.tell(answer, {
        kind: 'issued',
        ...aboutKey(apiKey),
        caller: aboutCaller(identity, apiKey),
        matchedRules: decision.evaluation.matchedRules,
        leftOut: [...decision.evaluation.leftOut, ...issued.leftOut],
        format: credential.format,
        ...(issued.auto && { auto: issued.auto }),
        ttlMs: params.ttlMs,
        resources: params.capability.size,
        ...(asked && { grants: asked.report }),
        ...(passed.outage !== undefined && { gateOutage: passed.outage }),
        ...(limitOutage !== undefined && { limitOutage }),
        ...(shadow && (await shadow.report(answers))),
      });
      return answer;
    } catch (error) {
      const failure = asFailure(error);
      // Whoever is let in, anonymously as well, is told what is wrong with what they wrote.
      const explain = identity && failure.reason === 'malformed-request';
      const answer = answerFailure(failure, explain ? { ...context, explain } : context);
      watch?.tell(answer, {
        ...refusal(failure, identity, apiKey),
        ...(shadow && (await shadow.report(answers))),
      });
      return answer;
    }
  }

  return Object.freeze({ handle });
}

async function timed(answer: AuthResponse, { stagesMs }: Watch): Promise<AuthResponse> {
  const { withServerTiming } = await import('./wire/server-timing.ts');
  return withServerTiming(answer, stagesMs);
}

/** What Ably issued is younger than a revocation that came while it did. */
async function throughGateAgain(identity: Identity, gate: Gate): Promise<void> {
  const { checkGate } = await import('./revocation/gate.ts');
  await checkGate(identity, gate);
}

/** The clock first, then the gate, and what is signed is dated by that clock: see gate.ts, which needs a store. */
async function throughGate(identity: Identity, gate: Gate, aheadMs: number): Promise<Passage> {
  const beforeMs = gate.nowMs();
  const { passGate } = await import('./revocation/gate.ts');
  return passGate(identity, beforeMs, gate, aheadMs);
}
