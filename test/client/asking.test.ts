/** Asking for more: one renewal for many wishes, one request at a time, and an outcome for everybody who asked. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resourceOf } from '../../client/attach-or-ask.ts';
import { call, renewing } from './call.ts';
import { observe, type Rooms, startRooms } from './rooms.ts';

let rooms: Rooms;
beforeAll(async () => {
  rooms = await startRooms();
});
afterAll(() => rooms.close());

const NOTHING = { holds: 'nothing' } as const;

describe('ensure', () => {
  it('gathers what is asked for in one moment into one request, and tells each caller its own outcome', async () => {
    const { auth, seen } = observe(rooms, NOTHING);
    const client = renewing(auth);
    const outcomes = await Promise.all([auth.ensure(['room:2', 'room:3']), auth.ensure(['room:4', 'room:2'])]);
    expect(outcomes).toEqual([
      { granted: ['room:2'], refused: ['room:3'] },
      { granted: ['room:4', 'room:2'], refused: [] },
    ]);
    expect(seen.map(({ resources }) => resources)).toEqual([['room:2', 'room:3', 'room:4']]);
    expect(client.renewals()).toBe(1);
  });

  it('keeps what is asked for meanwhile for the next request', async () => {
    const { auth, seen } = observe(rooms, NOTHING);
    const client = renewing(auth);
    const first = auth.ensure(['room:2']);
    while (client.renewals() === 0) await new Promise(setImmediate);
    await Promise.all([first, auth.ensure(['room:4']), auth.ensure(['room:6'])]);
    expect(seen.map(({ resources }) => resources)).toEqual([['room:2'], ['room:4', 'room:6']]);
  });

  it('knows its outcome also when the SDK drops one answer and asks again', async () => {
    const { auth, seen } = observe(rooms, NOTHING);
    let kept: unknown;
    auth.use({
      auth: {
        authorize: async () => {
          const [, later] = await Promise.all([call(auth), call(auth)]);
          kept = (later as { capability: string }).capability;
        },
      },
    });
    await expect(auth.ensure(['room:2', 'room:3'])).resolves.toEqual({ granted: ['room:2'], refused: ['room:3'] });
    expect(seen.length).toBe(2);
    expect(kept).toContain('room:2');
  });

  it('fails with what the SDK throws, for everybody who asked, and works again afterwards', async () => {
    let cookie = 'ably-auth=rubbish; __Host-ably-auth-session=v1.not.good.at-all';
    const { auth } = observe(rooms, { ...NOTHING, headers: () => ({ cookie }) });
    renewing(auth);
    const outcomes = await Promise.allSettled([auth.ensure(['room:2']), auth.ensure(['room:4'])]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    cookie = rooms.cookieOf('ada');
    await expect(auth.ensure(['room:2'])).resolves.toEqual({ granted: ['room:2'], refused: [] });
  });

  it('asks nobody for nothing', async () => {
    const { auth, seen } = observe(rooms, NOTHING);
    await expect(auth.ensure([])).resolves.toEqual({ granted: [], refused: [] });
    await expect(auth.ensure(['room:2', ''])).rejects.toThrow('never empty');
    expect(seen).toEqual([]);
  });

  it('says what is missing: a client, or one with this authCallback', async () => {
    const { auth } = observe(rooms, NOTHING);
    await expect(auth.ensure(['room:2'])).rejects.toThrow('auth.use(client)');
    auth.use({ auth: { authorize: async () => undefined } });
    await expect(auth.ensure(['room:2'])).rejects.toThrow('another authCallback');
  });

  it('leaves nobody waiting who asked before the client was closed or replaced', async () => {
    const { auth } = observe(rooms, NOTHING);
    const never = { auth: { authorize: () => new Promise(() => {}) } };
    auth.use(never);
    const outcomes: Promise<unknown>[] = [];
    const ask = (name: string): void => {
      outcomes.push(auth.ensure([name]).catch((error: Error) => error.message));
    };
    ask('room:2');
    await new Promise(setImmediate);
    ask('room:4');
    await auth.signOut();
    renewing(auth);
    await expect(auth.ensure(['room:6'])).resolves.toEqual({ granted: ['room:6'], refused: [] });
    auth.use(never);
    ask('room:8');
    renewing(auth);
    expect(await Promise.all(outcomes)).toEqual([
      'Signed out.',
      'Signed out.',
      'Another client has taken the place of this one.',
    ]);
  });

  it('does not ask the client that takes its place for what is left', async () => {
    const { auth, seen } = observe(rooms, NOTHING);
    let letThrough: (() => void) | undefined;
    const authorize = async (): Promise<void> => {
      await call(auth);
      await new Promise<void>((resolve) => (letThrough = resolve));
    };
    auth.use({ auth: { authorize } });
    const left = auth.ensure(Array.from({ length: 150 }, (_, n) => `room:${n}`)).catch((error: Error) => error.message);
    while (letThrough === undefined) await new Promise(setImmediate);
    const next = renewing(auth);
    letThrough();
    expect(await left).toBe('Another client has taken the place of this one.');
    await auth.ensure(['room:2']);
    expect(next.renewals()).toBe(1);
    expect(seen.map(({ resources }) => resources?.length)).toEqual([100, 1]);
  });

  it('holds, whatever is asked in whatever order: one request at a time, no answer twice, nobody forgotten', async () => {
    const room = fc.integer({ min: 0, max: 9 }).map((number) => `room:${number}`);
    const step = fc.oneof(
      fc.array(room, { maxLength: 4 }).map((resources) => ({ kind: 'ensure' as const, resources })),
      fc.constant({ kind: 'renewal' as const }),
      fc.constant({ kind: 'pause' as const }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const { auth, seen, mostAtOnce } = observe(rooms, NOTHING);
        const nonces: string[] = [];
        const ask = async (): Promise<void> => {
          nonces.push(((await call(auth)) as { nonce: string }).nonce);
        };
        let renewals = 0;
        auth.use({
          auth: {
            authorize: () => {
              renewals += 1;
              return ask();
            },
          },
        });
        const asked: Promise<void>[] = [];
        for (const next of steps) {
          if (next.kind === 'pause') await new Promise(setImmediate);
          else if (next.kind === 'renewal') asked.push(ask());
          else {
            asked.push(
              auth.ensure(next.resources).then((outcome) => {
                const odd = (name: string): boolean => /[13579]$/.test(name);
                const unique = [...new Set(next.resources)];
                expect(outcome).toEqual({ granted: unique.filter((name) => !odd(name)), refused: unique.filter(odd) });
              }),
            );
          }
        }
        await Promise.all(asked);
        expect(mostAtOnce()).toBeLessThanOrEqual(1);
        expect(new Set(nonces).size).toBe(nonces.length);
        expect(seen.length).toBe(nonces.length);
        const ensures = steps.filter((next) => next.kind === 'ensure' && next.resources.length > 0).length;
        expect(renewals).toBeLessThanOrEqual(ensures);
        if (ensures > 0) expect(renewals).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  });
});

describe('resourceOf', () => {
  it.each([
    ['room:7', 'room:7'],
    ['[?rewind=1]room:7', 'room:7'],
    ['[filter=name]room:7', 'room:7'],
    ['[meta]log', '[meta]log'],
    ['[?weird', '[?weird'],
  ])('%s is asked for as %s', (name, resource) => {
    expect(resourceOf(name)).toBe(resource);
  });
});
