/**
 * The recipes of docs/identity.md, run as they are written there against the frameworks that they are about: the real
 * Auth.js, iron-session and Express with express-session. Better Auth (25 MB with what it needs) is stood in for by an
 * endpoint that answers what its version 1.7.25 answered to the same requests.
 */
import { createServer } from 'node:http';
import { Auth, type AuthConfig as AuthJsConfig } from '@auth/core';
import Credentials from '@auth/core/providers/credentials';
import express from 'express';
import expressSession from 'express-session';
import { sealData, unsealData } from 'iron-session';
import { describe, expect, it } from 'vitest';
import type { AuthConfig } from '../../index.ts';
import { authRequest, jsonOf, type RequestToWrite, testEndpoint } from '../core/auth-request.ts';
import { RULES } from '../safety/support.ts';
import { runConfig, type Surroundings, snippetOf } from './identity-page.ts';
import { listen, sendJson, startApp } from './session-endpoint.ts';

type Jar = Map<string, string>;

/** As a browser does it, as far as these apps need it. */
async function visit(jar: Jar, url: string, init: RequestInit = {}): Promise<Response> {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const response = await fetch(url, { ...init, redirect: 'manual', headers: { ...init.headers, cookie } });
  for (const setCookie of response.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(setCookie) ?? [];
    if (value === '' || /max-age=0/i.test(setCookie)) jar.delete(name);
    else jar.set(name, value);
  }
  return response;
}

function endpointOf(heading: string, surroundings: Surroundings) {
  const config: Partial<AuthConfig> = runConfig(snippetOf(heading), surroundings);
  // These frameworks go by the real clock.
  const { handle, problems } = testEndpoint({ rules: RULES, ...config, nowMs: Date.now });
  expect(problems).toEqual([]);
  return {
    ask: (jar: Jar, more: RequestToWrite = {}) => handle(authRequest({ cookies: [...jar], ...more })),
  };
}

describe('the recipe for Auth.js', () => {
  const config: AuthJsConfig = {
    basePath: '/api/auth',
    secret: 'an-obviously-fake-secret-for-auth-js',
    trustHost: true,
    providers: [Credentials({ credentials: { name: {} }, authorize: ({ name }) => ({ id: `id-of-${name}` }) })],
    // As the page says.
    callbacks: {
      session: ({ session, token }) => ({ ...session, user: { ...session.user, id: token.sub } }) as typeof session,
    },
    logger: { error: () => {} },
  };

  async function startAuthJs(): Promise<string> {
    return listen(async (req, res) => {
      const chunks: Buffer[] = [];
      for await (const chunk of req) chunks.push(chunk as Buffer);
      const headers = new Headers(Object.entries(req.headers).map(([name, value]) => [name, String(value)]));
      const body = req.method === 'POST' ? Buffer.concat(chunks).toString() : undefined;
      const url = `http://${req.headers.host}${req.url}`;
      const init = { method: req.method ?? 'GET', headers, ...(body !== undefined && { body }) };
      const response = await Auth(new Request(url, init), config);
      res.writeHead(response.status, [
        ...[...response.headers].filter(([name]) => name !== 'set-cookie').flat(),
        ...response.headers.getSetCookie().flatMap((cookie) => ['set-cookie', cookie]),
      ]);
      res.end(await response.text());
    });
  }

  async function logIn(app: string, name: string): Promise<Jar> {
    const jar: Jar = new Map();
    const { csrfToken } = (await (await visit(jar, `${app}/api/auth/csrf`)).json()) as { csrfToken: string };
    const body = new URLSearchParams({ csrfToken, name });
    await visit(jar, `${app}/api/auth/callback/credentials`, { method: 'POST', body });
    expect([...jar.keys()]).toContain('authjs.session-token');
    return jar;
  }

  it('knows who has signed in, and until when', async () => {
    const app = await startAuthJs();
    const { ask } = endpointOf('Auth.js', { replace: { 'https://app.example': app } });
    const jar = await logIn(app, 'ada');
    expect(jsonOf(await ask(jar))).toMatchObject({ clientId: 'id-of-ada', ttl: 3_600_000 });
    expect(jsonOf(await ask(await logIn(app, 'bob')))).toMatchObject({ clientId: 'id-of-bob' });
  });

  it('refuses a visitor, and a session that is forged', async () => {
    const app = await startAuthJs();
    const { ask } = endpointOf('Auth.js', { replace: { 'https://app.example': app } });
    expect((await ask(new Map())).status).toBe(401);
    const jar = await logIn(app, 'ada');
    jar.set('authjs.session-token', `${jar.get('authjs.session-token')}x`);
    expect((await ask(jar)).status).toBe(401);
  });
});

describe('the recipe for Better Auth', () => {
  const expiresAt = new Date(Date.now() + 7 * 86_400_000).toISOString();
  const times = { createdAt: '2026-11-22T04:09:48.163Z', updatedAt: '2026-11-22T04:09:48.163Z' };
  /** Recorded from `GET /api/auth/get-session`; without a session it answers 200 with `null`. */
  const recorded = {
    session: {
      expiresAt,
      token: 'RwOOr6GZfakeGVuotp5ZrNoLZuv1ZufP',
      ...times,
      ipAddress: '',
      userAgent: '',
      userId: 'sOkz8NlYxrkNMfYCieiZAhAJNoeRf5Jb',
      id: 'YZUeTyGvH8tTVpu3DGACHkaQGgLMRHOz',
    },
    user: {
      name: 'Ada',
      email: 'ada@example.com',
      emailVerified: false,
      ...times,
      id: 'sOkz8NlYxrkNMfYCieiZAhAJNoeRf5Jb',
    },
  };
  const good = `${recorded.session.token}.jYFSBJgjKRYJfake%3D`;

  it('knows who has signed in, and nobody else', async () => {
    const app = await startApp((res, { url, headers }) => {
      const isGood = url === '/api/auth/get-session' && headers.cookie === `better-auth.session_token=${good}`;
      sendJson(res, isGood ? recorded : null);
    });
    const { ask } = endpointOf('Better Auth', { replace: { 'https://app.example': app.url } });
    const answer = await ask(
      new Map([
        ['better-auth.session_token', good],
        ['better-auth.session_data', 'x'],
      ]),
    );
    expect(jsonOf(answer)).toMatchObject({ clientId: recorded.user.id, ttl: 3_600_000 });
    expect((await ask(new Map([['better-auth.session_token', 'forged.abc']]))).status).toBe(401);
    expect((await ask(new Map())).status).toBe(401);
  });
});

describe('the recipe for iron-session', () => {
  const password = 'an-obviously-fake-password-of-32-characters';
  const ask = async (value: string) => {
    const surroundings = { env: { SESSION_PASSWORD: password }, names: { unsealData } };
    const jar = new Map([['app-session', encodeURIComponent(value)]]);
    return endpointOf('iron-session', surroundings).ask(jar);
  };

  it('knows who has signed in', async () => {
    const answer = await ask(await sealData({ userId: 'ada' }, { password }));
    expect(jsonOf(answer)).toMatchObject({ clientId: 'ada' });
  });

  it.each<[string, () => Promise<string>]>([
    ['without a user', () => sealData({ cart: [1] }, { password })],
    ['sealed with another password', () => sealData({ userId: 'ada' }, { password: `${password}x` })],
    ['past its time', () => sealData({ userId: 'ada' }, { password, ttl: -100_000 })],
    ['cut short', async () => (await sealData({ userId: 'ada' }, { password })).slice(0, -9)],
    ['of another making', async () => 'userId=ada'],
  ])('refuses one that is %s', async (_, seal) => {
    expect((await ask(await seal())).status).toBe(401);
  });
});

describe('the recipe for Express', () => {
  async function startExpress(): Promise<string> {
    const app = express();
    app.use(
      expressSession({
        secret: 'obviously-fake',
        resave: false,
        saveUninitialized: true,
        cookie: { maxAge: 3_600_000 },
      }),
    );
    app.use((req, _res, next) => {
      const session = req.session as typeof req.session & { userId?: string };
      if (req.path === '/login') session.userId = String(req.query.user);
      next();
    });
    app.get('/login', (_req, res) => void res.end());
    new Function('app', snippetOf('Express, or any server', 'js'))(app);
    return listen(createServer(app).listeners('request')[0] as Parameters<typeof listen>[0]);
  }

  it('knows who has signed in, leaves a visitor a visitor, and refuses a session that is forged', async () => {
    const app = await startExpress();
    const surroundings = { replace: { 'https://app.example': app } };
    const { ask } = endpointOf('Express, or any server', surroundings);
    const ada: Jar = new Map();
    const visitor: Jar = new Map();
    await visit(ada, `${app}/login?user=ada`);
    await visit(visitor, `${app}/whoami`);
    expect(visitor.has('connect.sid')).toBe(true);

    expect(jsonOf(await ask(ada))).toMatchObject({ clientId: 'ada', ttl: expect.any(Number) });
    expect(jsonOf(await ask(ada)).ttl).toBeLessThanOrEqual(3_600_000 - 120_000);
    for (const nobody of [visitor, new Map([['connect.sid', 's%3Aforged.abc']]), new Map()]) {
      expect(jsonOf(await ask(nobody)).capability).toBe('{"notifications":["subscribe"]}');
    }
  });

  it('is 503 while the server is being deployed', async () => {
    const { url } = await startApp((res) => res.writeHead(502).end('<html>Bad gateway</html>'));
    const { ask } = endpointOf('Express, or any server', { replace: { 'https://app.example': url } });
    expect((await ask(new Map([['connect.sid', 's%3Aabc.def']]))).status).toBe(503);
  });
});

describe('the recipe for Netlify Identity', () => {
  it('shows the token to the instance', async () => {
    const app = await startApp((res, { url, headers }) => {
      const isGood = url === '/.netlify/identity/user' && headers.authorization === 'Bearer good';
      // As GoTrue answers: https://github.com/netlify/gotrue#get-user
      if (isGood)
        sendJson(res, {
          id: '11111111-2222-3333-4444-5555555555555',
          email: 'ada@example.com',
          app_metadata: { roles: ['a'] },
        });
      else sendJson(res, { code: 401, msg: 'Invalid token' }, 401);
    });
    const { ask } = endpointOf('Netlify Identity', { replace: { 'https://site.example': app.url } });
    const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
    expect(jsonOf(await ask(new Map(), bearer('good'))).clientId).toBe('11111111-2222-3333-4444-5555555555555');
    expect((await ask(new Map(), bearer('bad'))).status).toBe(401);
  });
});

describe('the recipe for a function of your own', () => {
  it('runs as it is written', async () => {
    const found = { userId: 'ada', role: 'editor', endsAtMs: Date.now() + 600_000 };
    const sessions = { find: async (id: string) => (id === 'abc' ? found : undefined) };
    const { ask } = endpointOf('A function of your own', { names: { sessions } });
    expect(jsonOf(await ask(new Map([['sid', 'abc']]))).clientId).toBe('ada');
    expect((await ask(new Map([['sid', 'xyz']]))).status).toBe(401);
  });
});
