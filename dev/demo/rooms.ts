/**
 * Rooms for the demo page, some of which open on asking and some of which do not, for visitors as well. Only beside a
 * config that says nothing about asking itself, and never on a real account: there the rules are yours alone.
 */
import { type AuthDefinition, type Environment, remembering, requestable } from '../../index.ts';

export interface DemoRoom {
  readonly name: string;
  readonly about: string;
}

export const DEMO_ROOMS: readonly DemoRoom[] = [
  { name: 'room:garden', about: 'Opens to whoever asks.' },
  { name: 'room:library', about: 'Opens to whoever asks, too.' },
  { name: 'room:boardroom', about: 'Stays closed to visitors, however nicely they ask.' },
];

const OPEN_TO_ALL: ReadonlySet<string> = new Set(['garden', 'library']);

export function hasRoomToAsk(definition: AuthDefinition, env: Environment): boolean {
  try {
    const config = definition.build(env);
    return config.requestable === undefined && config.grants === undefined;
  } catch {
    // The endpoint builds it as well, and says what is wrong.
    return false;
  }
}

/** The definition, with the rooms to ask for. */
export function acceptAsking(definition: AuthDefinition): AuthDefinition {
  const room = requestable({
    resource: 'room:{id}',
    operations: ['publish', 'subscribe'],
    when: { kind: ['user', 'anonymous'] },
    // An app asks its database here: is this caller a member of that room?
    check: ({ id }) => OPEN_TO_ALL.has(id),
  });
  return {
    ...definition,
    build: (env) => ({ ...definition.build(env), requestable: [room], grants: remembering('client') }),
  };
}
