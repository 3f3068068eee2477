/**
 * The record in which a subject's grants are stored: those of all its sessions, so that one can be taken back in all of
 * them at once, and what was taken back lately, so that a request under way cannot put it there again.
 *
 * Only its form, and what changing it means; pure. When it is read and written is decided in stored-memory.ts.
 */
import { createHash } from 'node:crypto';
import type { Operation } from '../capability/operations.ts';
import { MAX_GRANT_RECORD_BYTES, MAX_STORED_GRANTS } from '../limits.ts';
import type { RememberedGrant } from './grant-memory.ts';

export interface StoredGrant extends RememberedGrant {
  readonly session: string;
  readonly policyVersion: string;
  readonly atSeconds: number;
}

/** One act of forgetting; `undefined`: everything. */
type Forgotten = readonly [serial: number, resources: readonly string[] | undefined];

export interface GrantRecord {
  /** Oldest first. */
  readonly grants: readonly StoredGrant[];
  /** How often something was taken back. */
  readonly forgets: number;
  /** The last of these. */
  readonly forgotten: readonly Forgotten[];
  readonly expiresAtMs: number;
}

const EMPTY: GrantRecord = Object.freeze({ grants: [], forgets: 0, forgotten: [], expiresAtMs: 0 });

/** More of them than there can be while one request is under way; of those before, a request is told that it may be any. */
const REMEMBERED_FORGETS = 20;
const MAX_FORGOTTEN_NAMES = 50;

interface Written {
  readonly n: number;
  readonly f: readonly (readonly [number, (readonly string[] | null)?])[];
  readonly x: number;
  /** Sessions, policy versions, and entries with operations, to which the grants point. */
  readonly s: readonly string[];
  readonly v: readonly string[];
  readonly e: readonly (readonly [entry: string, operations: string])[];
  readonly g: readonly (readonly [resource: string, s: number, v: number, e: number, atSeconds: number])[];
}

/** What cannot be read, a record of another program say, is nothing remembered: everything is checked again. */
export function parseRecord(text: string | undefined): GrantRecord {
  if (text === undefined) return EMPTY;
  try {
    const { n, f, x, s, v, e, g } = JSON.parse(text) as Written;
    const kinds = e.map(([entry, names]) => ({ entry, operations: new Set(names.split(',') as Operation[]) }));
    const grants = g.map(([resource, session, version, kind, atSeconds]) => ({
      ...{ resource, ...at(kinds, kind), atSeconds },
      ...{ session: at(s, session), policyVersion: at(v, version) },
    }));
    const forgotten = f.map(([serial, resources]): Forgotten => [serial, resources ?? undefined]);
    return { grants, forgets: n, forgotten, expiresAtMs: x };
  } catch {
    return EMPTY;
  }
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError('The record points to nothing');
  return item;
}

/** @returns the text, and how many of the oldest it has no room for */
export function writeRecord(record: GrantRecord): { readonly text: string; readonly dropped: number } {
  let grants = record.grants.slice(-MAX_STORED_GRANTS);
  let text = writeAll(record, grants);
  while (Buffer.byteLength(text) > MAX_GRANT_RECORD_BYTES && grants.length > 0) {
    grants = grants.slice(Math.ceil(grants.length / 10));
    text = writeAll(record, grants);
  }
  return { text, dropped: record.grants.length - grants.length };
}

function writeAll({ forgets, forgotten, expiresAtMs }: GrantRecord, grants: readonly StoredGrant[]): string {
  const sessions = new Map<string, number>();
  const versions = new Map<string, number>();
  const kinds = new Map<string, number>();
  const index = (map: Map<string, number>, name: string): number => {
    const known = map.get(name) ?? map.size;
    map.set(name, known);
    return known;
  };
  const g = grants.map(({ resource, session, policyVersion, entry, operations, atSeconds }) => {
    const kind = index(kinds, JSON.stringify([entry, [...operations].join()]));
    return [resource, index(sessions, session), index(versions, policyVersion), kind, atSeconds] as const;
  });
  const f = forgotten.map(([serial, resources]) => [serial, resources ?? null] as const);
  const e = [...kinds.keys()].map((kind) => JSON.parse(kind) as readonly [string, string]);
  const written: Written = { n: forgets, f, x: expiresAtMs, s: [...sessions.keys()], v: [...versions.keys()], e, g };
  return JSON.stringify(written);
}

/** Whether a resource was taken back after a record was seen that had this many forgets. */
export function forgottenSince({ forgets, forgotten }: GrantRecord, seen: number): (resource: string) => boolean {
  if (forgets === seen) return () => false;
  const since = forgotten.filter(([serial]) => serial > seen);
  // Fewer than there were: the record was lost meanwhile, or what was taken back is no longer known.
  const isKnown = forgets > seen && since.length === forgets - seen;
  if (!isKnown || since.some(([, resources]) => resources === undefined)) return () => true;
  const resources = new Set(since.flatMap(([, names]) => names ?? []));
  return (resource) => resources.has(resource);
}

/** @param session only what this one holds; `undefined`: every one */
export function withoutForgotten(
  record: GrantRecord,
  resources: readonly string[] | undefined,
  session: string | undefined,
): GrantRecord {
  const forgets = record.forgets + 1;
  const named = resources && new Set(resources);
  const told = resources && resources.length <= MAX_FORGOTTEN_NAMES ? resources : undefined;
  const isTaken = (grant: StoredGrant): boolean =>
    (session === undefined || grant.session === session) && (named?.has(grant.resource) ?? true);
  return {
    ...record,
    grants: record.grants.filter((grant) => !isTaken(grant)),
    forgets,
    forgotten: [...record.forgotten, [forgets, told] as const].slice(-REMEMBERED_FORGETS),
  };
}

/** A session as the record names it: no store holds the id of one. */
export function sessionName(session: string): string {
  return createHash('sha256').update(session).digest('base64url').slice(0, 12);
}
