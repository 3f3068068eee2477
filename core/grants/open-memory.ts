/**
 * Chooses where this caller's earlier grants are remembered, as the config says, and loads that strategy alone.
 */
import { AuthFailure } from '../errors.ts';
import { holderOf } from './grant-holder.ts';
import { type GrantMemory, NO_MEMORY } from './grant-memory.ts';
import type { ResolvedGrants, RightsRequest } from './grants-choice.ts';

/** @param clientId what the credential will say; a signed grant is bound to it */
export async function openMemory(
  grants: ResolvedGrants,
  rights: RightsRequest,
  clientId: string | undefined,
): Promise<GrantMemory> {
  const { request, identity, records } = rights;
  // Whoever comes back is another stranger.
  if (identity.kind === 'anonymous') return NO_MEMORY;
  const holder = holderOf(identity, clientId);
  switch (grants.remember) {
    case 'nothing':
    case 'client':
      return NO_MEMORY;
    case 'signed': {
      const { openTransport } = await import('./grant-transport.ts');
      const { signedMemory } = await import('./signed-memory.ts');
      return signedMemory(grants, openTransport(request, rights), holder, rights);
    }
    case 'store': {
      if (!records) throw new AuthFailure('misconfigured', 'grants are remembered in a store, and there is none');
      const { storedMemory } = await import('./stored-memory.ts');
      return storedMemory(grants, records, holder, rights.nowMs);
    }
  }
}
