import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/stores/memory.ts';
import { type AuthEvent, aboutCaller } from '../../core/auth-event.ts';
import type { Identity, IdentitySource } from '../../core/identity/identity.ts';
import { ApiKey } from '../../core/keys/api-key.ts';
import { keyFingerprint } from '../../core/keys/key-fingerprint.ts';
import { KeySourceError } from '../../core/keys/key-source.ts';
import type { Rule } from '../../core/policy/rule.ts';
import {
  authRequest,
  type EndpointToTest,
  KEY_NAME,
  KEY_SECRET,
  NOW_MS,
  type RequestToWrite,
  SESSION_SECRET,
  sessionCookie,
  testEndpoint,
  testKey,
} from './auth-request.ts';

const RULES: readonly Rule[] = [
  { name: 'visitors', when: { kind: 'anonymous' }, grant: { news: ['subscribe'] } },
  { name: 'users', grant: { 'user:{sub}': ['publish'], 'team:{team}': ['publish'], 'x:{evil}': ['publish'] } },
];
const BOB = { cookies: [sessionCookie({ subject: 'bob', claims: { evil: '*' } })], platform: { requestId: 'r-1' } };

/** What the event of every request says; the figures are those of the run. */
const ABOUT = {
  ...{ startedAtMs: NOW_MS, durationMs: expect.any(Number) },
  ...{ answerBytes: expect.any(Number), headerBytes: expect.any(Number) },
};
const PASSED_ALL = Object.fromEntries(
  ['keys', 'identify', 'wishes', 'decide', 'settle', 'issue'].map((stage) => [stage, expect.any(Number)]),
);
const KEY = { keyName: KEY_NAME, keyFingerprint: keyFingerprint(testKey()) };

async function eventsOf(written: RequestToWrite, options: EndpointToTest = {}): Promise<readonly AuthEvent[]> {
  const endpoint = testEndpoint({ rules: RULES, ...options });
  await endpoint.handle(authRequest(written));
  return endpoint.events.filter(({ kind }) => kind !== 'key');
}

describe('the event of a request', () => {
  it('that was answered says what was given, to whom, and what was left out and why', async () => {
    expect(await eventsOf(BOB)).toEqual([
      {
        ...{ kind: 'issued', requestId: 'r-1', matchedRules: ['users'], format: 'token-request', ttlMs: 3_600_000 },
        caller: { source: 'session', identityKind: 'user', subjectHash: expect.stringMatching(/^[\w-]{16}$/) },
        leftOut: [
          { rule: 'users', grant: 'team:{team}', placeholder: 'team', why: 'missing' },
          { rule: 'users', grant: 'x:{evil}', placeholder: 'evil', why: 'unfit' },
        ],
        ...{ resources: 1, status: 200, stagesMs: PASSED_ALL },
        ...ABOUT,
        ...KEY,
      },
    ]);
  });

  it('says how many bytes the answer has, the credential apart', async () => {
    const endpoint = testEndpoint({ rules: RULES });
    const response = await endpoint.handle(authRequest(BOB));
    const event = endpoint.events.find(({ kind }) => kind === 'issued');
    const head = response.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    expect(event).toMatchObject({ answerBytes: Buffer.byteLength(response.body), headerBytes: head.length });
  });

  it('counts the cookies that are set among the headers', async () => {
    const endpoint = testEndpoint({ rules: RULES });
    const response = await endpoint.handle(authRequest({ cookies: [['__Host-ably-auth-session', 'x']] }));
    const lines = [...response.headers.map((pair) => pair.join(': ')), `Set-Cookie: ${response.cookies[0]}`];
    const [, event] = endpoint.events;
    expect(event).toMatchObject({ headerBytes: lines.map((line) => `${line}\r\n`).join('').length });
  });

  it('says which trace it is part of, and nothing of one that is malformed', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const traced = await eventsOf({ headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } });
    expect(traced).toMatchObject([{ traceId, parentSpanId: '00f067aa0ba902b7', sampled: true }]);
    const [event] = await eventsOf({ headers: { traceparent: `00-${traceId}-0000000000000000-01` } });
    expect(event).not.toHaveProperty('traceId');
  });

  it('that asks Ably the time, or passes the gate, says how long that took', async () => {
    const clocked = await eventsOf(BOB, { clock: 'queryTime', ably: { timeMs: async () => NOW_MS } });
    expect(clocked).toMatchObject([{ stagesMs: { ...PASSED_ALL, clock: expect.any(Number) } }]);
    const gated = await eventsOf(BOB, { store: memoryStore() });
    expect(gated).toMatchObject([{ stagesMs: { ...PASSED_ALL, gate: expect.any(Number) } }]);
  });

  it('of a preflight says whether the page may call', async () => {
    const preflight = (origin: string) =>
      eventsOf({ method: 'OPTIONS', headers: { origin } }, { allowedOrigins: ['https://app.example'] });
    expect(await preflight('https://app.example')).toMatchObject([{ kind: 'preflight', status: 204, allowed: true }]);
    expect(await preflight('https://evil.example')).toMatchObject([{ kind: 'preflight', allowed: false }]);
  });

  it('of an anonymous caller has no subject', async () => {
    expect(await eventsOf({})).toMatchObject([{ caller: { source: 'anonymous', identityKind: 'anonymous' } }]);
    expect(JSON.stringify(await eventsOf({}))).not.toContain('subjectHash');
  });

  it('that was refused names the reason, the status and the detail that the caller never sees', async () => {
    expect(await eventsOf({ cookies: [['__Host-ably-auth-session', 'x']], platform: { requestId: 'r-2' } })).toEqual([
      {
        ...{ kind: 'refused', requestId: 'r-2', reason: 'bad-credential', status: 401, code: 40101 },
        ...{ ...ABOUT, ...KEY, stagesMs: { keys: expect.any(Number) } },
        detail: 'session: the session cookie is not one that we sealed',
      },
    ]);
  });

  it('that was refused after the caller was known says who it was', async () => {
    const [event] = await eventsOf({ ...BOB, query: { clientId: 'eve' } });
    expect(event).toMatchObject({ reason: 'foreign-client-id', caller: { source: 'session', identityKind: 'user' } });
  });

  it('that found no key says which setting and what to do', async () => {
    const error = new KeySourceError('not-allowed', 'ABLY_API_KEY_SECRET_ID', 'It may not be read.', 'Allow it.');
    const [event] = await eventsOf({}, { loadCurrent: () => Promise.reject(error) });
    expect(event).toMatchObject({
      ...{ reason: 'key-unavailable', status: 503 },
      detail: 'ABLY_API_KEY_SECRET_ID: not-allowed: It may not be read. Allow it.',
    });
  });

  it('that met a bug names the class and the frames, and none of its text (S10)', async () => {
    const [event] = await eventsOf({}, sourceThatThrows(new RangeError('the claim was never-shown')));
    expect(event).toMatchObject({ kind: 'refused', reason: 'internal', status: 500 });
    const detail = event?.kind === 'refused' ? (event.detail ?? '') : '';
    expect(detail).toMatch(/^RangeError\n\s+at /);
    expect(detail).not.toContain('never-shown');
  });

  it('that met something thrown that is no error names its type only', async () => {
    const [event] = await eventsOf({}, sourceThatThrows('never-shown'));
    expect(event).toMatchObject({ reason: 'internal', detail: 'threw a string' });
  });

  // Fails today: a line of the message that begins like a frame is taken for one.
  it('that met a bug shows no line of its text either (S10)', async () => {
    const [event] = await eventsOf({}, sourceThatThrows(new Error('bad claim\n    at never-shown')));
    expect(JSON.stringify(event)).not.toContain('never-shown');
  });
});

describe('every event', () => {
  it('S10: holds no secret, credential, claim value, wish or MAC', async () => {
    const marked = 'marked-value';
    const cookie = sessionCookie({
      subject: `subject-${marked}`,
      claims: { evil: `*${marked}`, team: `team-${marked}` },
    });
    const requests: RequestToWrite[] = [
      { cookies: [cookie] },
      { cookies: [cookie], query: { clientId: marked } },
      { cookies: [cookie], query: { capability: `{"${marked}":["publish"]}` } },
      { cookies: [cookie], query: { capability: `{"${marked}":["${marked}"]}` } },
      { cookies: [[cookie[0], `${cookie[1]}x`]] },
      { headers: { authorization: [`Bearer ${marked}`, marked] } },
      { headers: { origin: `https://${marked}` }, cookies: [cookie] },
      { method: marked },
      { method: 'POST', headers: { 'content-type': 'application/json' }, body: `{"${marked}":"${marked}"` },
    ];
    const endpoint = testEndpoint({ rules: RULES });
    const mac: string[] = [];
    for (const request of requests) {
      const response = await endpoint.handle(authRequest(request));
      if (response.status === 200) mac.push(String(JSON.parse(response.body).mac));
    }
    expect(endpoint.events.filter(({ kind }) => kind === 'issued')).toHaveLength(1);
    expect(endpoint.events.filter(({ kind }) => kind === 'refused')).toHaveLength(requests.length - 1);
    const log = `${inspect(endpoint.events, { depth: 9 })}${JSON.stringify(endpoint.events)}`;
    for (const secret of [marked, cookie[1], KEY_SECRET, SESSION_SECRET, ...mac]) expect(log).not.toContain(secret);
  });
});

describe('aboutCaller', () => {
  const identity = (source: string, subject: string): Identity => ({ source, subject, kind: 'user', claims: {} });
  const hash = (of: Identity, apiKey = testKey()) => aboutCaller(of, apiKey).subjectHash;

  it('gives the same caller the same hash, in every process', () => {
    expect(hash(identity('session', 'bob'))).toBe(hash(identity('session', 'bob')));
    expect(hash(identity('session', 'bob'))).toMatch(/^[\w-]{16}$/);
  });

  it('S19: gives two callers two hashes, also where only the source differs', () => {
    const hashes = [identity('session', 'bob'), identity('session', 'eve'), identity('oidc', 'bob')].map((of) =>
      hash(of),
    );
    expect(new Set(hashes).size).toBe(3);
  });

  it('S10: keys the hash, so that nobody can try out subjects', () => {
    const bob = identity('session', 'bob');
    expect(hash(bob)).not.toBe(hash(bob, new ApiKey('appid', 'keyid', 'anothersecret')));
  });
});

function sourceThatThrows(thrown: unknown): EndpointToTest {
  const source: IdentitySource = {
    ...{ name: 'own', ambient: false, kinds: ['user'], problems: [], carriesCredential: () => true },
    verify: () => {
      throw thrown;
    },
  };
  return { sources: [source] };
}
