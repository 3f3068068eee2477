/**
 * Cutting off for the app's own server, without HTTP and without asking who may: its logout, its abuse desk, its webhooks.
 * Over the same config, key and store as the functions have, or they would not know of it.
 */
import type { RevocationOptions } from '../ably.ts';
import { type EndpointParts, preparePorts } from '../assemble-endpoint.ts';
import { describeProblem } from '../config-problem.ts';
import { checkFurtherFormats } from '../load-further-formats.ts';
import { resolveConfig } from '../resolve-config.ts';
import type { CutOff } from './gate-entry.ts';
import { createPeople, type Person } from './people.ts';
import type { RevokeTarget } from './plan-target.ts';
import { cutOff, nextSecondMs, type TargetResult } from './revocations.ts';

export interface Revocations {
  /** Revokes what they hold, and refuses them with 403 until then. */
  ban(person: Person, options: RevocationOptions & { readonly untilMs: number }): Promise<TargetResult>;
  /**
   * Revokes what they hold, and refuses what was signed in before with 401; who signs in again is served at once. With
   * the id of a session, only that session: the others renew by themselves. Returns when this second is over, since many
   * sources tell whole seconds.
   */
  signOut(person: Person, options?: RevocationOptions & { readonly sessionId?: string }): Promise<TargetResult>;
  /** Ends a ban and forgets sign-outs. Revoked tokens stay revoked; the client asks for new ones. */
  lift(person: Person): Promise<TargetResult>;
  /** Revokes, and refuses nobody: clients come back at once, with what they are granted then. */
  revoke(targets: readonly RevokeTarget[], options?: RevocationOptions): Promise<readonly TargetResult[]>;
}

/** Never throws, because it runs while a function is imported (S11); what is wrong rejects each call. */
export function createRevocations(parts: EndpointParts): Revocations {
  const prepared = preparePorts(resolveConfig(parts.definition, parts.env), parts);
  const problems = prepared.ok ? [] : checkFurtherFormats(prepared.problems, prepared.ports);

  async function run(
    targets: readonly RevokeTarget[],
    action: (nowMs: number) => CutOff,
    options: RevocationOptions,
  ): Promise<readonly TargetResult[]> {
    for (const target of targets) checkTarget(target);
    if (!prepared.ok) throw new Error(`Not configured: ${(await problems).map(describeProblem).join('; ')}`);
    const { auth, ports } = prepared;
    const { ably, records, keys, nowMs, offsetMs } = ports;
    if (!ably) throw new TypeError('Revoking needs a way to call Ably: give it as ably');
    const people = createPeople(auth.sources, auth.policy);
    return cutOff(targets, action(nowMs()), options, {
      ...{ sources: auth.sources, people, records, keys, ably, nowMs, offsetMs },
    });
  }

  async function one(
    person: Person,
    action: (nowMs: number) => CutOff,
    options: RevocationOptions,
  ): Promise<TargetResult> {
    const [result] = await run([person], action, options);
    if (!result) throw new Error('No result of the one target');
    return result;
  }

  return Object.freeze({
    ban: (person, { untilMs, ...options }) => one(person, (nowMs) => banUntil(untilMs, nowMs), options),
    signOut: (person, { sessionId, ...options } = {}) =>
      one(
        person,
        (nowMs) => ({
          kind: 'sign-out',
          beforeMs: nextSecondMs(nowMs),
          ...(sessionId !== undefined && { sessionId }),
        }),
        options,
      ),
    lift: (person) => one(person, () => ({ kind: 'lift' }), {}),
    revoke: (targets, options = {}) => run(targets, () => ({ kind: 'none' }), options),
  } satisfies Revocations);
}

/** What is no such moment would be stored as no ban at all. */
function banUntil(untilMs: number, nowMs: number): CutOff {
  if (Number.isFinite(untilMs) && untilMs > nowMs) return { kind: 'ban', untilMs: Math.ceil(untilMs) };
  throw new TypeError(
    'untilMs must be a moment to come, in milliseconds since 1970; Number.MAX_SAFE_INTEGER is for good',
  );
}

/** A subject that is a number in the app's database is text to every source: the number would be nobody. */
function checkTarget(target: RevokeTarget): void {
  const needed = 'source' in target ? ['source', 'subject'] : ['type', 'value'];
  const given = Object.entries(target).filter(([, value]) => value !== undefined);
  const wrong =
    needed.find((name) => !given.some(([named]) => named === name)) ??
    given.find(([, value]) => typeof value !== 'string' || value === '')?.[0];
  if (wrong !== undefined) throw new TypeError(`${wrong} must be text that is not empty`);
}
