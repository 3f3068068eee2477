/**
 * From how an operator names somebody to how the gate knows them, and back. Ably knows clientIds; the gate knows sources
 * and subjects. Where clientIds are a source's prefix and the subject, one follows from the other. Where a rule makes
 * them from a template nobody can go back, and this says so instead of guessing.
 */
import type { IdentitySource } from '../identity/identity.ts';
import { reservedPrefixes } from '../identity/reserved-prefix.ts';
import type { Policy } from '../policy/compile-policy.ts';
import { isFitClientId } from '../well-formed.ts';

/** Somebody, as one source of the config knows them. */
export interface Person {
  readonly source: string;
  readonly subject: string;
  /** What they are called at Ably, where a template of a rule makes it. Default: the source's prefix and the subject. */
  readonly clientId?: string;
  /** What their tokens say instead, where a rule gives each session a key of its own: the others are left alone. */
  readonly revocationKey?: string;
}

export interface People {
  knows(source: string): boolean;
  /** Everybody who can have the clientId; `undefined` where a template may have made it of anything. */
  withClientId(clientId: string): readonly Person[] | undefined;
  /** `undefined` where only a template could say. */
  clientIdOf(person: Person): string | undefined;
  /** Whether a rule lets clients choose their clientId, or gives them none: their tokens then say nothing of the person. */
  readonly someNameless: boolean;
}

export function createPeople(sources: readonly IdentitySource[], policy: Policy): People {
  const named = sources.filter(({ kinds }) => kinds.some((kind) => kind !== 'anonymous'));
  const invertible = policy.rules.every(({ clientId }) => !clientId || clientId.text === '{sub}');
  const reserved = reservedPrefixes(sources);
  return Object.freeze({
    someNameless: policy.rules.some(({ clientId, wildcardClientId }) => clientId === false || wildcardClientId),
    knows: (source) => named.some(({ name }) => name === source),
    withClientId(clientId) {
      if (!invertible) return undefined;
      // More than one where a prefix begins another, or people are shared: all who can be called so are meant.
      return named.flatMap(({ name, clientIdPrefix: prefix = '' }) =>
        clientId.startsWith(prefix) && clientId.length > prefix.length
          ? [{ source: name, subject: clientId.slice(prefix.length), clientId }]
          : [],
      );
    },
    clientIdOf({ source, subject, clientId }) {
      if (clientId !== undefined) return clientId;
      if (!invertible) return undefined;
      const prefix = named.find(({ name }) => name === source)?.clientIdPrefix ?? '';
      const byDefault = prefix + subject;
      // It is a guest's, and this person is issued nothing (reserved-prefix.ts).
      const isOfGuest = reserved.some((other) => other.source !== source && byDefault.startsWith(other.prefix));
      return isFitClientId(byDefault) && !isOfGuest ? byDefault : undefined;
    },
  } satisfies People);
}
