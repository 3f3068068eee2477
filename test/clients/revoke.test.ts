/**
 * Cutting somebody off, as real clients live through it: who is cut off and stays out, who comes back at once, and who
 * notices nothing.
 */
import * as Ably from 'ably';
import { afterEach, describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/stores/memory.ts';
import type { AuthConfig } from '../../index.ts';
import { STAGE_KEY, type Stage, type StageOptions, startStage, untilState } from '../stage.ts';

const started: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of started.splice(0).reverse()) await each.close();
});

const RULES: AuthConfig['rules'] = [
  { name: 'members', grant: { 'room:*': ['publish', 'subscribe'] }, mayRevoke: 'self' },
  { name: 'operators', when: { claims: { role: 'operator' } }, grant: {}, mayRevoke: 'anyone' },
];

const REVOCABLE_KEY = { ...STAGE_KEY, revocableTokens: true };

async function stage(config: Partial<AuthConfig> = {}, options: StageOptions = {}): Promise<Stage> {
  const made = await startStage({
    ...options,
    config: { rules: RULES, revocable: true, store: memoryStore(), ...config },
    service: { keys: [REVOCABLE_KEY], ...options.service },
  });
  started.push(made);
  return made;
}

function connect(on: Stage, cookie: string): Ably.Realtime {
  const client = new Ably.Realtime({ ...on.clientOptions(), authUrl: on.authUrl, authHeaders: { cookie } });
  started.push(client);
  return client;
}

interface Revoked {
  readonly successCount: number;
  readonly failureCount: number;
  readonly results: readonly {
    readonly ok: boolean;
    readonly gate?: string;
    readonly message?: string;
    readonly revoked: readonly {
      readonly keyName: string;
      readonly issuedBefore: number;
      readonly appliesAt: number;
    }[];
  }[];
}

async function revoke(on: Stage, cookie: string, body: object): Promise<Revoked & { readonly status: number }> {
  const response = await fetch(on.revokeUrl, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify(body),
  });
  return { status: response.status, ...((await response.json()) as Revoked) };
}

const operator = (on: Stage): string => on.cookieOf('olga', { claims: { role: 'operator' } });

/** Every state that the connection is in from now on. */
function statesOf(client: Ably.Realtime): Ably.ConnectionState[] {
  const states: Ably.ConnectionState[] = [];
  client.connection.on(({ current, previous }) => current !== previous && states.push(current));
  return states;
}

function disconnection(client: Ably.Realtime): Promise<Ably.ErrorInfo | undefined> {
  return new Promise((resolve) => client.connection.once('disconnected', ({ reason }) => resolve(reason)));
}

async function askJwt(on: Stage, cookie: string): Promise<Response> {
  return fetch(on.authUrl, { headers: { cookie } });
}

describe('a client that is banned', () => {
  it('is disconnected with 40141, asks again, is refused and ends FAILED; the other notices nothing', async () => {
    const on = await stage();
    const [bob, ada] = [connect(on, on.cookieOf('bob')), connect(on, on.cookieOf('ada'))];
    await Promise.all([untilState(bob, 'connected'), untilState(ada, 'connected')]);
    const adaConnectionId = ada.connection.id;
    const adaStates = statesOf(ada);
    const cut = disconnection(bob);

    const answer = await revoke(on, operator(on), { targets: ['clientId:bob'], ban: '1h' });

    expect(answer).toMatchObject({ status: 200, successCount: 1, failureCount: 0, results: [{ gate: 'banned' }] });
    expect(await cut).toMatchObject({ code: 40141, statusCode: 401 });
    const end = await untilState(bob, 'failed', 'connected');
    expect(end).toMatchObject({ state: 'failed', reason: { code: 80019, statusCode: 403 } });
    expect(end.reason?.cause).toMatchObject({ code: 40300, statusCode: 403 });
    expect(on.events.at(-1)).toMatchObject({ kind: 'refused', reason: 'banned' });

    const channel = ada.channels.get('room:7');
    const heard = new Promise((resolve) => void channel.subscribe(resolve));
    await channel.publish('still', 'here');
    await heard;
    expect([ada.connection.id, adaStates]).toEqual([adaConnectionId, []]);
  });

  it('is let in again when the ban is lifted', async () => {
    const on = await stage();
    await revoke(on, operator(on), { targets: ['clientId:bob'], ban: '1h' });
    expect((await askJwt(on, on.cookieOf('bob'))).status).toBe(403);
    await revoke(on, operator(on), { targets: ['clientId:bob'], lift: true });
    const bob = connect(on, on.cookieOf('bob'));
    expect((await untilState(bob, 'connected', 'failed')).state).toBe('connected');
  });

  it('would be back at once if only Ably were told', async () => {
    const on = await stage();
    const bob = connect(on, on.cookieOf('bob'));
    await untilState(bob, 'connected');
    const before = bob.connection.id;
    const cut = disconnection(bob);
    await revoke(on, operator(on), { targets: ['clientId:bob'] });
    expect(await cut).toMatchObject({ code: 40141 });
    expect((await untilState(bob, 'connected', 'failed')).state).toBe('connected');
    expect(bob.connection.id).not.toBe(before);
  });
});

describe('a client whose rights have changed', () => {
  it('renews with the new rights when it is given the margin, and its connection lives on past it', async () => {
    const rights = { more: false };
    const rules: AuthConfig['rules'] = [
      ...RULES,
      { name: 'more', when: () => rights.more, grant: { 'secret:*': ['subscribe'] } },
    ];
    const on = await stage({ rules }, { service: { reauthMarginMs: 2_500 } });
    const bob = connect(on, on.cookieOf('bob'));
    await untilState(bob, 'connected');
    const { id } = bob.connection;
    const states = statesOf(bob);
    await expect(bob.channels.get('secret:7').attach()).rejects.toMatchObject({ code: 40160 });
    const updated = new Promise<void>((resolve) => bob.connection.once('update', () => resolve()));
    rights.more = true;

    const { results } = await revoke(on, operator(on), { targets: ['clientId:bob'], allowReauthMargin: true });
    await updated;
    await bob.channels.get('secret:7').attach();

    const appliesAt = results[0]?.revoked[0]?.appliesAt ?? 0;
    await new Promise((resolve) => setTimeout(resolve, appliesAt - Date.now() + 250));
    expect([bob.connection.id, bob.connection.state, states]).toEqual([id, 'connected', []]);
    // Asked once: a token of that second would have had it asked again, until one is younger.
    expect(on.service.connections().map(({ clientId, renewalPrompts }) => [clientId, renewalPrompts])).toEqual([
      ['bob', 1],
    ]);
  });
});

describe('somebody who signs out', () => {
  it('is out with this session, and in again with the next one at once', async () => {
    const on = await stage();
    const first = on.cookieOf('bob', { sessionId: 'phone-1' });
    const bob = connect(on, first);
    await untilState(bob, 'connected');
    const cut = disconnection(bob);

    expect(await revoke(on, first, { self: true, signOut: true })).toMatchObject({
      status: 200,
      results: [{ ok: true, gate: 'signed-out' }],
    });
    expect(await cut).toMatchObject({ code: 40141 });
    const refused = await askJwt(on, first);
    expect(refused.status).toBe(401);
    expect(refused.headers.getSetCookie()).toEqual([expect.stringMatching(/^__Host-ably-auth-session=; .*Max-Age=0/)]);
    expect(bob.connection.state).not.toBe('failed');

    const again = connect(on, on.cookieOf('bob', { sessionId: 'phone-2' }));
    expect((await untilState(again, 'connected', 'failed', 'disconnected')).state).toBe('connected');
    expect((await askJwt(on, first)).status).toBe(401);
  });

  it('is out everywhere when that is asked, and in again with a login from then on', async () => {
    const on = await stage();
    const [phone, laptop] = [on.cookieOf('bob', { sessionId: 'phone' }), on.cookieOf('bob', { sessionId: 'laptop' })];
    await revoke(on, phone, { self: true, signOut: 'everywhere' });
    for (const cookie of [phone, laptop]) expect((await askJwt(on, cookie)).status).toBe(401);
    const again = connect(on, on.cookieOf('bob', { sessionId: 'phone' }));
    expect((await untilState(again, 'connected', 'failed', 'disconnected')).state).toBe('connected');
    expect((await askJwt(on, on.cookieOf('ada'))).status).toBe(200);
  });
});

describe('one session among several', () => {
  it('is cut off alone where its tokens have a revocation key of their own', async () => {
    const rules: AuthConfig['rules'] = [
      { name: 'members', grant: { 'room:*': ['subscribe'] }, jwt: { revocationKey: 'session-{sid}' } },
      ...RULES.slice(1),
    ];
    const on = await stage({ rules });
    const [phone, laptop] = ['phone', 'laptop'].map((sid) =>
      connect(on, on.cookieOf('bob', { sessionId: sid, claims: { sid } })),
    ) as [Ably.Realtime, Ably.Realtime];
    await Promise.all([untilState(phone, 'connected'), untilState(laptop, 'connected')]);
    const laptopStates = statesOf(laptop);
    const cut = disconnection(phone);

    const target = { source: 'session', subject: 'bob', revocationKey: 'session-phone' };
    const answer = await revoke(on, operator(on), { targets: [target], signOut: { sessionId: 'phone' } });

    expect(answer).toMatchObject({ status: 200, results: [{ ok: true, gate: 'signed-out' }] });
    expect(await cut).toMatchObject({ code: 40141 });
    await untilState(phone, 'disconnected');
    await expect.poll(() => on.events.at(-1)).toMatchObject({ kind: 'refused', reason: 'signed-out' });
    await laptop.channels.get('room:7').attach();
    expect([laptop.connection.state, laptopStates]).toEqual(['connected', []]);
  });
});

describe('a credential that was asked for before a ban and is used after it', () => {
  async function usedAfterBan(on: Stage, use: (body: string) => Promise<unknown>): Promise<unknown> {
    const body = await (await askJwt(on, on.cookieOf('bob'))).text();
    await revoke(on, operator(on), { targets: ['clientId:bob'], ban: '1h' });
    return use(body);
  }

  it('is a hole when it is a token request, which the config must accept by name', async () => {
    const on = await stage({ tokenFormat: 'token-request', acceptTwoMinuteWindow: true });
    const status = await usedAfterBan(on, async (body) => {
      const rest = new Ably.Rest({ ...on.clientOptions(), authCallback: (_, done) => done(null, JSON.parse(body)) });
      return rest.channels.get('room:7').publish('from', 'the banned');
    });
    expect(status).not.toBeInstanceOf(Error);
  });

  it('is worth nothing when it is a JWT', async () => {
    const on = await stage();
    const status = usedAfterBan(on, async (token) => {
      return new Ably.Rest({ ...on.clientOptions(), token }).channels.get('room:7').publish('from', 'the banned');
    });
    await expect(status).rejects.toMatchObject({ code: expect.toSatisfy((code) => code === 40141 || code === 40171) });
  });
});

describe('a token of the key before a rotation', () => {
  it('is revoked too', async () => {
    const NEW_KEY = { name: 'stageapp.newkey', secret: 'another-obviously-fake-secret', revocableTokens: true };
    const service = { keys: [REVOCABLE_KEY, NEW_KEY] };
    const before = await stage({}, { service });
    const token = await (await askJwt(before, before.cookieOf('bob'))).text();
    // The endpoint as it is after the rotation, at the same Ably.
    const after = await stage(
      {},
      {
        service,
        apiKey: `${NEW_KEY.name}:${NEW_KEY.secret}`,
        previousKey: `${STAGE_KEY.name}:${STAGE_KEY.secret}`,
        at: before.service,
      },
    );
    const answer = await revoke(after, operator(after), { targets: ['clientId:bob'], ban: '1h' });
    expect(answer.results[0]?.revoked.map(({ keyName }) => keyName).sort()).toEqual([NEW_KEY.name, STAGE_KEY.name]);
    const rest = new Ably.Rest({ ...before.clientOptions(), token });
    await expect(rest.channels.get('room:7').publish('from', 'the banned')).rejects.toMatchObject({
      code: expect.toSatisfy((code) => code === 40141 || code === 40171),
    });
  });
});

describe('revoking several targets', () => {
  it('says of each what became of it, and that a channel needs a policy change too', async () => {
    const on = await stage();
    const targets = ['clientId:bob', 'channel:room:*', 'revocationKey:team-7'];
    const answer = await revoke(on, operator(on), { targets });
    expect(answer).toMatchObject({
      ...{ status: 207, successCount: 2, failureCount: 1 },
      results: [
        { target: 'clientId:bob', ok: true },
        { target: 'channel:room:*', ok: false, revoked: [{ error: { code: 40121 } }] },
        { target: 'revocationKey:team-7', ok: true },
      ],
    });
    expect(answer.results[1]?.message).toMatch(/policy change/);
  });

  it('takes more than one call of Ably takes', async () => {
    const on = await stage();
    const targets = Array.from({ length: 250 }, (_, at) => `clientId:user-${at}`);
    expect(await revoke(on, operator(on), { targets })).toMatchObject({ status: 200, successCount: 250 });
  });
});
