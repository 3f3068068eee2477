/**
 * From how an operator names somebody to how the gate knows them, and back. Ably knows clientIds; the gate knows sources
 * and subjects. Where clientIds are a source's prefix and the subject, one follows from the other. Where a rule makes
 * them from a template nobody can go back, and this says so instead of guessing.
 */
import type { IdentitySource } from '../identity/identity.ts';
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
}

export function createPeople(sources: readonly IdentitySource[], policy: Policy): People {
  const named = sources.filter(({ kinds }) => kinds.some((kind) => kind !== 'anonymous'));
  const invertible = policy.rules.every(({ clientId }) => !clientId || clientId.text === '{sub}');
  return Object.freeze({
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
      return isFitClientId(prefix + subject) ? prefix + subject : undefined;
    },
  } satisfies People);
}
