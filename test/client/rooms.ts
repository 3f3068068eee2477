/** The endpoint itself with rooms to ask for, and what the client sends to it, seen through the `fetch` of its options. */
import { type AblyAuth, type AblyAuthOptions, createAblyAuth } from '../../client/index.ts';
import { type AuthConfig, remembering, requestable } from '../../index.ts';
import { type Stage, startStage } from '../stage.ts';

export interface Rooms extends Stage {
  /** Every check, in order. */
  readonly checked: string[];
  /** Which rooms are open; everybody may be told otherwise later. */
  open: (id: string) => boolean;
}

/** Rooms whose names end in an odd digit stay closed. */
export async function startRooms(config: Partial<AuthConfig> = {}): Promise<Rooms> {
  const checked: string[] = [];
  const rooms = { checked, open: (id: string): boolean => !/[13579]$/.test(id) };
  const room = requestable({
    resource: 'room:{id}',
    operations: ['publish', 'subscribe'],
    when: { kind: ['user', 'guest'] },
    check: ({ id }) => {
      checked.push(id);
      return rooms.open(id);
    },
  });
  const stage = await startStage({
    config: {
      rules: [{ name: 'everybody', when: { kind: ['user', 'guest'] }, grant: { lobby: ['subscribe'] } }],
      requestable: [room],
      grants: remembering('client'),
      ...config,
    },
  });
  return Object.assign(rooms, stage);
}

export interface SeenRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly resources: readonly string[] | null;
}

export interface Observed {
  readonly auth: AblyAuth;
  readonly seen: readonly SeenRequest[];
  /** The most requests that were under way at the same time. */
  mostAtOnce(): number;
}

/** Ada, unless the options say otherwise. */
export function observe(rooms: Rooms, options: Partial<AblyAuthOptions> = {}): Observed {
  const seen: SeenRequest[] = [];
  let open = 0;
  let most = 0;
  const auth = createAblyAuth({
    url: rooms.authUrl,
    headers: { cookie: rooms.cookieOf('ada') },
    ...options,
    fetch: async (url, call) => {
      open += 1;
      most = Math.max(most, open);
      const asked = new URLSearchParams(call.body).get('resources');
      seen.push({ headers: call.headers, resources: asked === null ? null : JSON.parse(asked) });
      const response = await fetch(url, call);
      const text = await response.text();
      open -= 1;
      return { status: response.status, headers: response.headers, text: async () => text };
    },
  });
  return { auth, seen, mostAtOnce: () => most };
}
