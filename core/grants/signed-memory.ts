/**
 * Remembers grants in a text that the client holds under our seal (S16): nothing is kept here, and nothing that it holds
 * counts for another caller, session, clientId, key or policy than those it was sealed for.
 *
 * Sealed with a key derived from the session secret, else from the API key; after a rotation of either the one before it
 * still opens. What is too old, or was approved under another policy, is a list of wishes and no more.
 */
import type { KeyObject } from 'node:crypto';
import { AuthFailure } from '../errors.ts';
import type { ApiKey } from '../keys/api-key.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { KeySourceError } from '../keys/key-source.ts';
import { createSeal, createSealOver, type Seal } from '../keys/seal.ts';
import { MAX_REQUESTED_RESOURCES, MAX_SIGNED_GRANT_BYTES } from '../limits.ts';
import { boundTo, type GrantHolder } from './grant-holder.ts';
import type { GrantMemory, Recalled } from './grant-memory.ts';
import { readGrants, type SealedGrants, writeGrants } from './grant-text.ts';
import type { GrantTransport } from './grant-transport.ts';
import type { ResolvedGrants } from './grants-choice.ts';
import { policyVersionOf } from './policy-version.ts';

const NOTHING: Recalled = Object.freeze({ current: [], outdated: [] });
const SEALS = new WeakMap<ResolvedGrants | ApiKey, Seal>();

export function signedMemory(
  grants: ResolvedGrants,
  transport: GrantTransport,
  holder: GrantHolder,
  { apiKey, keys, nowMs }: { readonly apiKey: ApiKey; readonly keys: KeyRing; readonly nowMs: number },
): GrantMemory {
  const { shown } = transport;
  const policyVersion = policyVersionOf(grants);
  const seal = grants.secrets.length > 0 ? secretSeal(grants) : keySeal(apiKey);
  let sinceSeconds = Math.floor(nowMs / 1000);
  let unasked = 0;

  async function open(text: string): Promise<{ readonly sealed?: SealedGrants; readonly foreign?: true }> {
    if (text.length > MAX_SIGNED_GRANT_BYTES) return {};
    let payload = seal.open(text);
    if (payload === undefined && grants.secrets.length === 0) {
      const previous = await previousKey(keys);
      payload = previous && keySeal(previous).open(text);
    }
    if (payload === undefined) return {};
    const sealed = readGrants(payload);
    if (sealed.bound === boundTo(holder, apiKey.name)) return { sealed };
    const previous = await previousKey(keys);
    return previous && sealed.bound === boundTo(holder, previous.name) ? { sealed } : { foreign: true };
  }

  return {
    async recall() {
      if (shown === undefined) return NOTHING;
      const { sealed, foreign } = await open(shown);
      if (!sealed) return { ...NOTHING, discarded: foreign ? 'of another caller, session or key' : 'not sealed by us' };
      const ageMs = nowMs - sealed.sinceSeconds * 1000;
      if (sealed.policyVersion !== policyVersion || ageMs >= grants.maxAgeMs) {
        // No more than one may ask for: what is approved before the deadline passes is kept nowhere, so that several
        // hundred that take too long together would be 503 at every renewal.
        const outdated = sealed.grants.slice(-MAX_REQUESTED_RESOURCES);
        unasked = sealed.grants.length - outdated.length;
        return { current: [], outdated };
      }
      // The age is that of the oldest in it: what is added later never makes it younger.
      sinceSeconds = Math.min(sinceSeconds, sealed.sinceSeconds);
      return { current: sealed.grants, outdated: [] };
    },
    async remember({ counting }) {
      const lifetimeSeconds = Math.floor(sinceSeconds + grants.maxAgeMs / 1000 - nowMs / 1000);
      const { text, dropped } = writeGrants(
        { bound: boundTo(holder, apiKey.name), policyVersion, sinceSeconds, grants: counting },
        (entry) => edgesOf(grants, entry),
      );
      // The same grants come to the same text again, unless they are sealed anew after a rotation.
      const next = counting.length === dropped ? undefined : seal.seal(text);
      const remember = transport.keep(next, Math.max(lifetimeSeconds, 1));
      return { remember, dropped: dropped + unasked, forgotten: [] };
    },
    // The client holds it, and shows it for as long as it counts.
    forget: async () => false,
  };
}

/** What every resource of an entry begins with and ends in. */
function edgesOf({ entries }: ResolvedGrants, name: string): readonly [prefix: string, suffix: string] {
  const parts = entries.find((entry) => entry.name === name)?.template.parts ?? [];
  const [first, last] = [parts[0], parts[parts.length - 1]];
  return [typeof first === 'string' ? first : '', parts.length > 1 && typeof last === 'string' ? last : ''];
}

function secretSeal(grants: ResolvedGrants): Seal {
  return once(grants, () => createSeal('grant', grants.secrets));
}

function keySeal(apiKey: ApiKey): Seal {
  return once(apiKey, () => createSealOver((): readonly KeyObject[] => [apiKey.deriveSecret('grant')]));
}

function once(owner: ResolvedGrants | ApiKey, make: () => Seal): Seal {
  const seal = SEALS.get(owner) ?? make();
  SEALS.set(owner, seal);
  return seal;
}

/** @throws AuthFailure `key-unavailable` (503): a grant that cannot be told from a forged one is not lost for that (S12) */
async function previousKey(keys: KeyRing): Promise<ApiKey | undefined> {
  try {
    return await keys.previous();
  } catch (error) {
    if (!(error instanceof KeySourceError)) throw error;
    throw new AuthFailure('key-unavailable', `${error.setting}: ${error.failure}: ${error.message}`);
  }
}
