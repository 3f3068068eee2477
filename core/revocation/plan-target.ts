/**
 * What one target of a revocation comes to: which people the gate is to know of, and what Ably is to be told. What cannot
 * be done is said here, before anything is written: a group is no one whom the gate could refuse, and a clientId that a
 * template made leads back to nobody.
 */
import type { CutOff } from './gate-entry.ts';
import type { People, Person } from './people.ts';

/** Ably's own targets. `channel` names a resource as tokens say it, `room:*`, and must be enabled by Ably. */
export interface TokenTarget {
  readonly type: 'clientId' | 'revocationKey' | 'channel';
  readonly value: string;
}

export type RevokeTarget = Person | TokenTarget;

export interface Plan {
  readonly target: string;
  readonly people: readonly Person[];
  /** What to revoke at Ably, `type:value`. */
  readonly atAbly: string | undefined;
  message?: string;
  failed: boolean;
}

const NO_STORE = 'There is no store, so nothing can be remembered about anybody: set ABLY_AUTH_STORE, or store.';
const UNKNOWN_SOURCE = 'No source of the config has this name.';
const ONLY_PEOPLE = 'Only a clientId or a person can be banned or signed out: a group is no one.';
const NOT_INVERTIBLE = 'A rule makes clientIds of a template: name source, subject and clientId.';
const NO_CLIENT_ID = 'No token was revoked: nobody knows the clientId. Name it beside source and subject.';
const SOME_NAMELESS = 'A rule gives tokens that say no clientId, or one that the client chose: those were not hit.';
const CHANNEL_TOO = 'It needs a policy change too: clients that are still granted the channel get new tokens for it.';

/** @param hasGate whether anything can be remembered about anybody */
export function planFor(target: RevokeTarget, action: CutOff, people: People, hasGate: boolean): Plan {
  const isPerson = 'source' in target;
  const name = isPerson ? `${target.source} ${target.subject}` : `${target.type}:${target.value}`;
  const plan = (found: readonly Person[], atAbly: string | undefined, message?: string, failed = false): Plan => ({
    target: name,
    people: found,
    atAbly,
    ...(message !== undefined && { message }),
    failed,
  });
  const refused = (message: string): Plan => plan([], undefined, message, true);
  if (action.kind !== 'none' && !hasGate) return refused(NO_STORE);
  if (isPerson) {
    if (!people.knows(target.source)) return refused(UNKNOWN_SOURCE);
    const atAbly = nameAtAbly(target, people);
    const missed = target.clientId ?? target.revocationKey;
    if (atAbly !== undefined && action.kind !== 'lift' && missed === undefined && people.someNameless) {
      return plan([target], atAbly, SOME_NAMELESS);
    }
    if (atAbly !== undefined || action.kind === 'lift') return plan([target], atAbly);
    return plan([target], undefined, NO_CLIENT_ID, action.kind === 'none');
  }
  if (target.type !== 'clientId') {
    if (action.kind !== 'none') return refused(ONLY_PEOPLE);
    return plan([], name, target.type === 'channel' ? CHANNEL_TOO : undefined);
  }
  const found = people.withClientId(target.value);
  if (action.kind !== 'none' && !found?.length) return refused(found ? UNKNOWN_SOURCE : NOT_INVERTIBLE);
  return plan(found ?? [], name, action.kind !== 'lift' && people.someNameless ? SOME_NAMELESS : undefined);
}

function nameAtAbly(person: Person, people: People): string | undefined {
  if (person.revocationKey !== undefined) return `revocationKey:${person.revocationKey}`;
  const clientId = people.clientIdOf(person);
  return clientId === undefined ? undefined : `clientId:${clientId}`;
}
