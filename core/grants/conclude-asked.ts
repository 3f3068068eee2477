/**
 * Says how asking went, once it is decided what the credential carries: to the client, which is to be told what it did
 * not get and what to keep, and to the log.
 */
import type { Remember } from '../identity/identity.ts';
import type { Check, CheckResult } from './ask-checks.ts';
import type { Kept, Recalled, RememberedGrant } from './grant-memory.ts';
import { refusedHeader } from './refused-header.ts';
import type { GrantsReport } from './report.ts';

export interface Asked {
  readonly asked: readonly string[];
  readonly refused: readonly string[];
  readonly known: number;
  readonly approved: readonly RememberedGrant[];
  readonly results: ReadonlyMap<Check, CheckResult>;
  readonly lost: number;
  readonly notFitting: number;
  readonly kept: Kept;
  readonly discarded: Recalled['discarded'];
}

export function concludeAsked(
  { asked, refused, known, approved, results, lost, notFitting, kept, discarded }: Asked,
  remember: Remember | undefined,
): { readonly remember: Remember; readonly report: GrantsReport } {
  const answered = [...results].map(([{ entry }, result]) => ({ entry: entry.name, result }));
  const unfit = [...new Set(answered.filter(({ result }) => result === 'unfit').map(({ entry }) => entry))];
  return {
    remember: {
      cookies: [...(remember?.cookies ?? []), ...(kept.remember?.cookies ?? [])],
      headers: [...(remember?.headers ?? []), ...(kept.remember?.headers ?? []), ...refusedHeader(refused)],
    },
    report: {
      ...{ asked: asked.length, refused: refused.length, remembered: known, lost },
      approved: countedByEntry(approved),
      checkRefused: countedByEntry(answered.filter(({ result }) => typeof result === 'string')),
      ...((notFitting > 0 || kept.dropped > 0) && {
        dropped: { fromCredential: notFitting, fromMemory: kept.dropped },
      }),
      ...(unfit.length > 0 && { unfit }),
      ...(discarded && { discarded }),
    },
  };
}

function countedByEntry(items: readonly { readonly entry: string }[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { entry } of items) counts.set(entry, (counts.get(entry) ?? 0) + 1);
  return Object.fromEntries(counts);
}
