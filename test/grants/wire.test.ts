/** How a client asks, in every way there is, and how it is told what it did not get. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLog } from '../../adapters/telemetry/log.ts';
import { prettyLine } from '../../adapters/telemetry/pretty-line.ts';
import { refusedHeader } from '../../core/grants/refused-header.ts';
import { MAX_REFUSED_HEADER_BYTES } from '../../core/limits.ts';
import { authRequest, errorOf, postForm, postJson, type RequestToWrite, sessionCookie } from '../core/auth-request.ts';
import { asking, refusedIn, rightsIn, roomsEndpoint, roomsIn } from './asking.ts';

const cookies = [sessionCookie()];
const TWO = ['room:7', 'room:8'];
const HEADER = 'X-Ably-Auth-Resources';

const WAYS: Readonly<Record<string, ReturnType<typeof authRequest>>> = {
  'a JSON array in the query': authRequest({ cookies, query: { resources: JSON.stringify(TWO) } }),
  'repeated in the query': authRequest({ cookies, query: TWO.map((room) => ['resources', room] as const) }),
  'arrays, repeated': authRequest({ cookies, query: TWO.map((room) => ['resources', `["${room}"]`] as const) }),
  'a JSON array in a form': postForm(new URLSearchParams({ resources: JSON.stringify(TWO) }).toString(), { cookies }),
  'repeated in a form': postForm('resources=room%3A7&resources=room:8', { cookies }),
  'an array in JSON': postJson({ resources: TWO }, { cookies }),
  'text in JSON': postJson({ resources: JSON.stringify(TWO) }, { cookies }),
  'a header': authRequest({ cookies, headers: { [HEADER]: JSON.stringify(TWO) } }),
  'the same in query, body and header': postJson(
    { resources: TWO },
    { cookies, query: { resources: JSON.stringify(TWO) }, headers: { [HEADER]: '["room:7","room:8"]' } },
  ),
};

describe('resources', () => {
  it.each(Object.entries(WAYS))('are read from %s', async (_, request) => {
    const { handle, checked } = roomsEndpoint(() => true);
    expect(roomsIn(await handle(request))).toEqual(TWO);
    expect(checked).toEqual(['bob 7', 'bob 8']);
  });

  it('count once each, and none is none', async () => {
    const { ask, handle, checked } = roomsEndpoint(() => true);
    expect(roomsIn(await ask(['room:7', 'room:7']))).toEqual(['room:7']);
    expect(checked).toEqual(['bob 7']);
    for (const resources of ['', '[]', '[ ]']) {
      expect(roomsIn(await handle(authRequest({ cookies, query: { resources } })))).toEqual([]);
    }
  });

  it('reach beyond ASCII through the header', async () => {
    const { handle } = roomsEndpoint(() => true);
    const response = await handle(authRequest({ cookies, headers: { [HEADER]: '["room:\\u00e9\\ud83d\\ude00"]' } }));
    expect(roomsIn(response)).toEqual(['room:é😀']);
  });

  it('are ignored where nothing may be asked for', async () => {
    const { handle } = roomsEndpoint(() => true, { requestable: undefined as never, grants: undefined as never });
    const response = await handle(authRequest({ cookies, query: { resources: '{"not": an array' } }));
    expect([rightsIn(response), refusedIn(response)]).toEqual([{ lobby: ['subscribe'] }, undefined]);
  });

  const many = (count: number) => Array.from({ length: count }, (_, n) => `room:${n}`);
  const MALFORMED: Readonly<Record<string, RequestToWrite | ReturnType<typeof authRequest>>> = {
    '101 of them': { query: { resources: JSON.stringify(many(101)) } },
    '10,000 of them': postJson({ resources: many(10_000).map(() => 'x') }, { cookies }),
    '101 of them, one by one': { query: many(101).map((room) => ['resources', room] as const) },
    'an open array': { query: { resources: '["room:7"' } },
    'an array of other things': { query: { resources: '["room:7",7]' } },
    'an array in an array': { headers: { [HEADER]: '[["room:7"]]' } },
    depth: { headers: { [HEADER]: '['.repeat(10_000) } },
    'a header without an array': { headers: { [HEADER]: 'room:7' } },
    'two headers': { headers: { [HEADER]: ['["room:7"]', '["room:7"]'] } },
    'two headers that a proxy joined': { headers: { [HEADER]: '["room:7"], ["room:8"]' } },
    'a number in JSON': postJson({ resources: 7 }, { cookies }),
    'an object in JSON': postJson({ resources: { room: 7 } }, { cookies }),
    'another in the body': postJson({ resources: ['room:8'] }, { cookies, query: { resources: '["room:7"]' } }),
    'another in the header': { query: { resources: 'room:7' }, headers: { [HEADER]: '["room:8"]' } },
    'another order': { query: { resources: '["room:7","room:8"]' }, headers: { [HEADER]: '["room:8","room:7"]' } },
  };

  it.each(Object.entries(MALFORMED))('are 400 and checked by nobody: %s', async (_, written) => {
    const { handle, checked } = roomsEndpoint(() => true);
    const response = await handle(authRequest({ cookies, ...written } as RequestToWrite));
    expect([response.status, errorOf(response).code, checked]).toEqual([400, 40000, []]);
    // What is wrong, in words of ours: with no name that came in the request.
    const { message } = errorOf(response) as { readonly message: string };
    expect(message).toMatch(/^The request is malformed\. \w/);
    expect(message).not.toMatch(/room|"|\[/);
    expect(response.headers).toContainEqual(['X-Ably-ErrorMessage', message]);
  });

  it.each([
    ['names 101 resources', JSON.stringify(many(101))],
    ['comes 101 times', many(101)],
  ] as const)('are 100 at most, which the caller is told: %s', async (what, resources) => {
    const { handle } = roomsEndpoint(() => true);
    const query = typeof resources === 'string' ? { resources } : resources.map((room) => ['resources', room] as const);
    const response = await handle(authRequest({ cookies, query }));
    expect(errorOf(response).message).toBe(`The request is malformed. resources ${what}, 100 at most`);
  });
});

describe('what was not given', () => {
  it('is named in a header, in ASCII, and the credential has everything else', async () => {
    const { ask } = roomsEndpoint((_, room) => room === '7');
    const response = await ask(['room:7', 'room:é', 'elsewhere']);
    expect(rightsIn(response)).toEqual({ lobby: ['subscribe'], 'room:7': ['publish', 'subscribe'] });
    expect(response.headers).toContainEqual(['X-Ably-Auth-Refused', '["room:\\u00e9","elsewhere"]']);
  });

  it('is all of them, and still no failure', async () => {
    const { ask } = roomsEndpoint(() => false);
    const response = await ask(['room:1', 'room:2']);
    expect(rightsIn(response)).toEqual({ lobby: ['subscribe'] });
    expect(refusedIn(response)).toEqual(['room:1', 'room:2']);
  });

  it('is counted at the end where naming all would be too long', () => {
    const refused = Array.from({ length: 100 }, (_, n) => `room:${'x'.repeat(60)}${n}`);
    const [[, value] = ['', '']] = refusedHeader(refused);
    const read = JSON.parse(value) as (string | number)[];
    const rest = read.pop();
    expect(read).toEqual(refused.slice(0, read.length));
    expect(rest).toBe(100 - read.length);
    expect(JSON.parse(refusedHeader(['é'.repeat(1_000)])[0]?.[1] ?? '')).toEqual([1]);
  });

  it('is always bounded printable ASCII that reads back', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { maxLength: 100, minLength: 1 }),
        (refused) => {
          const value = refusedHeader(refused)[0]?.[1] ?? '';
          expect(value).toMatch(/^[\x20-\x7e]+$/);
          expect(value.length).toBeLessThanOrEqual(MAX_REFUSED_HEADER_BYTES);
          const read = JSON.parse(value) as (string | number)[];
          const left = typeof read.at(-1) === 'number' ? Number(read.pop()) : 0;
          expect(read).toEqual(refused.slice(0, refused.length - left));
        },
      ),
    );
  });
});

describe('asking', () => {
  it('says so in the event by entries and counts, and names no resource', async () => {
    const { ask, events } = roomsEndpoint((_, room) => room === '7');
    await ask(['room:7', 'room:secret', 'elsewhere']);
    expect(events.at(-1)).toMatchObject({
      kind: 'issued',
      grants: {
        ...{ asked: 3, refused: 2, remembered: 0, lost: 0 },
        ...{ approved: { 'room:{id}': 1 }, checkRefused: { 'room:{id}': 1 } },
      },
    });
    expect(JSON.stringify(events)).not.toMatch(/secret|elsewhere|room:7/);
  });

  it('is told to a person at a terminal in the same words', async () => {
    const { ask, events } = roomsEndpoint((_, room) => room === '7');
    const lines: string[] = [];
    const log = createLog('pretty', (line) => lines.push(line), prettyLine);
    await ask(['room:7', 'room:secret']);
    await ask([]);
    for (const event of events.filter(({ kind }) => kind === 'issued')) log?.(event);
    expect(lines[0]).toMatch(/by everybody; asked for 2, 1 refused$/);
    expect(lines[1]).toMatch(/by everybody$/);
  });

  it('is a warning in the log where a check answered something that is no answer', async () => {
    const levelOf = async (answer: unknown): Promise<unknown> => {
      const { ask, events } = roomsEndpoint(() => answer as boolean);
      await ask(['room:7']);
      const lines: string[] = [];
      for (const event of events.slice(-1)) createLog('json', (line) => lines.push(line))?.(event);
      return JSON.parse(lines[0] ?? '').level;
    };
    expect([await levelOf(true), await levelOf(false), await levelOf('yes')]).toEqual(['info', 'info', 'warn']);
  });

  it('is read the same as asking for nothing where nothing is asked', async () => {
    const { handle, checked } = roomsEndpoint(() => true);
    expect(roomsIn(await handle(asking([])))).toEqual([]);
    expect(checked).toEqual([]);
  });
});
