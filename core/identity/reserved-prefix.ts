/**
 * Keeps the clientIds of guests to guests (S19). A source without a prefix, or a rule with a template, may come to any
 * name, `guest:7` among them: what it comes to is looked at here, once it is known.
 */
import { AuthFailure } from '../errors.ts';
import type { IdentitySource } from './identity.ts';

export interface ReservedPrefix {
  readonly source: string;
  readonly prefix: string;
}

export function reservedPrefixes(sources: readonly IdentitySource[]): readonly ReservedPrefix[] {
  return sources.flatMap(({ name, makesGuests, clientIdPrefix }) =>
    makesGuests && clientIdPrefix ? [{ source: name, prefix: clientIdPrefix }] : [],
  );
}

/** @throws AuthFailure `unfit-client-id` (403) */
export function keepReserved(
  reserved: readonly ReservedPrefix[],
  clientId: string | undefined,
  identitySource: string,
): void {
  for (const { source, prefix } of reserved) {
    if (source === identitySource || !clientId?.startsWith(prefix)) continue;
    throw new AuthFailure('unfit-client-id', `source ${identitySource} comes to a clientId of source ${source}`);
  }
}
