import { describe, expect, it } from 'vitest';
import {
  anonymous,
  type IntrospectOptions,
  introspect,
  type SessionEndpointOptions,
  type TokenIntrospectionOptions,
} from '../../index.ts';
import { authRequest, jsonOf, NOW_MS, type RequestToWrite, testEndpoint } from '../core/auth-request.ts';
import { RULES } from '../safety/support.ts';
import { type Asked, listen, sendJson, startApp } from './session-endpoint.ts';

const COOKIES: RequestToWrite = { cookies: { sid: 'the-sid-of-ada', theme: 'dark', csrf: 'the-csrf-value' } };
const USER = { id: 'ada', teams: ['blue'], email: 'ada@example.com' };
const EXPIRES = new Date(NOW_MS + 600_000).toISOString();

type Answer = Parameters<typeof startApp>[0];

function endpointFor(options: IntrospectOptions, nowMs: () => number = () => NOW_MS) {
  const source = introspect(options);
  const endpoint = testEndpoint({ sources: [source, anonymous()], rules: RULES, nowMs });
  expect(endpoint.problems).toEqual([]);
  return { source, endpoint, ask: (written: RequestToWrite = COOKIES) => endpoint.handle(authRequest(written)) };
}

async function stage(answer: Answer, options: Partial<SessionEndpointOptions> = {}) {
  const clock = { nowMs: NOW_MS };
  const app = await startApp(answer);
  const own = { url: `${app.url}/session?full=1`, forward: { cookies: ['sid'] }, subject: 'user.id' };
  return { app, clock, ...endpointFor({ ...own, ...options }, () => clock.nowMs) };
}

const signedIn: Answer = (res) => sendJson(res, { user: USER, expires: EXPIRES });

describe('introspect, of a session endpoint', () => {
  it('forwards the named cookie, nothing else, and reads the answer by its paths', async () => {
    const { app, ask, endpoint } = await stage(signedIn, {
      expires: 'expires',
      claims: { team: 'user.teams', missing: 'user.nothing' },
    });
    const headers = { authorization: 'cookie', 'x-forwarded-for': '203.0.113.7', 'user-agent': 'Browser/1.0' };
    expect(jsonOf(await ask({ ...COOKIES, headers }))).toMatchObject({ clientId: 'ada', ttl: 480_000 });
    expect(app.asked).toHaveLength(1);
    expect(app.asked[0]).toMatchObject({ method: 'GET', url: '/session?full=1', body: '' });
    expect({ ...app.asked[0]?.headers, host: undefined }).toEqual({
      accept: 'application/json',
      connection: 'close',
      cookie: 'sid=the-sid-of-ada',
      'user-agent': 'ably-auth-functions',
    });
    expect(endpoint.events.at(-1)).toMatchObject({ caller: { source: 'introspect', identityKind: 'user' } });
  });

  it('takes the numbered parts of a cookie with it', async () => {
    const { app, ask } = await stage(signedIn);
    await ask({ cookies: { 'sid.0': 'a', 'sid.1': 'b', sidx: 'c', 'sid.x': 'd', 'sid.100': 'e' } });
    expect(app.asked[0]?.headers.cookie).toBe('sid.0=a; sid.1=b');
  });

  it('forwards a bearer token instead, and no cookie', async () => {
    const { app, ask, source } = await stage(signedIn, { forward: 'authorization' });
    expect(source.ambient).toBe(false);
    await ask({ ...COOKIES, headers: { authorization: 'bearer the-token' } });
    expect(app.asked[0]?.headers).toMatchObject({ authorization: 'Bearer the-token' });
    expect(app.asked[0]?.headers).not.toHaveProperty('cookie');
  });

  it('takes a number for a subject', async () => {
    const { ask } = await stage((res) => sendJson(res, { user: { id: 42 } }));
    expect(jsonOf(await ask()).clientId).toBe('42');
  });

  it.each<[string, Answer, number]>([
    ['401', (res) => sendJson(res, { error: 'no session' }, 401), 401],
    ['403', (res) => sendJson(res, {}, 403), 401],
    ['null', (res) => sendJson(res, null), 401],
    ['an empty object', (res) => sendJson(res, {}), 401],
    ['a user that is null', (res) => sendJson(res, { user: null }), 401],
    ['no user where the config says', (res) => sendJson(res, { account: USER }), 401],
    ['a session that has ended', (res) => sendJson(res, { user: USER, expires: '2020-01-01T00:00:00Z' }), 401],
    ['a user under no usable name', (res) => sendJson(res, { user: { id: '' } }), 403],
    ['a user that is a list', (res) => sendJson(res, { user: { id: ['ada'] } }), 403],
    ['nobody yet, 204', (res) => res.writeHead(204).end(), 200],
    ['500', (res) => sendJson(res, USER, 500), 503],
    ['404', (res) => sendJson(res, USER, 404), 503],
    ['429', (res) => sendJson(res, USER, 429), 503],
    ['201', (res) => sendJson(res, { user: USER }, 201), 503],
    ['a redirect to a login page', (res) => res.writeHead(302, { location: '/login' }).end(), 503],
    ['a login page', (res) => res.end('<html>Sign in</html>'), 503],
    ['nothing', (res) => res.end(), 503],
    ['text', (res) => sendJson(res, 'ada'), 503],
    ['a list', (res) => sendJson(res, [USER]), 503],
    ['an end that cannot be read', (res) => sendJson(res, { user: USER, expires: 'tomorrow' }), 503],
    ['more than 64 KiB', (res) => sendJson(res, { user: USER, note: 'x'.repeat(70_000) }), 503],
    ['half an answer', (res) => res.writeHead(200, { 'content-length': 99 }).write('{', () => res.destroy()), 503],
    ['no answer', (res) => res.destroy(), 503],
    ['silence', () => {}, 503],
  ])('S12: %s is %s', async (_, answer, status) => {
    const { ask, endpoint } = await stage(answer, { expires: 'expires', timeoutMs: 200 });
    const response = await ask();
    expect(response.status).toBe(status);
    expect(JSON.stringify([response.body, endpoint.events])).not.toMatch(/the-sid-of-ada|ada@example/);
  });

  it('is 503 while nobody listens there', async () => {
    const url = 'http://127.0.0.1:9/session';
    const { ask } = endpointFor({ url, forward: { cookies: ['sid'] }, subject: 'id', timeoutMs: 500 });
    expect((await ask()).status).toBe(503);
  });

  it('follows no redirect, not even to itself', async () => {
    const elsewhere: string[] = [];
    const foreign = await listen((req, res) => {
      elsewhere.push(String(req.headers.cookie));
      res.end('{}');
    });
    const { app, ask } = await stage((res) => res.writeHead(307, { location: `${foreign}/steal` }).end());
    expect((await ask()).status).toBe(503);
    expect(app.asked).toHaveLength(1);
    expect(elsewhere).toEqual([]);
  });

  it('demands what the config demands', async () => {
    const require = { 'user.email': ['ada@example.com', 'eve@example.com'], 'user.teams': 'blue' };
    expect((await (await stage(signedIn, { require })).ask()).status).toBe(200);
    for (const wrong of [{ 'user.teams': 'red' }, { 'user.verified': true }, { 'user.id': 'ADA' }]) {
      expect((await (await stage(signedIn, { require: wrong })).ask()).status).toBe(401);
    }
  });

  it('S14, S15: asks nothing for a foreign page, for a cookie that came twice, or for one that is too large', async () => {
    const { app, ask } = await stage(signedIn);
    expect((await ask({ ...COOKIES, headers: { origin: 'https://evil.example' } })).status).toBe(403);
    for (const second of ['the-sid-of-ada', 'planted', '']) {
      const twice = {
        cookies: [
          ['sid', 'the-sid-of-ada'],
          ['sid', second],
        ],
      } as const;
      expect((await ask(twice)).status).toBe(401);
    }
    expect((await ask({ cookies: { sid: 'x'.repeat(16_400) } })).status).toBe(401);
    expect((await ask({ cookies: { sid: 'a\r\nx-evil: 1' } })).status).toBe(401);
    expect((await ask({ cookies: { theme: 'dark' } })).status).toBe(200);
    expect(app.asked).toEqual([]);
  });
});

describe('introspect, asked again', () => {
  it('asks once for many who come together, and not again for half a minute', async () => {
    const { app, ask, clock } = await stage(signedIn);
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask()));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    clock.nowMs += 29_999;
    await ask();
    expect(app.asked).toHaveLength(1);
    clock.nowMs += 1;
    await ask();
    expect(app.asked).toHaveLength(2);
  });

  it('keeps every credential apart', async () => {
    const { ask } = await stage((res, { headers }: Asked) => sendJson(res, { user: { id: headers.cookie?.slice(4) } }));
    for (const sid of ['ada', 'eve', 'ada']) expect(jsonOf(await ask({ cookies: { sid } })).clientId).toBe(sid);
  });

  it('S8: never counts beyond the end of the session', async () => {
    const ends = new Date(NOW_MS + 10_000).toISOString();
    const { app, ask, clock } = await stage((res) => sendJson(res, { user: USER, expires: ends }), {
      expires: 'expires',
    });
    // Less than a minute is left: no token, but known.
    await ask();
    clock.nowMs += 10_000;
    const { status } = await ask();
    expect([status, app.asked.length]).toEqual([401, 2]);
  });

  it('believes a refusal for a fifth of the time, and an outage not at all', async () => {
    let says = 401;
    const { app, ask, clock } = await stage((res) => sendJson(res, { user: USER }, says));
    const statuses = async () => (await ask()).status;
    expect([await statuses(), await statuses(), app.asked.length]).toEqual([401, 401, 1]);
    clock.nowMs += 6_000;
    says = 500;
    expect([await statuses(), await statuses(), app.asked.length]).toEqual([503, 503, 3]);
    says = 200;
    expect(await statuses()).toBe(200);
  });

  it('asks every time where the config says so', async () => {
    const { app, ask } = await stage(signedIn, { cacheSeconds: 0 });
    await ask();
    await ask();
    expect(app.asked).toHaveLength(2);
  });

  it('forgets the oldest of a thousand, and rubbish never pushes out who is known', async () => {
    const isBad = (cookie = '') => cookie.includes('bad');
    const { app, source } = await stage((res, { headers }: Asked) =>
      sendJson(res, { user: USER }, isBad(headers.cookie) ? 401 : 200),
    );
    const context = { nowMs: NOW_MS, secureCookies: true };
    const ask = (sid: string) => source.verify(authRequest({ cookies: { sid } }), context);
    await ask('good');
    for (let batch = 0; batch < 11; batch++) {
      await Promise.all(Array.from({ length: 100 }, (_, index) => ask(`bad-${batch * 100 + index}`)));
    }
    const before = app.asked.length;
    await ask('good');
    await ask('bad-1099');
    expect(app.asked).toHaveLength(before);
    await ask('bad-0');
    expect(app.asked).toHaveLength(before + 1);
  });
});

describe('introspect, RFC 7662', () => {
  const client = { id: 'ably auth', secret: 'obviously:fake secret/é' };
  const BEARER: RequestToWrite = { headers: { authorization: 'Bearer the-opaque-token' } };
  const active = { active: true, sub: 'ada', aud: 'https://api.example', exp: NOW_MS / 1000 + 600, scope: 'chat' };

  async function tokenStage(answer: Answer, options: Partial<TokenIntrospectionOptions> = {}) {
    const app = await startApp(answer);
    const own = { url: `${app.url}/introspect`, client, require: { aud: 'https://api.example' } };
    return { app, ...endpointFor({ ...own, ...options }) };
  }

  it('posts the token with our own credentials, as the two RFCs have it', async () => {
    const { app, ask } = await tokenStage((res) => sendJson(res, active), { claims: { scope: 'scope' } });
    expect(jsonOf(await ask(BEARER))).toMatchObject({ clientId: 'ada', ttl: 480_000 });
    const [asked] = app.asked;
    expect(asked).toMatchObject({ method: 'POST', body: 'token=the-opaque-token&token_type_hint=access_token' });
    expect(asked?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    const [, basic = ''] = (asked?.headers.authorization ?? '').split(' ');
    const [id, secret, ...more] = Buffer.from(basic, 'base64').toString().split(':');
    expect([id, secret, more]).toEqual(['ably+auth', 'obviously%3Afake+secret%2F%C3%A9', []]);
  });

  it.each<[string, unknown, number, number]>([
    ['an inactive token', { active: false }, 200, 401],
    ['an inactive token with claims', { ...active, active: false }, 200, 401],
    ['a token for another app', { ...active, aud: 'https://other.example' }, 200, 401],
    ['a token for nobody in particular', { ...active, aud: undefined }, 200, 401],
    ['a token without a subject', { ...active, sub: undefined }, 200, 401],
    ['a token that has expired', { ...active, exp: NOW_MS / 1000 }, 200, 401],
    ['a token for several, us among them', { ...active, aud: ['x', 'https://api.example'] }, 200, 200],
    ['active in words', { ...active, active: 'true' }, 200, 503],
    ['no word of active', { sub: 'ada', aud: 'https://api.example' }, 200, 503],
    ['null', null, 200, 503],
    ['401, which is about us', {}, 401, 503],
    ['403, which is about us', {}, 403, 503],
    ['204', undefined, 204, 503],
  ])('%s: said as %j with %i is %i', async (_, said, status, expected) => {
    const { ask, endpoint } = await tokenStage((res) =>
      status === 204 ? res.writeHead(204).end() : sendJson(res, said, status),
    );
    expect((await ask(BEARER)).status).toBe(expected);
    expect(JSON.stringify(endpoint.events)).not.toMatch(/the-opaque-token|obviously/);
  });

  it('takes the token from elsewhere', async () => {
    const { ask, source } = await tokenStage((res) => sendJson(res, active), { from: { cookie: 'at' } });
    expect(source.ambient).toBe(true);
    expect(jsonOf(await ask({ cookies: { at: 'opaque' } })).clientId).toBe('ada');
    expect((await ask(BEARER)).status).toBe(200);
  });
});

describe('introspect, in a config', () => {
  const url = 'https://app.example/session';
  const session = { url, forward: { cookies: ['sid'] }, subject: 'user.id' };
  const tokens = { url, client: { id: 'a', secret: 'b' }, require: {} };

  it.each<[string, object]>([
    ['plain HTTP', { ...session, url: 'http://app.example/session' }],
    ['a password in the address', { ...session, url: 'https://a:b@app.example/' }],
    ['no address', { ...session, url: '/api/session' }],
    ['another scheme', { ...session, url: 'file:///etc/passwd' }],
    ['nothing to forward', { ...session, forward: undefined }],
    ['no cookie to forward', { ...session, forward: { cookies: [] } }],
    ['every header to forward', { ...session, forward: '*' }],
    ['our own cookie to forward', { ...session, forward: { cookies: ['__Host-ably-auth-session'] } }],
    ['a cookie that none is', { ...session, forward: { cookies: ['a;b'] } }],
    ['no subject', { url, forward: { cookies: ['sid'] } }],
    ['a path that is none', { ...session, subject: 'user..id' }],
    ['a claim path that is none', { ...session, claims: { a: '' } }],
    ['a demand that is no path', { ...session, require: { 'a..b': true } }],
    ['a timeout beyond that of clients', { ...session, timeoutMs: 10_000 }],
    ['a cache without end', { ...session, cacheSeconds: 301 }],
    ['a cache of less than nothing', { ...session, cacheSeconds: -1 }],
    ['no client secret', { ...tokens, client: { id: 'a', secret: '' } }],
    ['no word of whom tokens are for', { url, client: { id: 'a', secret: 'b' } }],
    ['a token from our own header', { ...tokens, from: { header: 'x-ably-auth-guest' } }],
  ])('%s is a problem', (_, options) => {
    const problems = introspect(options as IntrospectOptions).problems;
    expect(problems).toHaveLength(1);
    expect(JSON.stringify(problems)).not.toMatch(/a:b@/);
  });

  it('is fine as documented', () => {
    expect(introspect(session).problems).toEqual([]);
    expect(introspect(tokens).problems).toEqual([]);
    expect(introspect({ ...session, url: 'http://localhost:3000/session' }).problems).toEqual([]);
  });
});
