/**
 * For the app's own server: takes stored grants back, when somebody leaves a room or is put out of it. The credential in
 * hand still holds until its end; to have it end sooner, ask the client to renew (ask-to-reauthorize.ts) or revoke it.
 */
import { createRecords } from '../records.ts';
import type { RecordStore } from '../stores.ts';
import { sessionOf } from './grant-holder.ts';
import { sessionName } from './grant-record.ts';
import { forgetIn, grantKey } from './stored-memory.ts';

/** Whose grants: a subject as its source names it, and one of its sessions, or all. */
export interface GrantsOf {
  /** Name of the identity source, `session`. */
  readonly source: string;
  readonly subject: string;
  /** As the source says it. Left out, with the next one: in every session. */
  readonly sessionId?: string;
  /** Of a session that has no id. */
  readonly authenticatedAtMs?: number;
}

/**
 * What is being checked for the same caller at this moment does not come in again either.
 *
 * @param store the one of the config
 * @param resources channels by their names; left out, every grant
 * @returns when the store has acknowledged it
 * @throws StoreError when it does not: then nothing is certain, and it is to be called again
 */
export async function forgetGrants(
  store: RecordStore,
  caller: GrantsOf,
  resources?: readonly string[],
  { nowMs = Date.now }: { readonly nowMs?: () => number } = {},
): Promise<void> {
  const { source, subject, sessionId, authenticatedAtMs } = caller;
  const isOne = sessionId !== undefined || authenticatedAtMs !== undefined;
  const session = isOne ? sessionName(sessionOf(caller)) : undefined;
  await forgetIn(createRecords(store, { nowMs }), grantKey(source, subject), resources, session, nowMs());
}
