import { describe, expect, it } from 'vitest';
import { anonymous, type CustomAnswer, type CustomCall, type CustomOptions, custom, type Rule } from '../../index.ts';
import { authRequest, jsonOf, NOW_MS, type RequestToWrite, testEndpoint } from '../core/auth-request.ts';

const RULES: readonly Rule[] = [
  { name: 'visitors', when: { kind: 'anonymous' }, grant: { notifications: ['subscribe'] } },
  { name: 'guests', when: { kind: 'guest' }, grant: { lobby: ['subscribe'] } },
  { name: 'users', grant: { 'team:{team}': ['publish'], room: ['subscribe'] } },
];
const COOKIE: RequestToWrite = { cookies: { sid: 'abc' } };
const SECRET_TEXT = 'postgres://user:obviously-fake@db.example';

function stage(identify: CustomOptions['identify'], options: Partial<CustomOptions> = {}) {
  const source = custom({ name: 'app', from: { cookie: 'sid' }, identify, ...options });
  const endpoint = testEndpoint({ sources: [source, anonymous()], rules: RULES });
  return { endpoint, source, ask: (written: RequestToWrite = COOKIE) => endpoint.handle(authRequest(written)) };
}

describe('custom', () => {
  it('hands over the credential and the request, and takes what comes back', async () => {
    const calls: CustomCall[] = [];
    const { ask, endpoint } = stage(async (call) => {
      calls.push(call);
      return { subject: 'ada', claims: { team: 'blue', sub: 'eve' }, sessionId: 's1', expiresAtMs: NOW_MS + 600_000 };
    });
    const answer = jsonOf(await ask());
    expect(answer).toMatchObject({ clientId: 'ada', ttl: 480_000 });
    expect(answer.capability).toBe('{"room":["subscribe"],"team:blue":["publish"]}');
    expect(calls[0]).toMatchObject({ credential: 'abc', nowMs: NOW_MS });
    expect(calls[0]?.request.cookies).toEqual([['sid', 'abc']]);
    expect(calls[0]?.signal.aborted).toBe(true);
    expect(endpoint.events.at(-1)).toMatchObject({ kind: 'issued', caller: { source: 'app', identityKind: 'user' } });
  });

  it('may answer at once, for a guest, from a header, under a prefix', async () => {
    const { ask } = stage(({ credential }) => ({ subject: credential, kind: 'guest' }), {
      from: { header: 'X-Device' },
      kinds: ['user', 'guest'],
      clientIdPrefix: 'device:',
    });
    expect(jsonOf(await ask({ headers: { 'x-device': '7' } }))).toMatchObject({
      clientId: 'device:7',
      capability: '{"lobby":["subscribe"]}',
    });
  });

  it.each<[CustomAnswer, number, string | undefined]>([
    [undefined, 401, 'bad-credential'],
    [null, 401, 'bad-credential'],
    ['rejected', 401, 'bad-credential'],
    ['expired', 401, 'expired-credential'],
    [{ subject: 'ada', expiresAtMs: NOW_MS }, 401, 'expired-credential'],
    ['unavailable', 503, 'identity-provider-unavailable'],
    ['nobody', 200, undefined],
  ])('%j is %i', async (returned, status, reason) => {
    const { ask, endpoint } = stage(() => returned);
    const answer = await ask();
    expect(answer.status).toBe(status);
    if (reason) expect(endpoint.events.at(-1)).toMatchObject({ kind: 'refused', reason });
    else expect(jsonOf(answer).capability).toBe('{"notifications":["subscribe"]}');
  });

  it.each<[string, unknown]>([
    ['no object', 'ada'],
    ['a list', ['ada']],
    ['true', true],
    ['a subject that is missing', { id: 'ada' }],
    ['an empty subject', { subject: '' }],
    ['a number for a subject', { subject: 7 }],
    ['half a character for a subject', { subject: '\ud800' }],
    ['a subject that no clientId may be', { subject: 'a\nb' }],
    ['an unknown kind', { subject: 'ada', kind: 'admin' }],
    ['a kind that it does not declare', { subject: 'ada', kind: 'guest' }],
    ['nobody with a name', { subject: 'ada', kind: 'anonymous' }],
    ['claims that are a list', { subject: 'ada', claims: ['admin'] }],
    ['a session without a name', { subject: 'ada', sessionId: 7 }],
    ['an end in words', { subject: 'ada', expiresAtMs: 'tomorrow' }],
    ['an end that is no number', { subject: 'ada', expiresAtMs: Number.NaN }],
    ['an end in seconds', { subject: 'ada', expiresAtMs: NOW_MS / 1000 + 3600 }],
  ])('S19: refuses %s, and says so without the value', async (_, returned) => {
    const { ask, endpoint } = stage(() => returned as CustomAnswer);
    expect((await ask()).status).toBe(403);
    const event = endpoint.events.at(-1);
    expect(event).toMatchObject({ kind: 'refused', reason: 'unfit-client-id' });
    expect(JSON.stringify({ ...event, requestId: '' })).not.toMatch(/ada|tomorrow|admin/);
  });

  it.each<[string, CustomOptions['identify']]>([
    [
      'throws',
      () => {
        throw new Error(SECRET_TEXT);
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error(SECRET_TEXT);
      },
    ],
    [
      'throws a text',
      () => {
        throw SECRET_TEXT;
      },
    ],
    ['rejects with nothing', () => Promise.reject(undefined)],
  ])('S10, S12: 503 when it %s, and not a word of it', async (_, identify) => {
    const { ask, endpoint } = stage(identify);
    const answer = await ask();
    expect(answer.status).toBe(503);
    expect(JSON.stringify([answer, endpoint.events])).not.toContain('postgres');
    expect(endpoint.events.at(-1)).toMatchObject({ detail: expect.stringMatching(/^app: it threw (Error|a \w+)$/) });
  });

  it('503 when it is late, and tells it that nobody waits any longer', async () => {
    let signal: AbortSignal | undefined;
    const { ask, endpoint } = stage(
      (call) => {
        signal = call.signal;
        return new Promise(() => {});
      },
      { deadlineMs: 20 },
    );
    expect((await ask()).status).toBe(503);
    expect(signal?.aborted).toBe(true);
    expect(endpoint.events.at(-1)).toMatchObject({ detail: 'app: no answer within 20 ms' });
  });

  it('is not asked without a credential, with an empty one, with two, or with one that is too large', async () => {
    let asked = 0;
    const { ask } = stage(() => {
      asked += 1;
      return { subject: 'ada' };
    });
    expect((await ask({})).status).toBe(200);
    expect((await ask({ cookies: { sid: '' } })).status).toBe(200);
    const twice = {
      cookies: [
        ['sid', 'abc'],
        ['sid', 'abc'],
      ],
    } as const;
    expect((await ask(twice)).status).toBe(401);
    expect((await ask({ cookies: { sid: 'x'.repeat(16_385) } })).status).toBe(401);
    expect(asked).toBe(0);
  });

  it('S14: a cookie counts only from our own or a listed page', async () => {
    let asked = 0;
    const { ask } = stage(() => {
      asked += 1;
      return { subject: 'ada' };
    });
    for (const origin of ['https://evil.example', 'null']) {
      expect((await ask({ ...COOKIE, headers: { origin } })).status).toBe(403);
    }
    expect(asked).toBe(0);
    expect(stage(() => null, { from: 'authorization' }).source.ambient).toBe(false);
  });

  it('reads a credential that is spread over several places', async () => {
    const from = {
      ambient: true,
      find: ({ cookies }: CustomCall['request']) => {
        const parts = cookies.filter(([name]) => name.startsWith('part')).map(([, value]) => value);
        return parts.length > 0 ? parts.join('') : undefined;
      },
    };
    const { ask } = stage(({ credential }) => ({ subject: credential }), { from });
    expect(jsonOf(await ask({ cookies: { part0: 'a', part1: 'da' } })).clientId).toBe('ada');
    expect(jsonOf(await ask({})).capability).toBe('{"notifications":["subscribe"]}');
    expect((await ask({ cookies: { part0: 'x'.repeat(16_385) } })).status).toBe(401);
  });

  it('S2: whoever cannot look for it does not go on as somebody else', async () => {
    const find = (): never => {
      throw new Error(SECRET_TEXT);
    };
    expect((await stage(() => null, { from: { ambient: false, find } }).ask({})).status).toBe(503);
    const notText = { ambient: false, find: () => 7 as never };
    expect((await stage(() => null, { from: notText }).ask({})).status).toBe(503);
  });

  it.each<[string, Partial<CustomOptions>]>([
    ['without a name', { name: '' }],
    ['without a function', { identify: undefined as never }],
    ['with a place that is none', { from: { header: 'a b' } }],
    ['with our own cookie', { from: { cookie: '__Host-ably-auth-session' } }],
    ['with a place that does not say whether it is ambient', { from: { find: () => 'x' } as never }],
    ['with kinds that there are not', { kinds: ['anonymous'] as never }],
    ['with no kinds', { kinds: [] }],
    ['with a deadline beyond that of clients', { deadlineMs: 9_000 }],
    ['with a deadline of nothing', { deadlineMs: 0 }],
  ])('is refused %s', (_, options) => {
    expect(stage(() => null, options).source.problems).toHaveLength(1);
  });
});
