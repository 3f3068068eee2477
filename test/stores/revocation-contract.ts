/**
 * Cutting somebody off over one store, from another instance than the one that issues: with real clients, one of whom is
 * out at once and stays out, while the other notices nothing.
 */
import * as Ably from 'ably';
import { expect } from 'vitest';
import { createEnvironmentKeySource } from '../../adapters/key-sources/environment.ts';
import { createRevocations } from '../../adapters/node/library.ts';
import type { RecordStore } from '../../core/stores.ts';
import { type AuthConfig, anonymous, createAblyApi, session } from '../../index.ts';
import { SESSION_SECRET } from '../core/auth-request.ts';
import { STAGE_KEY, startStage, untilState } from '../stage.ts';

const RULES: AuthConfig['rules'] = [{ name: 'members', grant: { 'room:*': ['publish', 'subscribe'] } }];

let serial = 0;

/** @param other another client of the same store */
export async function cutsOff(store: RecordStore, other: RecordStore): Promise<void> {
  // Never the same people, so that checks share a store without meeting.
  const [bob, ada] = ['bob', 'ada'].map((name) => `${name}-${process.pid}-${serial++}`) as [string, string];
  const service = { keys: [{ ...STAGE_KEY, revocableTokens: true }] };
  const on = await startStage({ config: { rules: RULES, revocable: true, store }, service });
  const { ABLY_ENDPOINT, ABLY_PORT } = { ABLY_ENDPOINT: on.service.host, ABLY_PORT: String(on.service.port) };
  const sources = [session({ secrets: [SESSION_SECRET] }), anonymous()];
  const elsewhere = createRevocations(
    { build: () => ({ sources, rules: RULES, revocable: true, store: other }) },
    {
      env: {},
      keySource: createEnvironmentKeySource({ ABLY_API_KEY: `${STAGE_KEY.name}:${STAGE_KEY.secret}` }),
      ably: createAblyApi({ ABLY_ENDPOINT, ABLY_PORT, ABLY_TLS: 'false' }),
      onEvent: () => {},
    },
  );
  const clients: Ably.Realtime[] = [];
  const connect = (subject: string): Ably.Realtime => {
    const authHeaders = { cookie: on.cookieOf(subject) };
    const client = new Ably.Realtime({ ...on.clientOptions(), authUrl: on.authUrl, authHeaders });
    clients.push(client);
    return client;
  };
  const ask = async (cookie: string): Promise<number> => (await fetch(on.authUrl, { headers: { cookie } })).status;
  const person = { source: 'session', subject: bob };
  try {
    const [one, two] = [connect(bob), connect(ada)];
    await Promise.all([untilState(one, 'connected'), untilState(two, 'connected')]);
    const { id } = two.connection;

    expect(await elsewhere.ban(person, { untilMs: Date.now() + 3_600_000 })).toMatchObject({
      ok: true,
      gate: 'banned',
    });
    expect((await untilState(one, 'failed')).reason?.cause).toMatchObject({ code: 40300 });
    expect([two.connection.state, two.connection.id]).toEqual(['connected', id]);
    expect([await ask(on.cookieOf(bob)), await ask(on.cookieOf(ada))]).toEqual([403, 200]);

    expect(await elsewhere.lift(person)).toMatchObject({ ok: true });
    const before = on.cookieOf(bob);
    expect(await ask(before)).toBe(200);
    expect(await elsewhere.signOut(person)).toMatchObject({ ok: true, gate: 'signed-out' });
    expect(await ask(before)).toBe(401);
    expect(await ask(on.cookieOf(bob))).toBe(200);
  } finally {
    for (const client of clients) client.close();
    await on.close();
  }
}
