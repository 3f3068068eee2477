/** Guests with real clients: the same clientId over renewals and restarts, by cookie and by header, and never by chance. */
import { randomBytes } from 'node:crypto';
import * as Ably from 'ably';
import { transformSync } from 'esbuild';
import { afterEach, describe, expect, it } from 'vitest';
import { type AuthConfig, createSessionCookies, guest, session } from '../../index.ts';
import { SNIPPETS } from '../identity/identity-page.ts';
import { type Stage, startStage, untilState } from '../stage.ts';

type AuthCallback = NonNullable<Ably.AuthOptions['authCallback']>;

const started: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of started.splice(0).reverse()) await each.close();
});

const SECRETS = [randomBytes(32).toString('base64url')];
const CONFIG: Partial<AuthConfig> = {
  sources: [session({ secrets: SECRETS }), guest({ secrets: SECRETS })],
  rules: [
    { name: 'guests', when: { kind: 'guest' }, grant: { lobby: ['publish', 'subscribe', 'presence'] } },
    { name: 'users', grant: { lobby: ['*'] } },
  ],
  // Our shortest token lives a minute; a lead of 59 seconds makes the service prompt after one.
  ttl: '60s',
};

async function stage(): Promise<Stage> {
  const made = await startStage({ config: CONFIG, service: { renewalLeadMs: 59_000 } });
  started.push(made);
  return made;
}

function connect(on: Stage, authCallback: AuthCallback): Ably.Realtime {
  const client = new Ably.Realtime({ ...on.clientOptions(), authCallback });
  started.push(client);
  return client;
}

/** A browser's own part: what it says of its page, and the cookies that it keeps. */
function browserOf(authUrl: string) {
  const jar = new Map<string, string>();
  const answers: Response[] = [];
  const authCallback: AuthCallback = (_params, done) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    fetch(authUrl, { headers: { 'sec-fetch-site': 'same-origin', cookie } })
      .then(async (response) => {
        answers.push(response);
        for (const setCookie of response.headers.getSetCookie()) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(setCookie) ?? [];
          if (value === '') jar.delete(name);
          else jar.set(name, value);
        }
        const body = (await response.json()) as Ably.TokenRequest & { error?: Ably.ErrorInfo };
        done(body.error ?? null, body.error ? null : body);
      })
      .catch((error: Error) => done(error.message, null));
  };
  return { jar, answers, authCallback };
}

/** The callback of docs/identity.md, with a storage and an address of its own. */
function phoneOf(authUrl: string) {
  const kept = new Map<string, string>();
  const localStorage = {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  };
  const written = (SNIPPETS.find(({ code }) => code.includes('authCallback:'))?.code ?? '')
    .replace('https://auth.example/api/ably-auth', authUrl)
    .replace('export const', 'const');
  const { code } = transformSync(written, {
    loader: 'ts',
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: false } },
  });
  const authCallback = new Function('localStorage', `${code}; return authCallback;`)(localStorage) as AuthCallback;
  return { kept, authCallback };
}

function updates(client: Ably.Realtime, count: number): Promise<void> {
  return new Promise((resolve) => {
    client.connection.on('update', () => {
      count -= 1;
      if (count === 0) resolve();
    });
  });
}

describe.each([
  ['a cookie', browserOf],
  ['a header, as the docs have it', phoneOf],
] as const)('a guest remembered in %s', (_, callerOf) => {
  it('keeps its clientId, its connection and its presence while the credential is renewed', async () => {
    const on = await stage();
    const client = connect(on, callerOf(on.authUrl).authCallback);
    await untilState(client, 'connected');
    const { clientId } = client.auth;
    expect(clientId).toMatch(/^guest:/);
    const connectionId = client.connection.id;
    const channel = client.channels.get('lobby');
    await channel.presence.enter();

    await updates(client, 2);

    expect([client.auth.clientId, client.connection.id]).toEqual([clientId, connectionId]);
    expect((await channel.presence.get()).map((member) => member.clientId)).toEqual([clientId]);
    expect(on.events.filter(({ kind }) => kind === 'issued').length).toBeGreaterThanOrEqual(3);
  });

  it('is the same guest with another client later, and another guest elsewhere', async () => {
    const on = await stage();
    const here = callerOf(on.authUrl);
    const ids: unknown[] = [];
    for (const caller of [here, here, callerOf(on.authUrl)]) {
      const client = connect(on, caller.authCallback);
      await untilState(client, 'connected');
      ids.push(client.auth.clientId);
      client.close();
    }
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });
});

describe('a guest', () => {
  it('who was forged is refused once, and the next try is a new guest', async () => {
    const on = await stage();
    const browser = browserOf(on.authUrl);
    browser.jar.set('__Host-ably-auth-guest', 'v1.forged.e30.AA');
    const first = connect(on, browser.authCallback);
    expect((await untilState(first, 'connected', 'disconnected', 'failed')).state).toBe('disconnected');
    expect(browser.jar.size).toBe(0);
    first.connect();
    expect((await untilState(first, 'connected', 'failed')).state).toBe('connected');

    const phone = phoneOf(on.authUrl);
    phone.kept.set('guest', 'v1.forged.e30.AA');
    const second = connect(on, phone.authCallback);
    expect((await untilState(second, 'connected', 'disconnected', 'failed')).state).toBe('disconnected');
    expect(phone.kept.size).toBe(0);
  });

  it('who signs in is somebody else: the old connection ends, a new client is the user', async () => {
    const on = await stage();
    const browser = browserOf(on.authUrl);
    const before = connect(on, browser.authCallback);
    await untilState(before, 'connected');
    const guestId = before.auth.clientId;
    const [login = ''] = createSessionCookies({ secrets: SECRETS })
      .write({ subject: 'ada', lifetimeSeconds: 7_200 }, Date.now())
      .split(';');
    browser.jar.set('__Host-ably-auth-session', login.slice(login.indexOf('=') + 1));

    await expect(before.auth.authorize()).rejects.toMatchObject({ code: 40102 });
    const after = connect(on, browser.authCallback);
    await untilState(after, 'connected');
    expect(after.auth.clientId).toBe('ada');

    browser.jar.delete('__Host-ably-auth-session');
    const again = connect(on, browser.authCallback);
    await untilState(again, 'connected');
    expect(again.auth.clientId).toBe(guestId);
  });
});
