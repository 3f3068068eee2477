/**
 * Remembers grants in the store, one record for each subject: two tabs that ask at once both keep what they got, a grant
 * can be taken back, and one that is taken back while it is being checked does not come in again.
 *
 * A renewal that changes nothing reads once and writes nothing. An outage of the store is 503: what was granted must not
 * read as refused (S12).
 */
import { AuthFailure } from '../errors.ts';
import type { Records } from '../records.ts';
import { recordKey, StoreError } from '../stores.ts';
import type { GrantHolder } from './grant-holder.ts';
import type { GrantMemory } from './grant-memory.ts';
import {
  forgottenSince,
  type GrantRecord,
  parseRecord,
  type StoredGrant,
  sessionName,
  withoutForgotten,
  writeRecord,
} from './grant-record.ts';
import type { ResolvedGrants } from './grants-choice.ts';
import { without } from './known-grants.ts';
import { policyVersionOf } from './policy-version.ts';

/** How long what was taken back is remembered at least: longer than any request takes. */
const MIN_RECORD_MS = 10 * 60_000;

export function storedMemory(
  grants: ResolvedGrants,
  records: Records,
  { source, subject, session: name }: GrantHolder,
  nowMs: number,
): GrantMemory {
  const key = grantKey(source, subject);
  const session = sessionName(name);
  const policyVersion = policyVersionOf(grants);
  const atSeconds = Math.floor(nowMs / 1000);
  const oldestSeconds = (nowMs - grants.maxAgeMs) / 1000;
  let seen = 0;

  return {
    async recall() {
      const record = parseRecord(await orUnavailable(() => records.read(key)));
      seen = record.forgets;
      const own = record.grants.filter((grant) => grant.session === session);
      const isCurrent = (grant: StoredGrant): boolean =>
        grant.policyVersion === policyVersion && grant.atSeconds > oldestSeconds;
      return { current: own.filter(isCurrent), outdated: own.filter((grant) => !isCurrent(grant)) };
    },
    async remember({ approved, lost }) {
      let dropped = 0;
      let forgotten = approved;
      if (approved.length === 0 && lost.length === 0) return { dropped, forgotten };
      await orUnavailable(() =>
        records.update(key, (value) => {
          const record = parseRecord(value);
          const isForgotten = forgottenSince(record, seen);
          forgotten = approved.filter(({ resource }) => isForgotten(resource));
          const kept = without(approved, forgotten);
          const written = writeRecord({
            ...record,
            grants: [
              ...withoutOwn(record, session, [...approved, ...lost], oldestSeconds - grants.maxAgeMs / 1000),
              ...kept.map((grant) => ({ ...grant, session, policyVersion, atSeconds })),
            ],
            expiresAtMs: Math.max(record.expiresAtMs, nowMs + grants.maxAgeMs),
          });
          dropped = written.dropped;
          return { value: written.text, expiresAtMs: Math.max(record.expiresAtMs, nowMs + grants.maxAgeMs) };
        }),
      );
      return { dropped, forgotten };
    },
    forget: async (resources) => {
      await orUnavailable(() => forgetIn(records, key, resources, undefined, nowMs));
      return true;
    },
  };
}

/** All but these of one session, and but those of sessions that have not come for twice as long as anything counts. */
function withoutOwn(
  { grants }: GrantRecord,
  session: string,
  gone: readonly Pick<StoredGrant, 'entry' | 'resource'>[],
  oldestSeconds: number,
): readonly StoredGrant[] {
  const own = grants.filter((grant) => grant.session === session);
  const kept = new Set(without(own, gone));
  return grants.filter((grant) => kept.has(grant) || (grant.session !== session && grant.atSeconds > oldestSeconds));
}

export function grantKey(source: string, subject: string): string {
  return recordKey('grant', source, subject);
}

/**
 * @param session only what this one holds; `undefined`: every one
 * @throws StoreError
 */
export async function forgetIn(
  records: Records,
  key: string,
  resources: readonly string[] | undefined,
  session: string | undefined,
  nowMs: number,
): Promise<void> {
  await records.update(key, (value) => {
    const record = parseRecord(value);
    const expiresAtMs = Math.max(record.expiresAtMs, nowMs + MIN_RECORD_MS);
    const { text } = writeRecord({ ...withoutForgotten(record, resources, session), expiresAtMs });
    return { value: text, expiresAtMs };
  });
}

async function orUnavailable<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new AuthFailure('policy-unavailable', `the store ${error.store}: ${error.message}`);
  }
}
