/** Who gets what on asking: the app's check, the order of policy, asking, ceiling and narrowing, and failure. */
import { describe, expect, it, vi } from 'vitest';
import { anonymous, guest, type Requestable, remembering, session } from '../../index.ts';
import { authRequest, errorOf, headerOf, SESSION_SECRET, sessionCookie } from '../core/auth-request.ts';
import { asking, refusedIn, rightsIn, roomsEndpoint, roomsIn } from './asking.ts';

const secrets = [SESSION_SECRET];

function entry(resource: string, answer: Requestable['check'], more: Partial<Requestable> = {}): Requestable {
  return { resource, operations: ['publish', 'subscribe'], check: answer, ...more };
}

describe('a check', () => {
  it('receives the caller and each placeholder as one segment', async () => {
    const check = vi.fn<Requestable['check']>(() => true);
    const { ask } = roomsEndpoint(() => true, { requestable: [entry('org:{org}:room-{id}:chat', check)] });
    expect(
      roomsIn(await ask(['org:a b:room-7:chat', 'org:x:room-:chat', 'org::room-7:chat', 'org:x:y:room-7:chat'])),
    ).toEqual(['org:a b:room-7:chat']);
    expect(check).toHaveBeenCalledTimes(1);
    expect(check.mock.calls[0]?.[0]).toMatchObject({ org: 'a b', id: '7', identity: { subject: 'bob' } });
  });

  it.each([
    [true, ['publish', 'subscribe']],
    [['subscribe'], ['subscribe']],
    [['subscribe', 'history'], ['subscribe']],
    [['*'], ['publish', 'subscribe']],
  ] as const)('that answers %j gives %j', async (answer, expected) => {
    const { ask } = roomsEndpoint(() => answer);
    const response = await ask(['room:7']);
    expect(rightsIn(response)['room:7']).toEqual(expected);
    expect(refusedIn(response)).toBeUndefined();
  });

  it.each([false, [], 'yes', 1, {}, null, undefined, [7], ['publish', 'fly'], ['history']])(
    'that answers %j gives nothing',
    async (answer) => {
      const { ask, events } = roomsEndpoint(() => answer as boolean);
      const response = await ask(['room:7']);
      expect([roomsIn(response), refusedIn(response)]).toEqual([[], ['room:7']]);
      const unfit = answer !== false && !(Array.isArray(answer) && answer.length === 0);
      expect(events.at(-1)).toMatchObject({ grants: unfit ? { unfit: ['room:{id}'] } : { refused: 1 } });
    },
  );

  it('is not asked about what the policy grants anyway', async () => {
    const rules = [{ name: 'everybody', grant: { 'room:*': ['publish' as const, 'subscribe' as const] } }];
    const { ask, checked } = roomsEndpoint(() => false, { rules });
    const response = await ask(['room:7', 'room:8']);
    expect([refusedIn(response), checked]).toEqual([undefined, []]);
  });

  it('is asked where the policy grants less, and a refusal is told', async () => {
    const rules = [{ name: 'everybody', grant: { 'room:*': ['subscribe' as const] } }];
    const { ask } = roomsEndpoint((_, room) => room === '7', { rules });
    const response = await ask(['room:7', 'room:8']);
    expect(rightsIn(response)).toEqual({ 'room:*': ['subscribe'], 'room:7': ['publish', 'subscribe'] });
    expect(refusedIn(response)).toEqual(['room:8']);
  });

  it.each([
    ['throws', () => Promise.reject(new TypeError('never-shown room:7'))],
    [
      'throws at once',
      () => {
        throw new TypeError('never-shown room:7');
      },
    ],
    ['throws no error', () => Promise.reject('never-shown')],
    ['is late', () => new Promise<boolean>(() => {})],
  ])('that %s is 503, which a live connection survives, and says which entry it was', async (_, door) => {
    const { ask, events } = roomsEndpoint((subject, room) => (room === '7' ? door() : subject === 'bob'), {
      policyDeadlineMs: 20,
    });
    const response = await ask(['room:8', 'room:7']);
    expect([response.status, errorOf(response).code, headerOf(response, 'Retry-After')]).toEqual([503, 50000, '5']);
    expect(events.at(-1)).toMatchObject({ kind: 'refused', reason: 'policy-unavailable' });
    expect(JSON.stringify(events.at(-1))).toContain('room:{id}');
    expect(JSON.stringify([response, events])).not.toMatch(/never-shown|room:7/);
  });

  it('is told when nobody waits any longer, and what waits behind it is not asked', async () => {
    const signals: AbortSignal[] = [];
    const slow = entry('room:{id}', ({ signal }) => {
      signals.push(signal);
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(true)));
    });
    const { ask } = roomsEndpoint(() => true, { requestable: [slow], policyDeadlineMs: 20 });
    expect((await ask(Array.from({ length: 40 }, (_, n) => `room:${n}`))).status).toBe(503);
    expect(signals.length).toBe(16);
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
  });

  it('cannot make somebody else of the caller: trying is 503', async () => {
    const mistakes: readonly ((identity: Record<string, unknown>) => unknown)[] = [
      (identity) => Object.assign(identity, { subject: 'eve' }),
      (identity) => Object.assign(identity.claims as object, { sub: 'eve' }),
    ];
    for (const mistake of mistakes) {
      const check: Requestable['check'] = ({ identity }) => Boolean(mistake(identity as unknown as never));
      const { ask, events } = roomsEndpoint(() => true, { requestable: [entry('room:{id}', check)] });
      expect((await ask(['room:7'])).status).toBe(503);
      expect(JSON.stringify(events.at(-1))).toContain('threw TypeError');
    }
  });

  it('runs beside others, sixteen at a time', async () => {
    let running = 0;
    let most = 0;
    const { ask } = roomsEndpoint(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return true;
    });
    expect(roomsIn(await ask(Array.from({ length: 100 }, (_, n) => `room:${n}`))).length).toBe(100);
    expect(most).toBe(16);
  });
});

describe('entries', () => {
  it('that are about one resource add up, and one yes is enough', async () => {
    const { ask } = roomsEndpoint(() => true, {
      requestable: [
        entry('room:{id}', () => true, { operations: ['subscribe'] }),
        entry('room:{id}', () => false, { name: 'hosts', operations: ['publish'] }),
        entry('room:{id}', () => true, { name: 'readers', operations: ['history'] }),
      ],
    });
    const response = await ask(['room:7']);
    expect(rightsIn(response)['room:7']).toEqual(['history', 'subscribe']);
    expect(refusedIn(response)).toBeUndefined();
  });

  it('are for signed-in users unless they say otherwise', async () => {
    const sources = [session({ secrets }), guest({ secrets })];
    const rules = [
      { name: 'all', when: { kind: ['user' as const, 'guest' as const] }, grant: { lobby: ['subscribe' as const] } },
    ];
    const request = authRequest({ headers: { 'x-ably-auth-guest': 'new' }, query: { resources: 'room:7' } });
    const closed = roomsEndpoint(() => true, { sources, rules });
    expect(refusedIn(await closed.handle(request))).toEqual(['room:7']);
    const requestable = [entry('room:{id}', () => true, { when: { kind: 'guest' } })];
    const open = roomsEndpoint(() => true, { sources, rules, requestable });
    expect(roomsIn(await open.handle(request))).toEqual(['room:7']);
    expect(roomsIn(await open.ask(['room:7']))).toEqual([]);
  });

  it('may be for anonymous callers, and look at claims', async () => {
    const requestable = [
      entry('stand:{id}', () => true, { when: { kind: 'anonymous' } }),
      entry('staff:{id}', () => true, { when: { claims: { role: 'staff' } } }),
    ];
    const rules = [
      {
        name: 'all',
        when: { kind: ['user' as const, 'anonymous' as const] },
        grant: { lobby: ['subscribe' as const] },
      },
    ];
    const { handle, ask } = roomsEndpoint(() => true, {
      sources: [session({ secrets }), anonymous()],
      rules,
      requestable,
    });
    expect(roomsIn(await handle(authRequest({ query: { resources: '["stand:1","staff:1"]' } })))).toEqual(['stand:1']);
    expect(roomsIn(await ask(['staff:1']))).toEqual([]);
    const cookies = [sessionCookie({ claims: { role: 'staff' } })];
    expect(roomsIn(await ask(['staff:1'], { cookies }))).toEqual(['staff:1']);
  });

  it('can be all that a caller has', async () => {
    const rules = [
      { name: 'visitors', when: { kind: 'anonymous' as const }, grant: { lobby: ['subscribe' as const] } },
    ];
    const { ask } = roomsEndpoint((_, room) => room === '7', { rules });
    expect(rightsIn(await ask(['room:7']))).toEqual({ 'room:7': ['publish', 'subscribe'] });
    const refused = await ask(['room:8']);
    expect([refused.status, errorOf(refused).code]).toEqual([403, 40300]);
  });
});

describe('all-or-nothing', () => {
  const grants = remembering('client', { onRefused: 'all-or-nothing' });

  it('adds nothing when one is refused, and everything else stays', async () => {
    const { ask } = roomsEndpoint((_, room) => room !== '9', { grants });
    expect(roomsIn(await ask(['room:7', 'room:8']))).toEqual(['room:7', 'room:8']);
    const response = await ask(['room:7', 'room:8', 'room:9']);
    expect(rightsIn(response)).toEqual({ lobby: ['subscribe'] });
    expect(refusedIn(response)).toEqual(['room:7', 'room:8', 'room:9']);
    expect(refusedIn(await ask(['room:7', 'lobby']))).toBeUndefined();
    expect(refusedIn(await ask(['room:7', 'lobby', 'nowhere']))).toEqual(['room:7', 'nowhere']);
  });
});

describe('the order', () => {
  it('is policy, then what was asked, then what the key can do', async () => {
    const keyCapability = { lobby: ['*'], 'room:7': ['subscribe'] } as const;
    const { ask } = roomsEndpoint(() => true, { keyCapability });
    const response = await ask(['room:7', 'room:8']);
    expect(rightsIn(response)).toEqual({ lobby: ['subscribe'], 'room:7': ['subscribe'] });
    expect(refusedIn(response)).toEqual(['room:8']);
  });

  it('is asking, then narrowing: one request may do both', async () => {
    const { handle } = roomsEndpoint(() => true);
    const query = { resources: '["room:7","room:8"]', capability: '{"room:7":["publish"],"room:9":["*"]}' };
    const response = await handle(authRequest({ cookies: [sessionCookie()], query }));
    expect(rightsIn(response)).toEqual({ 'room:7': ['publish'] });
    expect(refusedIn(response)).toEqual(['room:8']);
  });

  it('never lets capability add', async () => {
    const { handle, checked } = roomsEndpoint(() => true);
    const query = { capability: '{"room:7":["publish"],"lobby":["*"]}' };
    expect(rightsIn(await handle(authRequest({ cookies: [sessionCookie()], query })))).toEqual({
      lobby: ['subscribe'],
    });
    expect(checked).toEqual([]);
  });
});

describe('nothing remembered', () => {
  it('checks all of it again each time, where the client holds the list', async () => {
    let open = true;
    const { ask, handle, checked } = roomsEndpoint(() => open, { grants: remembering('client') });
    expect(roomsIn(await ask(['room:7']))).toEqual(['room:7']);
    expect(roomsIn(await handle(asking([])))).toEqual([]);
    open = false;
    expect(refusedIn(await ask(['room:7']))).toEqual(['room:7']);
    expect(checked).toEqual(['bob 7', 'bob 7']);
  });

  it('answers from the policy alone, where the config says so', async () => {
    const rules = [{ name: 'everybody', grant: { 'room:7': ['subscribe' as const] } }];
    const { ask, checked } = roomsEndpoint(() => true, { rules, grants: remembering('nothing') });
    const response = await ask(['room:7', 'room:8', 'room:*']);
    expect(rightsIn(response)).toEqual({ 'room:7': ['subscribe'] });
    expect([refusedIn(response), checked]).toEqual([['room:8', 'room:*'], []]);
  });
});
