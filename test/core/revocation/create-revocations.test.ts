import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createEnvironmentKeySource } from '../../../adapters/key-sources/environment.ts';
import { createHandler, createRevocations } from '../../../adapters/node/library.ts';
import { memoryStore } from '../../../adapters/stores/memory.ts';
import { startAblyService } from '../../../dev/ably-service/ably-service.ts';
import { createAblyApi, defineAuth, session } from '../../../index.ts';
import { STAGE_KEY } from '../../stage.ts';
import { SESSION_SECRET, sessionCookie } from '../auth-request.ts';

const BOB = { source: 'session', subject: 'bob' };

/** An app that has the endpoint in its own server, and calls the revocations itself. */
async function startApp() {
  const service = await startAblyService({ keys: [{ ...STAGE_KEY, revocableTokens: true }] });
  const auth = defineAuth(() => ({
    sources: [session({ secrets: [SESSION_SECRET] })],
    rules: [{ name: 'members', grant: { news: ['subscribe'] } }],
    store,
    revocable: true,
  }));
  const store = memoryStore();
  const options = {
    env: {},
    keySource: createEnvironmentKeySource({ ABLY_API_KEY: `${STAGE_KEY.name}:${STAGE_KEY.secret}` }),
    ably: createAblyApi({ ABLY_ENDPOINT: service.host, ABLY_PORT: String(service.port), ABLY_TLS: 'false' }),
    onEvent: () => {},
  };
  const server = createServer(createHandler(auth, options)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    revocations: createRevocations(auth, options),
    async ask(sessionId?: string): Promise<number> {
      const cookie = sessionCookie(sessionId === undefined ? {} : { sessionId }, Date.now()).join('=');
      return (await fetch(url, { headers: { cookie } })).status;
    },
    async askWith(cookie: string): Promise<number> {
      return (await fetch(url, { headers: { cookie } })).status;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await service.close();
    },
  };
}

describe('createRevocations', () => {
  it('bans until it is lifted, and revokes what a person is called by default', async () => {
    const app = await startApp();
    try {
      const banned = await app.revocations.ban(BOB, { untilMs: Date.now() + 60_000 });
      expect(banned).toMatchObject({
        target: 'session bob',
        ok: true,
        gate: 'banned',
        revoked: [{ keyName: STAGE_KEY.name }],
      });
      expect(await app.ask()).toBe(403);
      expect(await app.revocations.lift(BOB)).toMatchObject({ ok: true, gate: 'lifted', revoked: [] });
      expect(await app.ask()).toBe(200);
    } finally {
      await app.close();
    }
  });

  it('signs one session out, or all, and a login from then on is served', async () => {
    const app = await startApp();
    try {
      const [phone, laptop] = ['phone', 'laptop'].map((sessionId) =>
        sessionCookie({ sessionId }, Date.now()).join('='),
      );
      expect(await app.revocations.signOut(BOB, { sessionId: 'phone' })).toMatchObject({
        ok: true,
        gate: 'signed-out',
      });
      expect([await app.askWith(phone ?? ''), await app.askWith(laptop ?? '')]).toEqual([401, 200]);
      await app.revocations.signOut(BOB);
      expect(await app.askWith(laptop ?? '')).toBe(401);
      expect(await app.ask('phone')).toBe(200);
    } finally {
      await app.close();
    }
  });

  it('revokes groups, and says of each what became of it', async () => {
    const app = await startApp();
    try {
      const targets = [{ type: 'revocationKey', value: 'team' } as const, { ...BOB, source: 'nobody' }];
      expect(await app.revocations.revoke(targets)).toMatchObject([{ ok: true }, { ok: false }]);
    } finally {
      await app.close();
    }
  });

  it('takes no ban that would be none, and nobody whom no source could name', async () => {
    const app = await startApp();
    try {
      for (const untilMs of [Number.POSITIVE_INFINITY, Number.NaN, Date.now() - 1, Date.now() / 1000 + 3600]) {
        await expect(app.revocations.ban(BOB, { untilMs })).rejects.toThrow(/untilMs/);
      }
      expect(await app.ask()).toBe(200);
      expect(await app.revocations.ban(BOB, { untilMs: Number.MAX_SAFE_INTEGER })).toMatchObject({ ok: true });
      expect(await app.ask()).toBe(403);

      const nobodies: readonly unknown[] = [{ ...BOB, subject: 7 }, { source: 'session', subject: undefined }, {}];
      for (const nobody of nobodies) {
        await expect(app.revocations.lift(nobody as typeof BOB)).rejects.toThrow(/must be text/);
      }
    } finally {
      await app.close();
    }
  });

  it('holds nobody back for a moment to come, which Ably refuses', async () => {
    const app = await startApp();
    try {
      const result = await app.revocations.revoke([BOB], { issuedBeforeMs: Date.now() + 3_600_000 });
      expect(result).toMatchObject([{ ok: false, revoked: [{ error: { code: 40003 } }] }]);
      expect(await app.ask()).toBe(200);
    } finally {
      await app.close();
    }
  });

  it('does not throw when it is made of a config that is wrong, but rejects each call with the whole list', async () => {
    const revocations = createRevocations(
      defineAuth(() => ({ sources: [], rules: [] })),
      { env: {}, onEvent: () => {} },
    );
    await expect(revocations.lift(BOB)).rejects.toThrow(/rules: .*sources: .*ABLY_API_KEY/s);
  });
});
