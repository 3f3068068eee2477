/**
 * Random lives of two people with two sessions each: they ask, show whatever grants they have seen, anybody's, ask twice
 * at once; doors open and close, grants are taken back, the policy changes, time passes. No right ever appears that no
 * check gave, to this caller in this session under this policy, lately, and since when it was not taken back.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forgetGrants, memoryStore, type Remembering, remembering } from '../../index.ts';
import { NOW_MS, sessionCookie } from '../core/auth-request.ts';
import { asking, grantHeaderIn, refusedIn, rightsIn, roomsEndpoint } from '../grants/asking.ts';
import { APP, hostileRequests } from './hostile-requests.ts';

const SUBJECTS = ['bob', 'eve'] as const;
const ROOMS = ['1', '2', '3', '4'] as const;
const NONSENSE = ['room:*', '[meta]room:1', 'room:1:2', 'room:{id}', 'lobby'] as const;
const MAX_AGE_MS = 24 * 3_600_000;

interface Caller {
  readonly subject: (typeof SUBJECTS)[number];
  readonly sessionId: 'a' | 'b';
}

const caller: fc.Arbitrary<Caller> = fc.record({
  subject: fc.constantFrom(...SUBJECTS),
  sessionId: fc.constantFrom('a', 'b'),
});
const resources = fc.subarray([...ROOMS.map((room) => `room:${room}`), ...NONSENSE], { maxLength: 4 });
const door = fc.constantFrom<boolean | readonly ['subscribe']>(true, false, ['subscribe']);

type Act =
  | { readonly kind: 'ask'; readonly who: Caller; readonly resources: readonly string[]; readonly shown: number }
  | {
      readonly kind: 'race';
      readonly who: Caller;
      readonly first: readonly string[];
      readonly second: readonly string[];
    }
  | {
      readonly kind: 'door';
      readonly subject: string;
      readonly room: string;
      readonly answer: boolean | readonly ['subscribe'];
    }
  | { readonly kind: 'forget'; readonly subject: string; readonly room: string; readonly sessionId: string | undefined }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'policy'; readonly version: number };

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('ask'), who: caller, resources, shown: fc.nat(6) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('race'), who: caller, first: resources, second: resources }) },
  {
    weight: 4,
    arbitrary: fc.record({
      ...{ kind: fc.constant('door'), subject: fc.constantFrom(...SUBJECTS), room: fc.constantFrom(...ROOMS) },
      answer: door,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      ...{ kind: fc.constant('forget'), subject: fc.constantFrom(...SUBJECTS), room: fc.constantFrom(...ROOMS) },
      sessionId: fc.constantFrom('a', 'b', undefined),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait'), ms: fc.integer({ min: 0, max: MAX_AGE_MS }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('policy'), version: fc.integer({ min: 1, max: 3 }) }) },
) as fc.Arbitrary<Act>;

/** A yes of a check, about one caller and room. */
interface Yes {
  readonly atMs: number;
  readonly version: number;
  readonly operations: readonly string[];
}

async function live(where: Remembering, acts: readonly Act[], gained: Set<string>): Promise<void> {
  let nowMs = NOW_MS;
  let version = 1;
  const store = memoryStore({ nowMs: () => nowMs });
  const doors = new Map<string, boolean | readonly ['subscribe']>();
  const yes = new Map<string, readonly Yes[]>();
  const grants = ['new'];
  const endpoints = new Map<number, ReturnType<typeof roomsEndpoint>>();

  const endpoint = () => {
    const known = endpoints.get(version);
    if (known) return known;
    const ours = version;
    const made = roomsEndpoint(() => true, {
      ...{ store, nowMs: () => nowMs },
      grants: remembering(where, { policyVersion: String(ours) }),
      requestable: [
        {
          resource: 'room:{id}',
          operations: ['publish', 'subscribe'],
          check: async ({ identity, id = '' }) => {
            await Promise.resolve();
            const answer = doors.get(`${identity.subject} ${id}`) ?? false;
            const operations = answer === true ? ['publish', 'subscribe'] : answer === false ? [] : answer;
            const name = `${identity.subject} ${identity.sessionId} ${id}`;
            if (operations.length > 0)
              yes.set(name, [...(yes.get(name) ?? []), { atMs: nowMs, version: ours, operations }]);
            return answer;
          },
        },
      ],
    });
    endpoints.set(version, made);
    return made;
  };

  const ask = async ({ subject, sessionId }: Caller, asked: readonly string[], shown: string) => {
    const cookies = [sessionCookie({ subject, sessionId, lifetimeSeconds: 400 * 86_400 })];
    const request = asking(asked, { cookies, headers: { 'x-ably-auth-grant': shown } });
    const response = await endpoint().handle(request);
    const rights = rightsIn(response);
    for (const [resource, operations] of Object.entries(rights)) {
      if (resource === 'lobby') continue;
      const given = (yes.get(`${subject} ${sessionId} ${resource.replace('room:', '')}`) ?? []).filter(
        (one) => one.version === version && nowMs - one.atMs < MAX_AGE_MS,
      );
      for (const operation of operations) {
        const isGiven = given.some((one) => one.operations.includes(operation));
        expect(isGiven, `${subject} ${sessionId} may ${operation} on ${resource}`).toBe(true);
      }
      gained.add(asked.includes(resource) ? 'asked' : 'remembered');
    }
    const refused = refusedIn(response) ?? [];
    expect(refused).toEqual(asked.filter((resource) => !(resource in rights)));
    const grant = grantHeaderIn(response);
    if (grant !== undefined) grants.push(grant);
    return rights;
  };

  for (const each of acts) {
    if (each.kind === 'ask') await ask(each.who, each.resources, grants[grants.length - 1 - each.shown] ?? 'new');
    else if (each.kind === 'race') {
      const shown = grants.at(-1) ?? 'new';
      const both = await Promise.all([ask(each.who, each.first, shown), ask(each.who, each.second, shown)]);
      if (where !== 'store') continue;
      const kept = await ask(each.who, [], 'new');
      for (const resource of both.flatMap((rights) => Object.keys(rights)))
        expect(Object.keys(kept)).toContain(resource);
    } else if (each.kind === 'door') doors.set(`${each.subject} ${each.room}`, each.answer);
    else if (each.kind === 'wait') nowMs += each.ms;
    else if (each.kind === 'policy') version = each.version;
    else if (where === 'store') {
      const { subject, room, sessionId } = each;
      const of = { source: 'session', subject, ...(sessionId !== undefined && { sessionId }) };
      await forgetGrants(store, of, [`room:${room}`], { nowMs: () => nowMs });
      for (const one of sessionId === undefined ? ['a', 'b'] : [sessionId]) yes.delete(`${subject} ${one} ${room}`);
    }
  }
}

describe.each(['client', 'signed', 'store'] as const)('rights that are remembered by %s', (where) => {
  it('are never more than a check gave', async () => {
    const gained = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 40, size: 'max' }), (acts) => live(where, acts, gained)),
      { numRuns: 150 },
    );
    // Otherwise the lives above would prove less than they seem to.
    expect([...gained].toSorted()).toEqual(where === 'client' ? ['asked'] : ['asked', 'remembered']);
  });
});

describe.each(['nothing', 'client', 'signed', 'store'] as const)('an endpoint that remembers by %s', (where) => {
  it('answers every hostile request as documented, and gives nobody what no check gave', async () => {
    const seen = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(hostileRequests, resources, fc.boolean(), async ({ request, subject }, asked, asks) => {
        const rooms = roomsEndpoint((_, id) => id === '1', {
          ...{ grants: remembering(where), store: memoryStore(), allowedOrigins: [APP] },
          rules: [
            { name: 'visitors', when: { kind: 'anonymous' }, grant: { news: ['subscribe'] } },
            { name: 'users', grant: { news: ['subscribe'] } },
          ],
        });
        const query = asks ? [['resources', JSON.stringify(asked)] as const] : request.query;
        const response = await rooms.handle({ ...request, query });
        seen.set(response.status, (seen.get(response.status) ?? 0) + 1);
        expect([200, 204, 400, 401, 403, 405]).toContain(response.status);
        for (const [name, value] of response.headers) {
          expect(`${name}: ${value}`).toMatch(/^[A-Za-z-]+: [\x20-\x7e]+$/);
        }
        if (response.status !== 200) return;
        const gained = Object.keys(rightsIn(response)).filter((resource) => resource !== 'news');
        expect(gained.filter((resource) => resource !== 'room:1' || subject === undefined)).toEqual([]);
        if (gained.length > 0) expect(where).not.toBe('nothing');
      }),
      { numRuns: 500 },
    );
    for (const status of [200, 400, 401]) expect(seen.get(status) ?? 0).toBeGreaterThan(3);
  });
});
