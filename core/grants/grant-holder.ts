/**
 * To whom a remembered grant belongs, and whether a caller is that one: nobody else, and not even the same person after
 * the next login.
 */
import { createHash } from 'node:crypto';
import type { Identity } from '../identity/identity.ts';

export interface GrantHolder {
  readonly source: string;
  readonly subject: string;
  /** One login among several; the same text for all where the source tells no difference. */
  readonly session: string;
  /** What the credential says; absent: it has none. */
  readonly clientId: string | undefined;
}

export function holderOf({ source, subject, ...identity }: Identity, clientId: string | undefined): GrantHolder {
  return { source, subject, session: sessionOf(identity), clientId };
}

/** Where a source names no session, the moment of the login tells one from another. */
export function sessionOf({ sessionId, authenticatedAtMs }: Pick<Identity, 'sessionId' | 'authenticatedAtMs'>): string {
  if (sessionId !== undefined) return `id ${sessionId}`;
  return authenticatedAtMs === undefined ? '' : `at ${authenticatedAtMs}`;
}

/**
 * Stands for a holder and an API key where neither is to be read: 22 characters, of 132 bits, so that nobody finds a
 * subject of his own that comes to the same.
 */
export function boundTo({ source, subject, session, clientId }: GrantHolder, keyName: string): string {
  const parts = [source, subject, session, clientId ?? null, keyName];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);
}
