import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../../adapters/stores/memory.ts';
import { AblyApiError, type RevocationOptions } from '../../../core/ably.ts';
import type { AuthEvent } from '../../../core/auth-event.ts';
import { type AuthConfig, defineAuth } from '../../../core/config.ts';
import { configureEndpoint, type EndpointParts } from '../../../core/configure-endpoint.ts';
import { anonymous } from '../../../core/identity/anonymous.ts';
import { guest } from '../../../core/identity/guest.ts';
import { session } from '../../../core/identity/session.ts';
import { ApiKey } from '../../../core/keys/api-key.ts';
import { KeySourceError } from '../../../core/keys/key-source.ts';
import { createRevokeEndpoint } from '../../../core/revocation/revoke-endpoint.ts';
import { type RecordStore, StoreError } from '../../../core/stores.ts';
import { headerSource } from '../../safety/support.ts';
import {
  authRequest,
  errorOf,
  headerOf,
  jsonOf,
  NOW_MS,
  postJson,
  type RequestToWrite,
  SESSION_SECRET,
  sessionCookie,
  testKey,
} from '../auth-request.ts';

const RULES: AuthConfig['rules'] = [
  { name: 'members', grant: { news: ['subscribe'] }, mayRevoke: 'self' },
  { name: 'operators', when: { claims: { role: 'operator' } }, grant: {}, mayRevoke: 'anyone' },
];
const OUR_PAGE = { 'sec-fetch-site': 'same-origin' };
const operator = sessionCookie({ subject: 'olga', claims: { role: 'operator' } });
const HOUR = 3_600_000;

interface Call {
  readonly keyName: string;
  readonly targets: readonly string[];
  readonly options: RevocationOptions;
}

interface World {
  readonly fail?: (call: Call) => AblyApiError | undefined;
  readonly previous?: ApiKey | KeySourceError;
  readonly withoutStore?: true;
}

/** Both endpoints on one store; Ably says yes a moment after, and remembers what it was asked. */
function setUp(config: Partial<AuthConfig> = {}, ably: World = {}) {
  const calls: Call[] = [];
  const events: AuthEvent[] = [];
  let nowMs = NOW_MS;
  const store = config.store ?? memoryStore({ nowMs: () => nowMs });
  const parts: EndpointParts = {
    definition: defineAuth(() => ({
      sources: [session({ secrets: [SESSION_SECRET] }), anonymous()],
      rules: RULES,
      revocable: true,
      ...config,
      ...(!ably.withoutStore && { store }),
    })),
    env: {},
    keySource: {
      ok: true,
      source: {
        name: 'test',
        setting: 'ABLY_API_KEY',
        loadCurrent: () => testKey(),
        loadPrevious: async () => {
          if (ably.previous instanceof Error) throw ably.previous;
          return ably.previous;
        },
      },
    },
    ably: {
      requestToken: () => Promise.reject(new Error('nobody asks for one')),
      timeMs: () => Promise.reject(new Error('nobody asks for it')),
      revokeTokens: async (key: ApiKey, targets: readonly string[], options: RevocationOptions) => {
        const call = { keyName: key.name, targets, options };
        calls.push(call);
        const failure = ably.fail?.(call);
        if (failure) throw failure;
        return targets.map(() => ({ ok: true, issuedBeforeMs: nowMs + 7, appliesAtMs: nowMs + 9 }) as const);
      },
    },
    onEvent: (event: AuthEvent) => events.push(event),
    nowMs: () => nowMs,
  };
  const revoking = configureEndpoint({ ...parts, createEndpoint: createRevokeEndpoint });
  const issuing = configureEndpoint(parts);
  if (revoking.problems.length > 0) throw new Error(revoking.problems.map(({ setting }) => setting).join());
  return {
    calls,
    events,
    later: (ms: number) => {
      nowMs += ms;
    },
    handle: revoking.handle,
    revoke: (body: unknown, written: RequestToWrite = {}) =>
      revoking.handle(postJson(body, { cookies: [operator], headers: OUR_PAGE, ...written })),
    ask: async (cookie = sessionCookie()) => (await issuing.handle(authRequest({ cookies: [cookie] }))).status,
  };
}

describe('the revoke endpoint', () => {
  it('answers POST and its preflight, and nothing else', async () => {
    const { handle } = setUp({ allowedOrigins: ['https://app.example'] });
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const response = await handle(authRequest({ method }));
      expect([response.status, headerOf(response, 'Allow')]).toEqual([405, 'POST, OPTIONS']);
    }
    const preflight = await handle(authRequest({ method: 'OPTIONS', headers: { origin: 'https://app.example' } }));
    expect([preflight.status, headerOf(preflight, 'Access-Control-Allow-Methods')]).toEqual([204, 'POST, OPTIONS']);
  });

  it('serves those whom a rule lets revoke, each for whom it says', async () => {
    const { revoke } = setUp();
    const bob = { cookies: [sessionCookie()] };
    expect((await revoke({ targets: ['clientId:bob'] })).status).toBe(200);
    expect((await revoke({ self: true }, bob)).status).toBe(200);
    for (const body of [{ targets: ['clientId:bob'] }, { self: true, ban: '1h' }, { self: true, lift: true }]) {
      const response = await revoke(body, bob);
      expect([response.status, errorOf(response).code]).toEqual([403, 40300]);
    }
    expect((await revoke({ self: true }, { cookies: [] })).status).toBe(403);
    expect((await revoke({ self: true, signOut: true }, bob)).status).toBe(200);
    expect((await revoke({ self: true }, bob)).status).toBe(401);
  });

  it('never hits a guest for a user who is called like one, by subject or by a template', async () => {
    const sources = [session({ secrets: [SESSION_SECRET] }), guest({ secrets: [SESSION_SECRET] })];
    const named: AuthConfig['rules'] = [
      { name: 'members', grant: { news: ['subscribe'] }, clientId: '{nick}', mayRevoke: 'self' },
    ];
    const unnamed: AuthConfig['rules'] = [{ name: 'members', grant: {}, mayRevoke: 'self' }];
    for (const rules of [RULES, unnamed, named]) {
      const { revoke, calls } = setUp({ sources, rules });
      const cookies = [sessionCookie({ subject: 'guest:7', claims: { nick: 'guest:7' } })];
      const answer = jsonOf(await revoke({ self: true, signOut: 'everywhere' }, { cookies }));
      expect(answer).toMatchObject({ results: [{ gate: 'signed-out', revoked: [] }] });
      expect(calls).toEqual([]);
    }
  });

  it('lets nobody revoke whom no rule lets, and no stranger, whatever a rule says', async () => {
    const { revoke } = setUp({ rules: [{ name: 'members', grant: { news: ['subscribe'] } }] });
    expect((await revoke({ self: true })).status).toBe(403);
    const rules: AuthConfig['rules'] = [{ name: 'all', when: { kind: 'anonymous' }, grant: {}, mayRevoke: 'self' }];
    expect(() => setUp({ rules })).toThrow('mayRevoke');
  });

  it('lets a guest, whom anybody can be, revoke nobody else', () => {
    const sources = [session({ secrets: [SESSION_SECRET] }), guest({ secrets: [SESSION_SECRET] })];
    const guests = (mayRevoke: 'self' | 'anyone') =>
      setUp({ sources, rules: [{ name: 'guests', when: { kind: ['user', 'guest'] }, grant: {}, mayRevoke }] });
    expect(() => guests('anyone')).toThrow('rules[0].mayRevoke');
    expect(() => guests('self')).not.toThrow();
  });

  it('refuses somebody who has been cut off', async () => {
    const { revoke } = setUp();
    await revoke({ targets: [{ source: 'session', subject: 'olga' }], ban: '1h' });
    const response = await revoke({ targets: [{ source: 'session', subject: 'olga' }], lift: true });
    expect([response.status, errorOf(response).code]).toEqual([403, 40300]);
  });

  it('S14: never takes a cookie where another site may have had it sent', async () => {
    const { revoke, calls } = setUp({ allowedOrigins: ['https://app.example'] });
    const from = (headers: Record<string, string>) => revoke({ targets: ['clientId:bob'] }, { headers });
    const refused = [
      {},
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
    ];
    for (const headers of refused) expect((await from(headers)).status).toBe(403);
    expect(calls).toEqual([]);
    for (const headers of [OUR_PAGE, { origin: 'https://app.example' }]) expect((await from(headers)).status).toBe(200);
  });

  it('takes a credential that no browser sends by itself from anywhere', async () => {
    const sources = [
      headerSource('staff', 'x-staff', {
        verify: () => ({
          kind: 'identified',
          identity: { source: 'staff', subject: 'olga', kind: 'user', claims: { sub: 'olga', role: 'operator' } },
        }),
      }),
      session({ secrets: [SESSION_SECRET], clientIdPrefix: 's:' }),
    ].map((source) => (source.name === 'staff' ? { ...source, clientIdPrefix: 'staff:' } : source));
    const { revoke } = setUp({ sources });
    const response = await revoke(
      { targets: ['clientId:s:bob'], ban: '1h' },
      { cookies: [], headers: { 'x-staff': '1' } },
    );
    expect(response.status).toBe(200);
  });

  it.each([
    ['no body', ''],
    ['no JSON', '{'],
    ['a list', []],
    ['neither targets nor self', {}],
    ['both', { targets: ['clientId:bob'], self: true }],
    ['no target', { targets: [] }],
    ['a thousand and one', { targets: Array.from({ length: 1_001 }, (_, at) => `clientId:${at}`) }],
    ['an unknown type', { targets: ['user:bob'] }],
    ['no type', { targets: ['bob'] }],
    ['no value', { targets: ['clientId:'] }],
    ['a misspelt ban', { targets: ['clientId:bob'], bann: '1h' }],
    ['a misspelt part of a target', { targets: [{ source: 'session', subject: 'bob', clientID: 'b' }] }],
    ['two things at once', { targets: ['clientId:bob'], ban: '1h', signOut: true }],
    ['a ban without a unit', { targets: ['clientId:bob'], ban: 60 }],
    ['a ban that is over', { targets: ['clientId:bob'], ban: { until: NOW_MS - 1 } }],
    ['an issuedBefore in seconds', { targets: ['clientId:bob'], issuedBefore: 1.5 }],
    ['an issuedBefore that is to come', { targets: ['clientId:bob'], issuedBefore: NOW_MS + 1_000 }],
    ['a margin that is no truth value', { targets: ['clientId:bob'], allowReauthMargin: 'yes' }],
  ])('refuses %s, says what is wrong, and does nothing', async (_, body) => {
    const { revoke, calls } = setUp();
    const response = await revoke(body);
    expect([response.status, errorOf(response).code]).toEqual([400, 40000]);
    expect(String(errorOf(response).message).length).toBeGreaterThan('The request is malformed. '.length);
    expect(headerOf(response, 'X-Ably-ErrorMessage')).toMatch(/^[\x20-\x7e]+$/);
    expect(calls).toEqual([]);
  });

  it('takes JSON only, which another site cannot send without a preflight', async () => {
    const { revoke } = setUp();
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const headers = { ...OUR_PAGE, 'content-type': type };
      expect((await revoke({ targets: ['clientId:bob'] }, { headers })).status).toBe(400);
    }
  });

  it('passes on what is asked of Ably, and nothing that is not', async () => {
    const { revoke, calls } = setUp();
    await revoke({ targets: ['clientId:bob', 'revocationKey:a:b', { type: 'channel', value: 'x' }] });
    await revoke({ targets: ['clientId:bob'], issuedBefore: NOW_MS - 1_000, allowReauthMargin: true });
    expect(calls.map(({ targets, options }) => [targets, options])).toEqual([
      [['clientId:bob', 'revocationKey:a:b', 'channel:x'], {}],
      [['clientId:bob'], { issuedBeforeMs: NOW_MS - 1_000, allowReauthMargin: true }],
    ]);
  });

  it('bans by clientId under the subject that has it, and nobody else', async () => {
    const { revoke, ask, later } = setUp();
    expect(jsonOf(await revoke({ targets: ['clientId:bob'], ban: '1h' }))).toEqual({
      ...{ successCount: 1, failureCount: 0 },
      results: [
        {
          ...{ target: 'clientId:bob', ok: true, gate: 'banned', bannedUntil: NOW_MS + HOUR },
          revoked: [{ keyName: 'appid.keyid', issuedBefore: NOW_MS + 7, appliesAt: NOW_MS + 9 }],
        },
      ],
    });
    later(1_000);
    expect([await ask(), await ask(sessionCookie({ subject: 'ada' }))]).toEqual([403, 200]);
    later(HOUR - 1_001);
    expect(await ask()).toBe(403);
    later(1);
    expect(await ask()).toBe(200);
  });

  it('says where a clientId leads to nobody, instead of guessing', async () => {
    const rules: AuthConfig['rules'] = [
      { name: 'devices', when: { claims: { device: { present: true } } }, grant: {}, clientId: '{sub}:{device}' },
      ...RULES,
    ];
    const { revoke, calls, ask, later } = setUp({ rules });
    const refused = jsonOf(await revoke({ targets: ['clientId:bob:7'], ban: '1h' }));
    expect(refused).toMatchObject({
      failureCount: 1,
      results: [{ ok: false, message: expect.stringMatching(/template/) }],
    });
    expect(calls).toEqual([]);
    const named = { source: 'session', subject: 'bob', clientId: 'bob:7' };
    expect((await revoke({ targets: [named], ban: '1h' })).status).toBe(200);
    expect(calls[0]?.targets).toEqual(['clientId:bob:7']);
    later(1_000);
    expect(await ask()).toBe(403);
    const gateOnly = jsonOf(await revoke({ targets: [{ source: 'session', subject: 'ada' }], ban: '1h' }));
    expect(gateOnly).toMatchObject({ results: [{ ok: true, message: expect.stringMatching(/clientId/) }] });
    expect(calls).toHaveLength(1);
  });

  it('says where tokens of a person say no name of theirs', async () => {
    for (const more of [{ wildcardClientId: true }, { clientId: false }] as const) {
      const { revoke } = setUp({ rules: [{ name: 'free', grant: { a: ['publish'] }, ...more }, ...RULES] });
      const targets = ['clientId:bob', { source: 'session', subject: 'ada' }];
      const message = expect.stringMatching(/were not hit/);
      expect(jsonOf(await revoke({ targets, ban: '1h' })).results).toMatchObject([{ message }, { message }]);
    }
    const { revoke } = setUp();
    expect(jsonOf(await revoke({ targets: ['clientId:bob'] })).results).not.toMatchObject([{ message: /./ }]);
  });

  it('bans no group, and nobody of a source that there is not', async () => {
    const { revoke, calls } = setUp();
    const targets = ['revocationKey:team', 'channel:x', { source: 'sesion', subject: 'bob' }];
    const response = await revoke({ targets, ban: '1h' });
    expect([response.status, jsonOf(response).failureCount]).toEqual([207, 3]);
    expect(calls).toEqual([]);
  });

  it('needs a store to remember anybody, and none to revoke', async () => {
    const { revoke, calls } = setUp({}, { withoutStore: true });
    expect(jsonOf(await revoke({ targets: ['clientId:bob'], ban: '1h' }))).toMatchObject({
      results: [{ ok: false, message: expect.stringMatching(/ABLY_AUTH_STORE/) }],
    });
    expect(calls).toEqual([]);
    expect((await revoke({ targets: ['clientId:bob'] })).status).toBe(200);
  });

  it('revokes with the previous key too, and says when that cannot be read', async () => {
    const both = setUp({}, { previous: new ApiKey('appid', 'oldkey', 'an-old-secret') });
    await both.revoke({ targets: ['clientId:bob'] });
    expect(both.calls.map(({ keyName }) => keyName)).toEqual(['appid.keyid', 'appid.oldkey']);

    const unreadable = new KeySourceError('unreachable', 'ABLY_API_KEY_PREVIOUS', 'It is away.', 'Wait.');
    const response = await setUp({}, { previous: unreadable }).revoke({ targets: ['clientId:bob'] });
    expect(response.status).toBe(207);
    expect(response.body).toContain('The previous key could not be read');
  });

  it('takes a previous key that Ably no longer knows for what it is, and a current one for a failure', async () => {
    const old = new ApiKey('appid', 'oldkey', 'an-old-secret');
    const gone = new AblyApiError('refused', 'Ably answered 401 / 40400.', { code: 40400, statusCode: 401 });
    const fails = (name: string) => (call: Call) => (call.keyName === name ? gone : undefined);
    const previous = await setUp({}, { previous: old, fail: fails('appid.oldkey') }).revoke({
      targets: ['clientId:bob'],
    });
    expect(previous.status).toBe(200);
    const current = await setUp({}, { previous: old, fail: fails('appid.keyid') }).revoke({
      targets: ['clientId:bob'],
    });
    expect(current.status).toBe(207);
  });

  it('says what to do when the key has revocable tokens off', async () => {
    const off = new AblyApiError('refused', 'Ably answered 401 / 40163.', { code: 40163, statusCode: 401 });
    const { revoke } = setUp({}, { fail: () => off });
    expect((await revoke({ targets: ['clientId:bob'] })).body).toMatch(/turn them on in the Ably dashboard/);
  });

  it('tells the log who did what to whom, in no clear name', async () => {
    const { revoke, events } = setUp();
    await revoke({ targets: [{ source: 'session', subject: 'bob' }], ban: '1h' });
    const event = events.at(-1);
    expect(event).toMatchObject({
      kind: 'revoked',
      action: 'ban',
      targets: 1,
      failed: 0,
      subjectHashes: [expect.any(String)],
    });
    expect(JSON.stringify(event)).not.toMatch(/bob|olga/);
  });
});

describe('a store that is out of reach', () => {
  const broken = (): RecordStore => ({
    name: 'broken',
    read: () => Promise.reject(new StoreError('broken', 'it is away')),
    compareAndSet: () => Promise.reject(new StoreError('broken', 'it is away')),
    delete: () => Promise.reject(new StoreError('broken', 'it is away')),
  });

  it('is 503 to those who ask, never 403, unless the config lets them pass, which the event then says', async () => {
    const closed = setUp({ store: broken() });
    expect(await closed.ask()).toBe(503);
    const open = setUp({ store: broken(), onStoreOutage: 'open' });
    expect(await open.ask()).toBe(200);
    expect(open.events.at(-1)).toMatchObject({ kind: 'issued', gateOutage: 'broken: it is away' });
  });

  it('has nothing revoked that was to be remembered, and says so', async () => {
    const { revoke, calls } = setUp({ store: broken(), onStoreOutage: 'open' });
    const response = await revoke({ targets: ['clientId:bob'], ban: '1h' });
    expect([response.status, calls]).toEqual([207, []]);
    expect(response.body).toContain('nothing was revoked');
    expect((await revoke({ targets: ['clientId:bob'] })).status).toBe(200);
    expect(calls).toHaveLength(1);
  });
});
