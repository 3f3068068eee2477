/**
 * The way of one request to revoke, for operators and for an app's own logout. A handler of its own, deployed where it is
 * wanted: an endpoint that only issues cannot be made to revoke.
 *
 * Who may ask is decided in may-revoke.ts, what a body means in read-revocation.ts, and the order in which things are
 * written and revoked in revocations.ts.
 */
import { asFailure } from '../as-failure.ts';
import type { AuthEndpoint, EndpointPorts } from '../auth-endpoint.ts';
import { aboutCaller, aboutKey, hashSubject, refusal } from '../auth-event.ts';
import { AuthFailure } from '../errors.ts';
import type { AuthRequest, AuthResponse } from '../http.ts';
import { identify } from '../identity/identify.ts';
import type { Identity } from '../identity/identity.ts';
import type { ApiKey } from '../keys/api-key.ts';
import { KeySourceError } from '../keys/key-source.ts';
import { keyUnavailable, loadKey } from '../keys/load-key.ts';
import type { ResolvedAuth } from '../resolve-config.ts';
import { startWatch } from '../watch.ts';
import { answerDocument, answerFailure } from '../wire/answer.ts';
import { corsHeaders } from '../wire/cors.ts';
import { answerPreflight } from '../wire/preflight.ts';
import { requestIdOf } from '../wire/request-id.ts';
import { checkGate } from './gate.ts';
import type { CutOff } from './gate-entry.ts';
import { type Permission, permissionOf, requireDeliberate } from './may-revoke.ts';
import { createPeople } from './people.ts';
import type { RevokeTarget } from './plan-target.ts';
import { type RevocationOrder, readRevocation } from './read-revocation.ts';
import { cutOff, nextSecondMs, type TargetResult } from './revocations.ts';

const METHODS = 'POST, OPTIONS';

/** @throws TypeError without a way to call Ably */
export function createRevokeEndpoint(auth: ResolvedAuth, ports: EndpointPorts): AuthEndpoint {
  const { keys, records, ably, onEvent, nowMs: clock, offsetMs } = ports;
  if (!ably) throw new TypeError('Revoking needs a way to call Ably: give it as ably');
  const { sources, policy, secureCookies, docsBaseUrl } = auth;
  const { allowedOrigins } = auth.cors;
  const gate = records && { ...auth, records, nowMs: clock };
  const revoking = { sources, people: createPeople(sources, policy), records, keys, ably, nowMs: clock, offsetMs };

  async function handle(request: AuthRequest): Promise<AuthResponse> {
    const requestId = requestIdOf(request);
    const context = { requestId, cors: corsHeaders(auth.cors, request), docsBaseUrl, methods: METHODS };
    const watch = onEvent && startWatch(requestId, request, ports);
    if (request.method === 'OPTIONS') return answerPreflight(auth.cors, request, context, watch);

    let apiKey: ApiKey | undefined;
    let identity: Identity | undefined;
    let permission: Permission | undefined;
    try {
      if (request.method !== 'POST') throw new AuthFailure('post-only');
      apiKey = await loadKey(keys);
      watch?.passed('keys');
      const caller = await identify(sources, request, { nowMs: clock(), secureCookies, allowedOrigins });
      identity = caller.identity;
      requireDeliberate(sources, identity, request, allowedOrigins);
      watch?.passed('identify');
      if (gate) await checkGate(identity, gate);
      if (gate) watch?.passed('gate');
      permission = await permissionOf(policy, sources, identity);
      watch?.passed('decide');
      const order = readRevocation(request, clock());
      const targets = targetsOf(order, identity, permission);
      const action = actionOf(order, identity, clock());
      watch?.passed('wishes');
      const results = await cutOff(targets, action, order.options, revoking);
      watch?.passed('revoke');
      const failed = results.filter(({ ok }) => !ok).length;
      const answer = answerDocument(failed === 0 ? 200 : 207, documentOf(results), context);
      watch?.tell(answer, {
        kind: 'revoked',
        ...aboutKey(apiKey),
        caller: aboutCaller(identity, apiKey),
        action: action.kind,
        targets: results.length,
        failed,
        subjectHashes: hashesOf(targets, apiKey),
      });
      return answer;
    } catch (error) {
      const failure = asFailure(error instanceof KeySourceError ? keyUnavailable(error) : error);
      // Somebody who may revoke is told what is wrong with what they wrote.
      const explain = permission !== undefined && failure.reason === 'malformed-request';
      const answer = answerFailure(failure, { ...context, explain });
      watch?.tell(answer, refusal(failure, identity, apiKey));
      return answer;
    }
  }

  return Object.freeze({ handle });
}

/** @throws AuthFailure `may-not-revoke` (403) */
function targetsOf(
  { targets, action }: RevocationOrder,
  { source, subject }: Identity,
  { whom, clientId }: Permission,
): readonly RevokeTarget[] {
  if (targets === 'self') {
    if (whom === 'anyone' || action.kind === 'none' || action.kind === 'sign-out') {
      return [{ source, subject, ...(clientId !== undefined && { clientId }) }];
    }
    throw new AuthFailure('may-not-revoke', 'a ban or its end, of themselves');
  }
  if (whom !== 'anyone') throw new AuthFailure('may-not-revoke', 'others than themselves');
  return targets;
}

/** `true` is this session where the caller's own is meant and has an id, and otherwise everywhere. */
function actionOf({ action, targets }: RevocationOrder, identity: Identity, nowMs: number): CutOff {
  if (action.kind !== 'sign-out') return action;
  const { sessions } = action;
  const own = targets === 'self' && sessions === 'own' ? identity.sessionId : undefined;
  const sessionId = typeof sessions === 'object' ? sessions.sessionId : own;
  return { kind: 'sign-out', beforeMs: nextSecondMs(nowMs), ...(sessionId !== undefined && { sessionId }) };
}

/** The same text as in the events of what was issued to them. */
function hashesOf(targets: readonly RevokeTarget[], apiKey: ApiKey): readonly string[] {
  return targets.flatMap((target) => ('source' in target ? [hashSubject(target.source, target.subject, apiKey)] : []));
}

/** In Ably's own words where it has some. */
function documentOf(results: readonly TargetResult[]): object {
  const failureCount = results.filter(({ ok }) => !ok).length;
  return {
    successCount: results.length - failureCount,
    failureCount,
    results: results.map(({ bannedUntilMs, revoked, ...result }) => ({
      ...result,
      ...(bannedUntilMs !== undefined && { bannedUntil: bannedUntilMs }),
      revoked: revoked.map((by) =>
        'error' in by
          ? { keyName: by.keyName, error: by.error }
          : { keyName: by.keyName, issuedBefore: by.issuedBeforeMs, appliesAt: by.appliesAtMs },
      ),
    })),
  };
}
