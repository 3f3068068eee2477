/**
 * Chooses where this caller's earlier grants are remembered, as the config says, and loads that strategy alone.
 */
import { AuthFailure } from '../errors.ts';
import type { AuthRequest } from '../http.ts';
import type { Identity } from '../identity/identity.ts';
import type { ApiKey } from '../keys/api-key.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Policy } from '../policy/compile-policy.ts';
import type { Answers } from '../policy/look-up.ts';
import type { SettleDefaults } from '../policy/settle.ts';
import type { Wishes } from '../policy/wishes.ts';
import type { Records } from '../records.ts';
import { holderOf } from './grant-holder.ts';
import { type GrantMemory, NO_MEMORY } from './grant-memory.ts';
import type { ResolvedGrants } from './remembering.ts';

/** Everything that is known of a request when more rights are looked for. */
export interface RightsRequest {
  readonly request: AuthRequest;
  readonly identity: Identity;
  readonly clientIdPrefix: string;
  readonly wishes: Wishes;
  readonly policy: Policy;
  readonly answers: Answers;
  readonly defaults: SettleDefaults;
  readonly apiKey: ApiKey;
  readonly keys: KeyRing;
  readonly records: Records | undefined;
  readonly secureCookies: boolean;
  readonly allowedOrigins: ReadonlySet<string>;
  readonly nowMs: number;
}

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
