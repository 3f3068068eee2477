import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningNodeServer, startNodeServer } from '../../adapters/node/serve.ts';
import { cookieName } from '../../core/identity/cookie.ts';
import { MAX_BODY_BYTES } from '../../core/limits.ts';
import { anonymous } from '../../index.ts';
import {
  authRequest,
  jsonOf,
  KEY_NAME,
  KEY_SECRET,
  NOW_MS,
  postForm,
  postJson,
  sessionCookie,
  testEndpoint,
} from '../core/auth-request.ts';
import { checksFirstSignsLast, lastCookies } from './naive/last-one-wins.ts';
import { sortedCopy } from './naive/parses-before-it-counts.ts';
import { CLEARED_SESSION, expectRefusal, headerSource, RULES, startAbly, watched } from './support.ts';

// With a ttl that counts: where it does not, it is none of the parameters that mean something.
const endpoint = testEndpoint({ rules: RULES, honourRequestedTtl: true });
const NAME = cookieName('session', true);
const COOKIES = [sessionCookie()];

describe('S15 what can be read in two ways', () => {
  it('is another user, where the first value is checked and the last is signed', async () => {
    const ably = await startAbly();
    const naive = checksFirstSignsLast({ name: KEY_NAME, secret: KEY_SECRET }, NOW_MS);
    const twice = authRequest({
      query: [
        ['clientId', 'bob'],
        ['clientId', 'alice'],
      ],
    });
    const { body } = await ably.redeem(naive(twice, 'bob') ?? {});
    expect(body.clientId).toBe('alice');
  });

  it.each(['clientId', 'capability', 'ttl'])('%s twice is 400, even with the same value', async (name) => {
    const value = name === 'clientId' ? 'bob' : name === 'ttl' ? '60000' : '{"room:a":["publish"]}';
    for (const second of [value, '', `${value}x`]) {
      const query = [
        [name, value],
        [name, second],
      ] as const;
      const form = query.map(([key, text]) => `${key}=${encodeURIComponent(text)}`).join('&');
      expectRefusal(await endpoint.handle(authRequest({ cookies: COOKIES, query })), 400, 40000);
      expectRefusal(await endpoint.handle(postForm(form, { cookies: COOKIES })), 400, 40000);
      if (second === value) continue;
      // One in the query, another in the body.
      const query1 = { [name]: value };
      expectRefusal(
        await endpoint.handle(postJson({ [name]: second }, { cookies: COOKIES, query: query1 })),
        400,
        40000,
      );
      const form2 = new URLSearchParams([[name, second]]).toString();
      expectRefusal(await endpoint.handle(postForm(form2, { cookies: COOKIES, query: query1 })), 400, 40000);
    }
  });

  it.each([
    '{"clientId":"bob","clientId":"alice"}',
    '{"clientId":"bob","clientId":"bob"}',
    '{"clientId":"bob","\\u0063lientId":"alice"}',
    '{"capability":{"a":["publish"],"a":["subscribe"]}}',
    '{"x":{"a":1,"a":2}}',
    '{"x":[{"a":1,"b":{"c":1,"c":2}}]}',
    '{"capability":"{\\"a\\":[\\"publish\\"],\\"a\\":[\\"*\\"]}"}',
  ])('a name twice in JSON is 400: %s', async (body) => {
    expectRefusal(await endpoint.handle(postJson(body, { cookies: COOKIES })), 400, 40000);
  });

  it('a name twice in a capability of the query is 400', async () => {
    const query = { capability: '{"room:a":["publish"],"room:a":["subscribe"]}' };
    expectRefusal(await endpoint.handle(authRequest({ cookies: COOKIES, query })), 400, 40000);
  });

  // The last two are how API Gateway and `Headers` hand on a header that came twice.
  it.each([
    [['Bearer a', 'Bearer b']],
    [['Bearer a', 'Bearer a']],
    [['cookie', 'cookie']],
    [['', '']],
    [['Basic eA==, Bearer b']],
    [['Bearer a,bearer b']],
  ])('two Authorization headers are 401, before any source is asked: %j', async (authorization) => {
    const last = watched(anonymous());
    const response = await testEndpoint({ sources: [last], rules: RULES }).handle(
      authRequest({ headers: { authorization } }),
    );
    expectRefusal(response, 401, 40101);
    expect(last.verified()).toBe(0);
  });

  it('one of our cookies twice is 401 and cleared: a tossed one is the last, or the first', async () => {
    const [, bob] = sessionCookie({ subject: 'bob' });
    const [, mallory] = sessionCookie({ subject: 'mallory' });
    for (const values of [
      [bob, mallory],
      [mallory, bob],
      [bob, bob],
      [bob, ''],
      ['', bob],
    ]) {
      const request = authRequest({ cookies: values.map((value) => [NAME, value] as const) });
      expect(Object.keys(lastCookies(request))).toHaveLength(1);
      const response = await endpoint.handle(request);
      expectRefusal(response, 401, 40101);
      expect(response.cookies).toEqual([CLEARED_SESSION]);
    }
  });

  it('cookies that are none of ours may come as often as they like', async () => {
    const cookies = [['theme', 'a'], ['theme', 'b'], ...COOKIES, ['__Host-ably-auth-other', 'x']] as const;
    expect(jsonOf(await endpoint.handle(authRequest({ cookies }))).clientId).toBe('bob');
  });
});

describe('S15 what is too much', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

  it('ends a naive walk in a full stack', () => {
    expect(() => sortedCopy(nested(30_000))).toThrow(RangeError);
  });

  it.each([5, 100, 30_000])('%i levels of JSON are 400', async (depth) => {
    const deep = `{"x":${nested(depth - 1)}}`;
    expectRefusal(await endpoint.handle(postJson(deep, { cookies: COOKIES })), 400, 40000);
    const objects = `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`.slice(0, MAX_BODY_BYTES);
    expectRefusal(await endpoint.handle(postJson(objects, { cookies: COOKIES })), 400, 40000);
    const query = { capability: deep };
    expectRefusal(await endpoint.handle(authRequest({ cookies: COOKIES, query })), 400, 40000);
  });

  it('brackets in a string, or too many closing ones, do not mislead the count', async () => {
    expect((await endpoint.handle(postJson(`{"x":"${'['.repeat(1_000)}"}`, { cookies: COOKIES }))).status).toBe(200);
    expect((await endpoint.handle(postJson('{"x":"\\"[[[[[[\\\\"}', { cookies: COOKIES }))).status).toBe(200);
    for (const body of [`]]]]]]]]${nested(10)}`, `"${'['.repeat(10)}`, '"\\', '{"a":1}}}}}{{{{{']) {
      expectRefusal(await endpoint.handle(postJson(body, { cookies: COOKIES })), 400, 40000);
    }
  });

  it.each([
    ['text', (size: number) => 'x'.repeat(size)],
    ['bytes', (size: number) => new Uint8Array(size).fill(120)],
    ['text that is longer in bytes', (size: number) => '€'.repeat(Math.ceil(size / 3))],
  ])('64 KiB of %s are a body, one byte more is 400', async (_, bodyOf) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const ask = (size: number) =>
      endpoint.handle(authRequest({ method: 'POST', cookies: COOKIES, headers, body: bodyOf(size) }));
    expect((await ask(MAX_BODY_BYTES - 2)).status).toBe(200);
    expectRefusal(await ask(MAX_BODY_BYTES + 1), 400, 40000);
  });

  it('100 resources may be asked for, 101 not', async () => {
    const asked = (count: number) =>
      JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, index) => [`room:${index}`, ['publish']])));
    expect((await endpoint.handle(authRequest({ cookies: COOKIES, query: { capability: asked(100) } }))).status).toBe(
      200,
    );
    expectRefusal(
      await endpoint.handle(authRequest({ cookies: COOKIES, query: { capability: asked(101) } })),
      400,
      40000,
    );
  });

  it('a cookie of more than 16 KiB is not looked at, even one that we sealed ourselves', async () => {
    const ask = (note: number) =>
      endpoint.handle(authRequest({ cookies: [sessionCookie({ claims: { note: 'x'.repeat(note) } })] }));
    expect((await ask(11 * 1024)).status).toBe(200);
    expectRefusal(await ask(13 * 1024), 401, 40101);
  });

  it.each([
    ['token-request', 128 * 1024],
    ['jwt', 6_000],
  ] as const)(
    'what a wish and a policy have in common makes no %s larger than clients read',
    async (tokenFormat, most) => {
      const team = Array.from({ length: 100 }, (_, index) => `t${index}`);
      const rules = [{ name: 'teams', grant: { 'team:{team}:*': ['publish' as const] } }];
      const asked = Object.fromEntries(team.map((name) => [`team:*:${name}:*`, ['publish']]));
      const cookies = [sessionCookie({ claims: { team } })];
      const ask = (wish: object) =>
        testEndpoint({ rules, tokenFormat }).handle(
          authRequest({ cookies, query: { capability: JSON.stringify(wish) } }),
        );
      // 100 of each side meet in 10,000: a request of a few kilobytes, an answer that nobody could use.
      expectRefusal(await ask(asked), 400, 40000);
      const few = await ask({ 'team:t1:a': ['publish'], 'team:t2:b': ['publish'] });
      expect(few.status).toBe(200);
      expect(few.body.length).toBeLessThan(most);
    },
  );

  it.each([
    ['no Content-Type', {}],
    ['two of them', { 'content-type': ['application/json', 'application/json'] }],
    ['text/plain, which any page may send', { 'content-type': 'text/plain' }],
    ['a multipart form', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['JSON of a dialect', { 'content-type': 'application/vnd.api+json' }],
  ] as const)('a body with %s is 400', async (_, headers) => {
    const body = '{"clientId":"bob"}';
    expectRefusal(await endpoint.handle(authRequest({ method: 'POST', cookies: COOKIES, headers, body })), 400, 40000);
  });

  it.each([
    ['bytes that are no UTF-8', new Uint8Array([0x7b, 0xff, 0x7d])],
    ['an array', '[]'],
    ['null', 'null'],
    ['a number', '1e999'],
    ['a clientId that is no text', '{"clientId":7}'],
    ['a clientId that is a list', '{"clientId":["bob"]}'],
    ['a ttl that is no whole number', '{"ttl":1.5}'],
    ['a ttl beyond all numbers', '{"ttl":1e999}'],
    ['a capability that is a number', '{"capability":7}'],
    ['NaN', '{"ttl":NaN}'],
    ['a comment', '{}//'],
  ])('a JSON body of %s is 400', async (_, body) => {
    const headers = { 'content-type': 'application/json' };
    const response = await endpoint.handle(authRequest({ method: 'POST', cookies: COOKIES, headers, body }));
    expectRefusal(response, 400, 40000);
  });

  it('names from Object.prototype in a body change nothing', async () => {
    const body = '{"__proto__":{"clientId":"alice","capability":"{}"},"constructor":{"prototype":{"ttl":1}}}';
    expect(jsonOf(await endpoint.handle(postJson(body, { cookies: COOKIES }))).clientId).toBe('bob');
    expect(Object.prototype).not.toHaveProperty('clientId');
  });

  it('a source’s own answer that is no verdict is a 500 and no token', async () => {
    for (const verdict of [undefined, null, {}, { kind: 'identified' }, { kind: 'rejected' }, 'identified', true]) {
      const source = headerSource('sso', 'x-user', { verify: () => verdict as never });
      const response = await testEndpoint({ sources: [source], rules: RULES }).handle(
        authRequest({ headers: { 'x-user': 'bob' } }),
      );
      expectRefusal(response, 500, 50000);
    }
  });
});

describe('S15 over real HTTP', () => {
  let server: RunningNodeServer;
  beforeAll(async () => {
    server = await startNodeServer({ endpoint, host: '127.0.0.1', port: 0 });
  });
  afterAll(() => server.close());

  /** The request as written, byte for byte; answers with everything that comes back. */
  function send(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(server.port, '127.0.0.1', () => socket.write(text, 'latin1'));
      let answer = '';
      socket.setEncoding('utf8');
      socket.on('data', (chunk) => {
        answer += chunk;
      });
      socket.on('end', () => resolve(answer));
      socket.on('error', reject);
    });
  }

  const get = (...lines: readonly string[]) =>
    send(['GET /api/ably-auth HTTP/1.1', 'Host: x', ...lines, 'Connection: close', '', ''].join('\r\n'));

  it('sees the second Authorization, which Node’s own headers drop', async () => {
    expect(await get('Authorization: Bearer a', 'authorization: Bearer b')).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('sees the second cookie, in one header or in two, and behind a blank that only a trimming reader drops', async () => {
    const [, value] = sessionCookie();
    expect(await get(`Cookie: ${NAME}=${value}; ${NAME}=x`)).toMatch(/^HTTP\/1\.1 401 /);
    expect(await get(`Cookie: ${NAME}=${value}`, `Cookie: ${NAME}=x`)).toMatch(/^HTTP\/1\.1 401 /);
    expect(await get(`Cookie: \u00a0${NAME}=${value}`)).toContain('notifications');
  });

  it('sees the second Origin', async () => {
    const [, value] = sessionCookie();
    const answer = await get(`Cookie: ${NAME}=${value}`, 'Origin: null', 'Origin: https://app.example');
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
  });

  it('no value of a request becomes a header of the answer', async () => {
    const answer = await get('X-Request-Id: a%0d%0aSet-Cookie: b=c', 'Origin: https://evil.example\tx');
    expect(answer).not.toMatch(/set-cookie|evil/i);
  });

  it('answers 400 to an upload without end, and serves the next one', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', cookie: `${NAME}=${sessionCookie()[1]}` };
      const upload = httpRequest(`${server.url}/api/ably-auth`, { method: 'POST', headers }, (res) => {
        res.resume();
        stop();
        resolve(res.statusCode);
      });
      const chunk = Buffer.alloc(16 * 1024, 120);
      const timer = setInterval(() => upload.write(chunk), 1);
      const stop = () => {
        clearInterval(timer);
        upload.destroy();
      };
      upload.on('error', (error) => {
        stop();
        reject(error);
      });
    });
    expect(status).toBe(400);
    expect(await get()).toMatch(/^HTTP\/1\.1 200 /);
  });
});
