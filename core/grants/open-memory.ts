/**
 * Chooses where this caller's earlier grants are remembered, as the config says, and loads that strategy alone.
 */
import type { AuthRequest } from '../http.ts';
import type { Identity } from '../identity/identity.ts';
import type { ApiKey } from '../keys/api-key.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Policy } from '../policy/compile-policy.ts';
import type { Answers } from '../policy/look-up.ts';
import type { SettleDefaults } from '../policy/settle.ts';
import type { Wishes } from '../policy/wishes.ts';
import type { Records } from '../records.ts';
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
  { remember }: ResolvedGrants,
  { identity }: RightsRequest,
  _clientId: string | undefined,
): Promise<GrantMemory> {
  // Whoever comes back is another stranger.
  if (identity.kind === 'anonymous') return NO_MEMORY;
  switch (remember) {
    case 'nothing':
    case 'client':
      return NO_MEMORY;
    default:
      throw new TypeError(`There is no memory ${remember}`);
  }
}
