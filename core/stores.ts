/**
 * The one port behind which anything is stored: what the re-issue gate knows of a subject, what was granted on asking,
 * how often somebody has asked. What a record says, and how long it counts, is decided by those who write it.
 *
 * Drivers under adapters/stores make one call each. Whatever the product behind it, a driver promises two things: a read
 * sees every write that was acknowledged before it began, and of two writers that saw the same version one is refused.
 * A plain read-then-write breaks the second and loses what the other wrote.
 */
import { createHash } from 'node:crypto';

export interface StoredRecord {
  /** Text, at most `MAX_RECORD_BYTES` in UTF-8. */
  readonly value: string;
  /** Milliseconds since the epoch, by our clock. From then on the record counts as absent; whoever reads it checks. */
  readonly expiresAtMs: number;
}

export interface VersionedRecord extends StoredRecord {
  /** Opaque; another one after every write, also where the value is the same as before. Never used twice for a key. */
  readonly version: string;
}

export interface RecordStore {
  /** For the log: `memory`, `dynamodb`, `redis`, `netlify-blobs`. */
  readonly name: string;
  /**
   * The record as it is now, expired or not; `undefined` when the store says that there is none.
   * @throws StoreError and nothing else
   */
  read(key: string): Promise<VersionedRecord | undefined>;
  /**
   * Writes if the record is still the one that was seen, `undefined` meaning that there must be none. A driver may let
   * the product remove a record by itself, but not before `RECORD_GRACE_MS` after its expiry: clocks differ.
   * @returns whether it was written
   * @throws StoreError and nothing else; it may then have been written all the same
   */
  compareAndSet(key: string, seenVersion: string | undefined, record: StoredRecord): Promise<boolean>;
  /**
   * Removes the record, whatever its version. No error when there is none.
   * @throws StoreError and nothing else
   */
  delete(key: string): Promise<void>;
}

/** The store did not answer in time or not sensibly, or refused. An outage is never "no such record" (S12). */
export class StoreError extends Error {
  /** By what it carries: a driver may have been bundled with a copy of this class of its own. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'StoreError' && 'store' in value;
  }

  /** Its `name`. */
  readonly store: string;
  /** The store is well: others were faster at every try. */
  readonly contended: boolean;

  /** @param message for the log; holds no key, no value, no credential (S10) */
  constructor(store: string, message: string, options?: ErrorOptions & { readonly contended?: boolean }) {
    super(message, options);
    this.name = 'StoreError';
    this.store = store;
    this.contended = options?.contended ?? false;
  }
}

/** A record's value, in UTF-8: DynamoDB takes 400 KB an item, and nothing of ours comes near this (ours). */
export const MAX_RECORD_BYTES = 128 * 1024;

/** How long after its expiry a record is at least kept, so that a product whose clock is ahead drops none early. */
export const RECORD_GRACE_MS = 60 * 60 * 1000;

/**
 * Where a record is kept: `gate:…` followed by a hash, so that no store holds a subject in clear text, and no subject
 * can be written so that it reads as another key.
 */
export function recordKey(purpose: 'gate' | 'grant' | 'limit', ...parts: readonly string[]): string {
  return `${purpose}:${createHash('sha256').update(JSON.stringify(parts)).digest('base64url')}`;
}
