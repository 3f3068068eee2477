/**
 * A person with two hundred rooms, once for each place where grants are remembered: opens them, then renews. Says how
 * often a check was asked, and the microseconds of each renewal.
 */

import { createEnvironmentKeySource } from '../../../adapters/key-sources/environment.ts';
import { memoryStore } from '../../../adapters/stores/memory.ts';
import type { AuthRequest, AuthResponse, NameValue } from '../../../core/http.ts';
import { configureEndpoint, defineAuth, type Remembering, remembering, requestable, session } from '../../../index.ts';
import { ourCookie } from '../callers.ts';
import { API_KEY, SESSION_SECRET } from '../requests.ts';

const ROOMS = 200;
/** What one request may ask for. */
const AT_ONCE = 100;

export interface GrantsResult {
  readonly where: Remembering;
  readonly rooms: number;
  /** Checks to open them all, and those of all renewals together. */
  readonly opening: number;
  readonly renewing: number;
  readonly microseconds: readonly number[];
}

interface Person {
  readonly checks: () => number;
  ask(resources: readonly string[]): Promise<AuthResponse>;
}

const [, , renewals = '1'] = process.argv;
const results: GrantsResult[] = [];
for (const where of ['client', 'signed', 'store'] as const) {
  const person = arrives(where);
  const rooms = Array.from({ length: ROOMS }, (_, n) => `room:${n}`);
  // The client's own list is sent whole each time, so it holds as much as one request can carry.
  const held = where === 'client' ? rooms.slice(0, AT_ONCE) : rooms;
  for (let start = 0; start < held.length; start += AT_ONCE) await person.ask(held.slice(start, start + AT_ONCE));
  const opening = person.checks();
  const microseconds: number[] = [];
  for (let n = 0; n < Number(renewals); n++) {
    const startedAt = process.hrtime.bigint();
    const response = await person.ask(where === 'client' ? held : []);
    microseconds.push(Number(process.hrtime.bigint() - startedAt) / 1000);
    if (roomsIn(response) !== held.length) throw new Error(`${where}: ${roomsIn(response)} rooms are left`);
  }
  results.push({ where, rooms: held.length, opening, renewing: person.checks() - opening, microseconds });
}
process.send?.({ results });
process.disconnect();

function arrives(where: Remembering): Person {
  let checks = 0;
  const room = requestable({
    resource: 'room:{id}',
    operations: ['publish', 'subscribe', 'presence'],
    check: () => {
      checks += 1;
      return true;
    },
  });
  const endpoint = configureEndpoint({
    definition: defineAuth(() => ({
      sources: [session({ secrets: [SESSION_SECRET] })],
      rules: [{ name: 'everybody', grant: { lobby: ['subscribe'] } }],
      requestable: [room],
      grants: remembering(where, { secrets: [SESSION_SECRET] }),
      store: memoryStore(),
    })),
    env: {},
    keySource: { ok: true, source: createEnvironmentKeySource({ ABLY_API_KEY: API_KEY }) },
  });
  const [name = '', ...value] = (ourCookie('signed-in') ?? '').split('=');
  const cookies: readonly NameValue[] = [[name, value.join('=')]];
  let grant = 'new';
  return {
    checks: () => checks,
    async ask(resources) {
      const headers = new Map([['x-ably-auth-grant', [grant]]]);
      const query: readonly NameValue[] = resources.length === 0 ? [] : [['resources', JSON.stringify(resources)]];
      const request: AuthRequest = { method: 'GET', query, headers, cookies, body: '', platform: {} };
      const response = await endpoint.handle(request);
      grant = response.headers.find(([header]) => header === 'X-Ably-Auth-Grant')?.[1] ?? 'new';
      return response;
    },
  };
}

function roomsIn({ status, body }: AuthResponse): number {
  if (status !== 200) throw new Error(body);
  return Object.keys(JSON.parse((JSON.parse(body) as { capability: string }).capability)).length - 1;
}
