import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createEnvironmentKeySource } from '../../adapters/key-sources/environment.ts';
import { createLog } from '../../adapters/telemetry/log.ts';
import { prettyLine } from '../../adapters/telemetry/pretty-line.ts';
import { AuthFailure, FAILURES, type FailureReason } from '../../core/errors.ts';
import { ApiKey } from '../../core/keys/api-key.ts';
import { KeySourceError } from '../../core/keys/key-source.ts';
import { parseApiKey } from '../../core/keys/parse-api-key.ts';
import { createSeal } from '../../core/keys/seal.ts';
import {
  type AuthConfig,
  type AuthEvent,
  type AuthResponse,
  anonymous,
  configureEndpoint,
  createSessionCookies,
  type Environment,
  introspect,
  session,
} from '../../index.ts';
import {
  authRequest,
  KEY_NAME,
  KEY_SECRET,
  postForm,
  SESSION_SECRET,
  sessionCookie,
  testEndpoint,
  testKey,
} from '../core/auth-request.ts';
import {
  ASKED,
  answerOf,
  BAD_COOKIE,
  BUG_TEXT,
  CLAIMS,
  ENDED_COOKIE,
  everyOutcome,
  GOOD_COOKIE,
  SUBJECT,
} from './every-outcome.ts';
import { logsEverything } from './naive/logs-everything.ts';
import { ReadableKey } from './naive/readable-key.ts';
import { headerSource, RULES, rawMac } from './support.ts';

const BEARER = 'bearer-of-the-caller-91c2';

/** A config with one rule, of which a part is not what it should be. */
function ruled(part: object): Partial<AuthConfig> {
  return { rules: [{ name: 'x', grant: { a: ['publish'] }, ...part }] };
}

/** Everything that a request of `everyOutcome` brings or that we hold, and that no log may show. */
const SECRETS: readonly string[] = [
  KEY_SECRET,
  SESSION_SECRET,
  BEARER,
  ASKED,
  BUG_TEXT,
  SUBJECT,
  CLAIMS.team,
  ...[GOOD_COOKIE, BAD_COOKIE, ENDED_COOKIE].flatMap(([, value]) => value.split('.').slice(2)),
];

/** Whatever a logger can make of a value: hidden properties, getters, causes, stacks, JSON, text. */
function everythingOf(value: unknown): string {
  const json = (() => {
    try {
      return JSON.stringify(value);
    } catch {
      return '';
    }
  })();
  const views = [
    inspect(value, { showHidden: true, depth: null, getters: true, showProxy: true }),
    inspect(value, { depth: null, customInspect: false }),
    String(value),
    json,
  ];
  if (value instanceof Error) views.push(value.stack ?? '', value.message, everythingOf(value.cause));
  return views.join('\n');
}

function expectNothingOf(secrets: readonly string[], text: string): void {
  for (const secret of secrets) {
    expect(text).not.toContain(secret);
    if (secret.length < 12) continue;
    expect(text).not.toContain(Buffer.from(secret).toString('base64url'));
    expect(text).not.toContain(encodeURIComponent(secret));
  }
}

/** The secret parts of an answer: a MAC, a JWT's signature. */
function credentialsIn({ status, body }: AuthResponse): readonly string[] {
  if (status !== 200) return [];
  if (!body.startsWith('{')) return [body, ...body.split('.').slice(1)];
  const { mac, nonce, token } = JSON.parse(body) as Readonly<Record<'mac' | 'nonce' | 'token', string | undefined>>;
  return [mac, nonce, token, body].filter((part) => part !== undefined);
}

describe('S10 nothing secret in the log', () => {
  it('all of it is there, where the request and the error are logged', () => {
    const lines: string[] = [];
    logsEverything((line) => lines.push(line))(authRequest({ cookies: [GOOD_COOKIE] }), () => {
      throw new Error(BUG_TEXT);
    });
    expect(lines.join()).toContain(GOOD_COOKIE[1]);
    expect(lines.join()).toContain(BUG_TEXT);
  });

  for (const outcome of everyOutcome({ authorization: `Bearer ${BEARER}` })) {
    it(`${outcome.name}: events and every form of log line hold none of it`, async () => {
      const { response, name } = await answerOf(outcome);
      expect(name).toBe(outcome.name);
      const secrets = [...SECRETS, ...credentialsIn(response)];
      for (const event of outcome.endpoint.events) {
        expectNothingOf(secrets, everythingOf(event));
        for (const format of ['json', 'pretty'] as const) {
          createLog(format, (line) => expectNothingOf(secrets, line), prettyLine)?.(event);
        }
      }
    });

    it(`${outcome.name}: the answer holds none of it but the credential that was asked for`, async () => {
      const { response } = await answerOf(outcome);
      const text = `${JSON.stringify(response.headers)}${response.cookies.join()}`;
      expectNothingOf(SECRETS, text);
      if (response.status === 200) expectNothingOf([KEY_SECRET, SESSION_SECRET, BEARER], response.body);
      else expectNothingOf(SECRETS, response.body);
    });
  }

  it('holds across many requests of every outcome at once', async () => {
    const outcomes = Array.from({ length: 20 }, () => everyOutcome({ authorization: `Bearer ${BEARER}` })).flat();
    const answers = await Promise.all(outcomes.map(answerOf));
    const lines: string[] = [];
    const log = createLog('json', (line) => lines.push(line));
    for (const { endpoint } of outcomes) for (const event of endpoint.events) log?.(event);
    expect(lines.length).toBeGreaterThan(outcomes.length);
    expectNothingOf([...SECRETS, ...answers.flatMap(({ response }) => credentialsIn(response))], lines.join('\n'));
  });

  it('says of a bug its class and its frames, with all their text taken out', async () => {
    const thrown = [
      new TypeError(BUG_TEXT),
      `a string ${BUG_TEXT}`,
      { BUG_TEXT },
      undefined,
      new AggregateError([new Error(BUG_TEXT)], BUG_TEXT),
    ];
    for (const what of thrown) {
      const source = headerSource('sso', 'x-user', {
        verify: () => {
          throw what;
        },
      });
      const endpoint = testEndpoint({ sources: [source], rules: RULES });
      const response = await endpoint.handle(authRequest({ headers: { 'x-user': 'bob' } }));
      expect(response.status).toBe(500);
      expectNothingOf([BUG_TEXT], everythingOf(endpoint.events) + JSON.stringify(response));
    }
  });

  // V8 quotes what JSON.parse could not read, line breaks included, so such a message needs no malice on the source's
  // side: whoever picks frames out of a stack by how they look logs a line of the credential.
  it('takes out a line of the text that looks like a frame', async () => {
    const source = headerSource('sso', 'x-user', {
      verify: () => {
        throw new Error(`could not read:\n    at ${BUG_TEXT}`);
      },
    });
    const endpoint = testEndpoint({ sources: [source], rules: RULES });
    await endpoint.handle(authRequest({ headers: { 'x-user': 'bob' } }));
    expectNothingOf([BUG_TEXT], everythingOf(endpoint.events));
  });

  // Neither is there on every Error, and what explains a failure must not fail itself.
  const odd: readonly object[] = [{ stack: 7 }, { constructor: undefined }];
  it.each(odd)('answers whatever a source throws: an Error with %o', async (more: object) => {
    const source = headerSource('sso', 'x-user', {
      verify: () => {
        throw Object.assign(new Error('odd'), more);
      },
    });
    const endpoint = testEndpoint({ sources: [source], rules: RULES });
    const response = await endpoint.handle(authRequest({ headers: { 'x-user': 'bob' } })).catch(() => undefined);
    expect(response?.status).toBe(500);
  });

  it('a line of the log stays one line, whatever comes in', async () => {
    const nasty = 'x\n{"kind":"issued"}\r\n\u2028\u001b[2J';
    const requests = [
      authRequest({ query: { capability: nasty, clientId: nasty } }),
      postForm(`capability=${encodeURIComponent(nasty)}`),
      authRequest({ platform: { requestId: nasty } }),
      authRequest({ method: nasty }),
      authRequest({ cookies: [[GOOD_COOKIE[0], nasty]] }),
      authRequest({ headers: { origin: nasty, authorization: nasty, 'content-type': nasty } }),
      authRequest({ cookies: [sessionCookie({ subject: nasty, claims: { team: nasty } })] }),
    ];
    for (const request of requests) {
      const endpoint = testEndpoint({ rules: [...RULES, { name: 'teams', grant: { 'team:{team}': ['publish'] } }] });
      const response = await endpoint.handle(request);
      for (const format of ['json', 'pretty'] as const) {
        const log = createLog(format, (line) => expect(line).not.toMatch(/[\u0000-\u001f\u2028]/), prettyLine);
        for (const event of endpoint.events) log?.(event);
      }
      for (const [name, value] of response.headers) expect(`${name}: ${value}`).toMatch(/^[\x20-\x7e]+$/);
    }
  });

  it('names the same caller alike, and no caller so that one could be guessed', async () => {
    const hashes = async (subject: string, key = testKey()) => {
      const endpoint = testEndpoint({ rules: RULES, loadCurrent: async () => key });
      await endpoint.handle(authRequest({ cookies: [sessionCookie({ subject })] }));
      return endpoint.events
        .map((event) => event.kind === 'issued' && event.caller.subjectHash)
        .filter(Boolean)
        .join();
    };
    const bob = await hashes('bob');
    expect(bob).toMatch(/^[\w-]{16}$/);
    expect(await hashes('bob')).toBe(bob);
    expect(await hashes('alice')).not.toBe(bob);
    expect(await hashes('bob', new ApiKey('appid', 'keyid', 'anothersecret'))).not.toBe(bob);
    expect(rawMac('session\nbob', 'base64url')).not.toContain(bob);
  });
});

describe('S10 nothing secret in what can be printed', () => {
  it('a key that is a record prints its secret', () => {
    expect(everythingOf({ key: new ReadableKey(KEY_NAME, KEY_SECRET) })).toContain(KEY_SECRET);
  });

  it('ours prints its name', () => {
    const key = testKey();
    expect(String(key)).toBe(KEY_NAME);
    expect(JSON.stringify({ key })).toBe(`{"key":"${KEY_NAME}"}`);
    expect(inspect({ key })).toContain(`ApiKey(${KEY_NAME})`);
    const copies = [
      key,
      [key],
      { key },
      new Map([[key, key]]),
      { ...key },
      Object.assign(new Error('with a key'), { key }),
    ];
    for (const copy of copies) expectNothingOf([KEY_SECRET], everythingOf(copy));
    expectNothingOf([KEY_SECRET], everythingOf(key.deriveSecret('session')));
    expect(() => structuredClone({ ...key })).not.toThrow();
    expectNothingOf([KEY_SECRET], everythingOf(structuredClone({ ...key })));
  });

  it.each([
    '',
    ' a.b:x91c2secret',
    '"a.b:x91c2secret"',
    '{"key":"a.b:x91c2secret"}',
    'x91c2secret',
    'ab:x91c2secret',
    'a.b:x91c2secret:c',
    'a.b:x91c2 secret',
    'a.b:x91c2secret\n',
  ])('a malformed key is described without any of it: %j', async (text) => {
    const parsed = parseApiKey(text);
    expect(parsed.ok).toBe(false);
    expectNothingOf(['x91c2'], everythingOf(parsed));
    const source = createEnvironmentKeySource({ ABLY_API_KEY: text, ABLY_API_KEY_PREVIOUS: text || 'x91c2' });
    for (const load of [source.loadCurrent(), source.loadPrevious()]) {
      const error: unknown = await Promise.resolve(load).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(KeySourceError);
      expectNothingOf(['x91c2'], everythingOf(error));
    }
  });

  it('a failure prints its reason, and what the log may know', () => {
    for (const reason of Object.keys(FAILURES) as FailureReason[]) {
      const failure = new AuthFailure(reason, 'a detail', { clearCookies: ['name'] });
      expect(everythingOf(failure)).toContain(reason);
      expectNothingOf(SECRETS, everythingOf(failure));
    }
  });

  it('sources, seals, cookies and endpoints keep their secrets to themselves', () => {
    const secrets = [SESSION_SECRET];
    const seal = createSeal('session', secrets);
    seal.seal('used, so that the keys are derived');
    const cookies = createSessionCookies({ secrets });
    cookies.write({ subject: 'bob', lifetimeSeconds: 60 }, 0);
    const endpoint = testEndpoint({ rules: RULES });
    for (const value of [seal, cookies, session({ secrets }), endpoint, endpoint.problems]) {
      expectNothingOf([SESSION_SECRET, KEY_SECRET], everythingOf(value));
    }
  });

  /** Where a config says `env.X`, and X holds something else than its author thinks. */
  const MISTAKEN = 'Zx91c2hunter2';
  const IN_ENVIRONMENT = 'origins of the environment';
  it.each<[string, (env: Environment) => Partial<AuthConfig>]>([
    [IN_ENVIRONMENT, () => ({})],
    ['origins of the config', (env) => ({ allowedOrigins: [`https://u:${env.X}@app.example`] })],
    ['headers', (env) => ({ allowedHeaders: [`a ${env.X}`] })],
    ['a name', (env) => ruled({ name: [env.X] })],
    ['a condition', (env) => ruled({ when: env.X })],
    ['a kind', (env) => ruled({ when: { kind: env.X } })],
    ['a wish for a claim', (env) => ruled({ when: { claims: { a: { present: env.X } } } })],
    ['a grant', (env) => ruled({ grant: env.X })],
    ['operations', (env) => ruled({ grant: { a: env.X } })],
    ['an operation', (env) => ruled({ grant: { a: [env.X] } })],
    ['a clientId', (env) => ruled({ clientId: `{"password":"${env.X}"}` })],
    ['a clientId with a lone brace', (env) => ruled({ clientId: `${env.X}{` })],
    ['a lookup', (env) => ruled({ lookup: env.X })],
    ['a ttl', (env) => ruled({ ttl: env.X })],
    ['a format', (env) => ruled({ format: env.X })],
    ['the format of all', (env) => ({ tokenFormat: env.X as never })],
    ['a claim', (env) => ({ tokenFormat: 'jwt', jwt: { channelClaims: { a: `{"p":"${env.X}"}` } } })],
    ['a mark', (env) => ({ tokenFormat: 'jwt', jwt: { jti: env.X as never } })],
    [
      'a path',
      (env) => ({
        sources: [introspect({ url: 'https://a.example', subject: `${env.X}..`, forward: 'authorization' })],
      }),
    ],
    // Not of the environment, and code that nobody wants to read in a log.
    ['a function', () => ruled({ grant: () => 'Zx91c2hunter2' })],
  ])('a config with a mistake in it is described without what it read: %s', async (what, config) => {
    const events: AuthEvent[] = [];
    const endpoint = configureEndpoint({
      definition: { build: (env) => ({ sources: [anonymous()], rules: RULES, ...config(env) }) },
      env: {
        X: MISTAKEN,
        ...(what === IN_ENVIRONMENT && { ABLY_AUTH_ALLOWED_ORIGINS: `https://u:${MISTAKEN}@a.example` }),
      },
      keySource: { ok: true, source: createEnvironmentKeySource({}) },
      onEvent: (event) => events.push(event),
    });
    expect(await endpoint.allProblems).not.toEqual([]);
    expect(JSON.stringify(events)).toContain('misconfigured');
    expectNothingOf([MISTAKEN], everythingOf([await endpoint.allProblems, events]));
  });

  it('a config that breaks while it reads a secret is described without it', () => {
    const events: AuthEvent[] = [];
    const { problems } = configureEndpoint({
      definition: {
        build: (env) => {
          throw new Error(`cannot use ${env.ABLY_AUTH_SESSION_SECRET}`);
        },
      },
      env: { ABLY_AUTH_SESSION_SECRET: SESSION_SECRET, ABLY_AUTH_TTL: BUG_TEXT, ABLY_AUTH_TOKEN_FORMAT: BUG_TEXT },
      keySource: { ok: true, source: createEnvironmentKeySource({}) },
      onEvent: (event) => events.push(event),
    });
    expect(problems).toHaveLength(3);
    expectNothingOf([SESSION_SECRET, BUG_TEXT], everythingOf([problems, events]));
    expect(everythingOf(events)).toContain('misconfigured');
    for (const secret of ['short-91c2', `${SESSION_SECRET},short-91c2`]) {
      expectNothingOf(['short-91c2'], everythingOf(session({ secrets: secret.split(',') }).problems));
    }
  });
});
