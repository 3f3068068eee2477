/** Revokes with the key and the store of the project itself, for a day on which the function that revokes is not there. */
import type { RevocationOptions } from '../../core/ably.ts';
import type { AuthDefinition } from '../../core/config.ts';
import { type ResolvedAuth, resolveConfig } from '../../core/resolve-config.ts';
import { createRevocations, type Revocations } from '../../core/revocation/create-revocations.ts';
import { createPeople, type Person } from '../../core/revocation/people.ts';
import type { RevokeTarget } from '../../core/revocation/plan-target.ts';
import type { TargetResult } from '../../core/revocation/revocations.ts';
import type { Environment } from '../../core/settings.ts';
import { CannotRun } from '../command.ts';
import { projectParts } from '../project-parts.ts';
import type { Order } from './order.ts';
import type { AnsweredResult } from './through-endpoint.ts';

/** @throws CannotRun when it is not configured */
export async function revokeDirectly(
  definition: AuthDefinition,
  env: Environment,
  { target, action, allowReauthMargin }: Order,
): Promise<readonly AnsweredResult[]> {
  const resolution = resolveConfig(definition, env);
  if (!resolution.ok) throw new CannotRun('The config is wrong: ably-auth-functions lint says what.');
  const revocations = createRevocations(projectParts(definition, env));
  const options = { ...(allowReauthMargin && { allowReauthMargin: true }) };
  try {
    if (action.kind === 'none') return (await revocations.revoke([target], options)).map(asAnswered);
    const results: AnsweredResult[] = [];
    for (const person of peopleOf(target, resolution.auth)) {
      results.push(asAnswered(await cutOff(revocations, person, action, options)));
    }
    return results;
  } catch (error) {
    // Its messages name settings and what is wrong with them, and no value.
    if (error instanceof Error && error.message.startsWith('Not configured: '))
      throw new CannotRun(error.message.replace(/\.?$/, '.'));
    throw error;
  }
}

function cutOff(
  revocations: Revocations,
  person: Person,
  action: Exclude<Order['action'], { kind: 'none' }>,
  options: RevocationOptions,
): Promise<TargetResult> {
  switch (action.kind) {
    case 'ban':
      return revocations.ban(person, { ...options, untilMs: Date.now() + action.durationMs });
    case 'lift':
      return revocations.lift(person);
    case 'sign-out': {
      const { sessionId } = action;
      return revocations.signOut(person, { ...options, ...(sessionId !== undefined && { sessionId }) });
    }
  }
}

/** Whom the gate is to know of: everybody who can have a clientId, where that leads back to somebody. */
function peopleOf(target: RevokeTarget, { sources, policy }: ResolvedAuth): readonly Person[] {
  if ('source' in target) return [target];
  if (target.type !== 'clientId')
    throw new CannotRun('Only a person or a clientId can be banned or signed out: a group is no one.');
  const people = createPeople(sources, policy).withClientId(target.value);
  if (!people) throw new CannotRun('A rule makes clientIds of a template: name --source, --subject and --client-id.');
  if (people.length === 0) throw new CannotRun('No source of the config gives such a clientId.');
  return people;
}

function asAnswered({ bannedUntilMs, revoked, ...result }: TargetResult): AnsweredResult {
  return {
    ...result,
    ...(bannedUntilMs !== undefined && { bannedUntil: bannedUntilMs }),
    revoked,
  };
}
