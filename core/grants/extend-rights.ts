/**
 * What a caller has beyond the policy: what was approved for it before and still counts, and what it asks for now and the
 * app's checks approve. Asking adds and never removes; refusing an additional right is never a refusal of the request.
 *
 * In one direction: read what is asked, recall, check what is not known, remember. The policy's ceiling and the client's
 * narrowing come afterwards, in decide.ts, and `conclude` says what of it all is left.
 */
import { decideClientId } from '../policy/decide.ts';
import { evaluate } from '../policy/evaluate.ts';
import { askChecks, type Check, type CheckResult } from './ask-checks.ts';
import { concludeAsked } from './conclude-asked.ts';
import { credentialRoom } from './credential-room.ts';
import { capabilityOf, fitCredential } from './fit-credential.ts';
import type { GrantMemory, RememberedGrant } from './grant-memory.ts';
import type { Extension, ResolvedGrants, RightsRequest } from './grants-choice.ts';
import { approvedBy, checksOf, stillCounting, without } from './known-grants.ts';
import { openMemory } from './open-memory.ts';
import { readAsked } from './read-asked.ts';
import { rightsOn } from './rights-on.ts';

/**
 * @throws AuthFailure `malformed-request` (400), `bad-credential` (401), `unfit-client-id` or `foreign-client-id` (403),
 *   `policy-unavailable` (503)
 */
export async function extendRights(grants: ResolvedGrants, rights: RightsRequest): Promise<Extension> {
  const { identity, policy, wishes, clientIdPrefix, defaults } = rights;
  const asked = readAsked(rights.request);
  const evaluation = evaluate(policy, identity, rights.answers);
  const base = evaluation.capability;
  const clientId = decideClientId(evaluation, identity, clientIdPrefix, wishes);
  const memory = await openMemory(grants, rights, clientId);
  const recalled = await memory.recall();

  const entries = grants.remember === 'nothing' ? [] : grants.entries.filter(({ covers }) => covers(identity));
  const known = recalled.current.flatMap((grant) => stillCounting(grant, entries) ?? []);
  const wanted = recalled.outdated.map(({ resource }) => resource);
  const granted = rightsOn(base, [...asked, ...wanted]);
  const again = checksOf(wanted, entries, known, granted);
  const first = checksOf(
    asked.filter((resource) => !wanted.includes(resource)),
    entries,
    known,
    granted,
  );
  const results = new Map<Check, CheckResult>();
  try {
    await askChecks([...first, ...again], identity, policy.deadlineMs, results);
  } catch (error) {
    await keepProgress(memory, known, approvedBy(grants.allOrNothing ? again : [...first, ...again], results));
    throw error;
  }

  const renewed = approvedBy(again, results);
  let added = approvedBy(first, results);
  const room = credentialRoom(grants.credential, evaluation, identity, clientId, defaults);
  const fitted = (): readonly RememberedGrant[] =>
    fitCredential([...renewed, ...known, ...added], { room, base, requested: wishes.requestedCapability });
  const unchecked = new Set(asked);
  for (const { resource } of [...first, ...again]) unchecked.delete(resource);
  const isGiven = (resource: string, held: readonly RememberedGrant[]): boolean =>
    held.some((grant) => grant.resource === resource) || (unchecked.has(resource) && granted.has(resource));
  let fitting = fitted();
  if (grants.allOrNothing && (without(added, fitting).length > 0 || !asked.every((name) => isGiven(name, fitting)))) {
    added = [];
    fitting = fitted();
  }

  const counting = [...renewed, ...known, ...added];
  const lost = without([...recalled.current, ...recalled.outdated], counting);
  const kept = await memory.remember({ counting, approved: [...renewed, ...added], lost });
  const extension = without(fitting, kept.forgotten);
  return {
    capability: capabilityOf(extension),
    conclude(decided, remember) {
      const carried = rightsOn(decided, asked);
      return concludeAsked(
        {
          ...{ asked, known: known.length, results, lost: lost.length, kept, discarded: recalled.discarded },
          approved: [...renewed, ...added],
          refused: asked.filter((resource) => !isGiven(resource, extension) || !carried.has(resource)),
          notFitting: counting.length - fitting.length,
        },
        remember,
      );
    },
  };
}

/** What is approved need not be asked again by the request that tries again. Whether it can be kept is no matter now. */
async function keepProgress(
  memory: GrantMemory,
  known: readonly RememberedGrant[],
  approved: readonly RememberedGrant[],
): Promise<void> {
  if (approved.length === 0) return;
  await memory.remember({ counting: [...known, ...approved], approved, lost: [] }).catch(() => {});
}
