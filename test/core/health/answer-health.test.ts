/** `?health`: what it says to anybody, what to an operator, and what it does not do for either. */
import { describe, expect, it } from 'vitest';
import { preparePorts } from '../../../core/assemble-endpoint.ts';
import { answerHealth } from '../../../core/health/answer-health.ts';
import { ApiKey } from '../../../core/keys/api-key.ts';
import { keyFingerprint } from '../../../core/keys/key-fingerprint.ts';
import { KeySourceError } from '../../../core/keys/key-source.ts';
import { resolveConfig } from '../../../core/resolve-config.ts';
import { anonymous, defineAuth, memoryStore, type Rule } from '../../../index.ts';
import {
  authRequest,
  type EndpointToTest,
  errorOf,
  headerOf,
  jsonOf,
  KEY_NAME,
  NOW_MS,
  type RequestToWrite,
  sessionCookie,
  testEndpoint,
  testKey,
} from '../auth-request.ts';

const SECRET = 'a-fake-operator-secret-of-32-bytes-or-more';
const OLD_SECRET = 'another-fake-operator-secret-of-32-bytes';
const env = { ABLY_AUTH_OPERATOR_SECRET: `${SECRET}, ${OLD_SECRET}` };
const rules: readonly Rule[] = [{ name: 'visitors', when: { kind: 'anonymous' }, grant: { news: ['subscribe'] } }];
const AS_OPERATOR = { authorization: `Bearer ${SECRET}` };
const BROKEN: EndpointToTest = { env, rules: [] };

function asked(written: RequestToWrite = {}) {
  return authRequest({ query: { health: '' }, ...written });
}

function endpointOf(options: EndpointToTest = {}) {
  let loads = 0;
  const endpoint = testEndpoint({
    env,
    rules,
    ...options,
    loadCurrent: async () => {
      loads += 1;
      return options.loadCurrent ? await options.loadCurrent() : testKey();
    },
  });
  return { endpoint, loads: () => loads };
}

describe('?health to anybody', () => {
  it('says that it is configured, loads no key and leaves no line in the log', async () => {
    const { endpoint, loads } = endpointOf();
    const response = await endpoint.handle(asked());
    expect([response.status, response.body]).toEqual([200, '{"status":"ok"}']);
    expect(headerOf(response, 'Content-Type')).toBe('application/json');
    expect([loads(), endpoint.events]).toEqual([0, []]);
  });

  it('says that it is not, with 503, and nothing of why', async () => {
    const { endpoint } = endpointOf(BROKEN);
    const response = await endpoint.handle(asked());
    expect([response.status, response.body]).toEqual([503, '{"status":"misconfigured"}']);
    expect(endpoint.events.map(({ kind }) => kind)).toEqual(['misconfigured']);
  });

  it('counts what is wrong with a format that only some configs use', async () => {
    const { endpoint } = endpointOf({ tokenFormat: 'embedded-jwt', embeddedJwt: { secret: 'short' } });
    expect(endpoint.problems).toEqual([]);
    expect((await endpoint.handle(asked())).status).toBe(503);
  });

  it.each<[string, RequestToWrite]>([
    ['a value', { query: { health: 'true' } }],
    ['a value that is no question', { query: { health: '0' } }],
    ['the name twice', { query: [...Array(2)].map(() => ['health', ''] as const) }],
    ['other parameters', { query: { clientId: 'eve', health: '', capability: '{"*":["*"]}' } }],
    ['a session', { cookies: [sessionCookie()] }],
    ['a session from a foreign site', { cookies: [sessionCookie()], headers: { 'sec-fetch-site': 'cross-site' } }],
    ['a cookie that is not ours', { cookies: [['__Host-ably-auth-session', 'x']] }],
    ['the placeholder of ably-js', { headers: { authorization: 'cookie' } }],
    ['basic credentials', { headers: { authorization: `Basic ${SECRET}` } }],
  ])('is the same with %s', async (_, written) => {
    const { endpoint } = endpointOf();
    expect((await endpoint.handle(asked(written))).body).toBe('{"status":"ok"}');
  });

  it('has an answer without a body for HEAD', async () => {
    const { endpoint } = endpointOf();
    const response = await endpoint.handle(asked({ method: 'HEAD' }));
    expect([response.status, response.body]).toEqual([200, '']);
    expect((await endpointOf(BROKEN).endpoint.handle(asked({ method: 'HEAD' }))).status).toBe(503);
  });

  it.each(['POST', 'PUT', 'DELETE', 'get'])('is 405 for %s, which gives no credential either', async (method) => {
    const { endpoint, loads } = endpointOf();
    const response = await endpoint.handle(asked({ method, cookies: [sessionCookie()] }));
    expect(errorOf(response)).toMatchObject({ statusCode: 405, code: 40500 });
    expect(headerOf(response, 'Allow')).toBe('GET, HEAD, OPTIONS');
    expect(loads()).toBe(0);
    expect(endpoint.events).toMatchObject([{ kind: 'refused', reason: 'get-only' }]);
  });

  it.each<[string, RequestToWrite]>([
    ['a form', { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'health=' }],
    ['JSON', { headers: { 'content-type': 'application/json' }, body: '{"health":""}' }],
  ])('is not asked for by a body of %s: that is a request for a credential', async (_, written) => {
    const { endpoint } = endpointOf();
    const response = await endpoint.handle(authRequest({ method: 'POST', ...written }));
    expect(jsonOf(response)).toMatchObject({ keyName: KEY_NAME });
  });

  it('has a preflight like any other', async () => {
    const { endpoint } = endpointOf({ allowedOrigins: ['https://app.example'] });
    const headers = { origin: 'https://app.example', 'access-control-request-method': 'GET' };
    const response = await endpoint.handle(asked({ method: 'OPTIONS', headers }));
    expect([response.status, headerOf(response, 'Access-Control-Allow-Methods')]).toEqual([204, 'GET, POST, OPTIONS']);
  });

  it('can be read by a page of a listed origin, and by no other', async () => {
    const { endpoint } = endpointOf({ allowedOrigins: ['https://app.example'] });
    const from = async (origin: string) =>
      headerOf(await endpoint.handle(asked({ headers: { origin } })), 'Access-Control-Allow-Origin');
    expect([await from('https://app.example'), await from('https://evil.example')]).toEqual([
      'https://app.example',
      undefined,
    ]);
  });
});

describe('?health to an operator', () => {
  it('tells key, clock, policy, build and store', async () => {
    let now = NOW_MS;
    const { endpoint } = endpointOf({ store: memoryStore(), nowMs: () => now });
    await endpoint.handle(authRequest());
    now += 61_900;
    const response = await endpoint.handle(asked({ headers: AS_OPERATOR }));
    expect(response.status).toBe(200);
    expect(jsonOf(response)).toEqual({
      status: 'ok',
      key: {
        state: 'loaded',
        current: { name: KEY_NAME, fingerprint: keyFingerprint(testKey()), ageSeconds: 61 },
      },
      clock: { mode: 'local', nowMs: now },
      policyVersion: expect.stringMatching(/^[\w-]{11}$/),
      build: { version: '0.1.0' },
      store: 'memory',
    });
    expect(endpoint.events.map(({ kind }) => kind)).toEqual(['key', 'issued']);
  });

  it.each(['Bearer', 'bearer', 'BEARER '])('takes either secret, as %j', async (scheme) => {
    const { endpoint } = endpointOf();
    for (const secret of [SECRET, OLD_SECRET]) {
      const response = await endpoint.handle(asked({ headers: { authorization: `${scheme} ${secret}` } }));
      expect(jsonOf(response)).toHaveProperty('policyVersion');
    }
  });

  it('loads the key where none is cached', async () => {
    const { endpoint, loads } = endpointOf();
    expect(jsonOf(await endpoint.handle(asked({ headers: AS_OPERATOR })))).toMatchObject({
      key: { state: 'loaded', current: { name: KEY_NAME, ageSeconds: 0 } },
    });
    expect(loads()).toBe(1);
  });

  it('is 200 with what to do while the key cannot be had, since it passes', async () => {
    const loadCurrent = (): never => {
      throw new KeySourceError('not-allowed', 'ABLY_API_KEY_SECRET_ID', 'It may not be read.', 'Allow it.');
    };
    const { endpoint } = endpointOf({ loadCurrent });
    const response = await endpoint.handle(asked({ headers: AS_OPERATOR }));
    expect([response.status, jsonOf(response).key]).toEqual([
      200,
      {
        state: 'failing',
        problem: {
          setting: 'ABLY_API_KEY_SECRET_ID',
          failure: 'not-allowed',
          message: 'It may not be read.',
          remediation: 'Allow it.',
        },
      },
    ]);
  });

  it('names the previous key once something has needed it, and does not ask for it', async () => {
    let asks = 0;
    const previous = new ApiKey('appid', 'oldkey', 'the-secret-before-it');
    const loadPrevious = async () => {
      asks += 1;
      return previous;
    };
    const source = { name: 'test', setting: 'ABLY_API_KEY', loadCurrent: async () => testKey(), loadPrevious };
    const parts = { env, keySource: { ok: true, source }, nowMs: () => NOW_MS } as const;
    const definition = defineAuth(() => ({ sources: [anonymous()], rules }));
    const prepared = preparePorts(resolveConfig(definition, env), parts);
    if (!prepared.ok) throw new Error('the config is wrong');
    const seen = async () => jsonOf(await answerHealth(asked({ headers: AS_OPERATOR }), parts, prepared, [])).key;
    expect(await seen()).not.toHaveProperty('previous');
    expect(asks).toBe(0);
    await prepared.ports.keys.previous();
    expect(await seen()).toMatchObject({
      previous: { name: 'appid.oldkey', fingerprint: keyFingerprint(previous), ageSeconds: 0 },
    });
    expect(asks).toBe(1);
  });

  it('tells what is wrong, where every other request is only told that something is', async () => {
    const { endpoint } = endpointOf(BROKEN);
    const response = await endpoint.handle(asked({ headers: AS_OPERATOR }));
    expect([response.status, jsonOf(response)]).toEqual([
      503,
      { status: 'misconfigured', problems: endpoint.problems, build: { version: '0.1.0' } },
    ]);
  });

  it('tells two policies apart, and not how they are spelt', async () => {
    const versionOf = async (written: readonly Rule[]) => {
      const { endpoint } = endpointOf({ rules: written });
      return jsonOf(await endpoint.handle(asked({ headers: AS_OPERATOR }))).policyVersion;
    };
    const [rule] = rules as [Rule];
    const turned = { grant: rule.grant, when: rule.when, name: rule.name } as Rule;
    expect(await versionOf([turned])).toBe(await versionOf(rules));
    expect(await versionOf([{ ...rule, grant: { news: ['publish'] } }])).not.toBe(await versionOf(rules));
    expect(await versionOf([{ ...rule, when: { kind: 'anonymous', test: () => true } }])).not.toBe(
      await versionOf([{ ...rule, when: { kind: 'anonymous', test: () => false } }]),
    );
  });
});

describe('what is not the operator’s secret', () => {
  const WRONG = 'Bearer a-fake-operator-secret-of-32-bytes-or-mor3';

  it.each<[string, string | readonly string[]]>([
    ['another', WRONG],
    ['a part of it', `Bearer ${SECRET.slice(0, -1)}`],
    ['it and more', `Bearer ${SECRET}x`],
    ['both at once', `Bearer ${SECRET},${OLD_SECRET}`],
    ['the setting', `Bearer ${env.ABLY_AUTH_OPERATOR_SECRET}`],
    ['nothing', 'Bearer'],
    ['too much', `Bearer ${'x'.repeat(20_000)}`],
    ['it twice', [`Bearer ${SECRET}`, `Bearer ${SECRET}`]],
    ['it, joined to another', `Bearer ${SECRET}, Bearer ${WRONG}`],
    ['it behind another scheme', ['cookie', `Bearer ${SECRET}`]],
  ])('is 401, and said in the log: %s', async (_, authorization) => {
    const { endpoint, loads } = endpointOf();
    const response = await endpoint.handle(asked({ headers: { authorization } }));
    expect(errorOf(response)).toMatchObject({ statusCode: 401, code: 40101 });
    expect(endpoint.events).toMatchObject([{ kind: 'refused', reason: 'bad-credential' }]);
    expect(JSON.stringify(endpoint.events)).not.toContain('a-fake-operator-secret');
    expect(loads()).toBe(0);
  });

  it('is of no interest where there is no such secret: it is meant for a gateway in front', async () => {
    const { endpoint } = endpointOf({ env: {} });
    const response = await endpoint.handle(asked({ headers: AS_OPERATOR }));
    expect([response.status, response.body]).toEqual([200, '{"status":"ok"}']);
  });

  it.each(['short', `${SECRET},short`, `${SECRET} ${SECRET}`, `${SECRET},${OLD_SECRET},${SECRET}x`])(
    'is a config error where it is no secret: %j',
    async (text) => {
      const { endpoint } = endpointOf({ env: { ABLY_AUTH_OPERATOR_SECRET: text } });
      expect(endpoint.problems).toMatchObject([{ setting: 'ABLY_AUTH_OPERATOR_SECRET' }]);
      expect(JSON.stringify(endpoint.problems)).not.toContain(SECRET);
      const response = await endpoint.handle(asked({ headers: { authorization: 'Bearer short' } }));
      expect(response.body).not.toContain('problems');
    },
  );
});
