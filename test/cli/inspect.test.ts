/**
 * `inspect`: credentials as the real SDK, the endpoint and the local Ably service make them, and each thing that can be wrong
 * with one, told with what to do. The checks are called as the command calls them; what a process must show, by the command.
 */
import * as Ably from 'ably';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectCredential } from '../../cli/inspect/inspect-credential.ts';
import { type Inspection, isRefused } from '../../cli/inspect/inspection.ts';
import { parseCapability } from '../../core/capability/parse.ts';
import { readApiKey } from '../../core/keys/api-key.ts';
import { embed, outerSecret } from '../../core/token/embedded-jwt.ts';
import { signAblyJwt } from '../../core/token/sign-ably-jwt.ts';
import { tokenRequestMac } from '../../core/token/token-request-mac.ts';
import { startAblyService } from '../../dev/ably-service/ably-service.ts';
import { createSessionCookies } from '../../index.ts';
import { STAGE_KEY } from '../stage.ts';
import { type InstalledProject, installProject } from './installed.ts';

const KEY = `${STAGE_KEY.name}:${STAGE_KEY.secret}`;
const OTHER = 'stageapp.stagekey:another-obviously-fake-secret';
const OUTER = 'an-obviously-fake-outer-secret-of-32-bytes-and-more';
const NOW = Date.parse('2026-01-31T12:00:00Z');

const apiKey = readApiKey(KEY) ?? expect.fail();
const ABSENT = {} as const;

type Fields = Readonly<Record<string, unknown>>;

/** A good TokenRequest with some fields as they are given, and the MAC that the key makes of them. */
function tokenRequest(changed: Fields = {}): string {
  const fields = {
    keyName: STAGE_KEY.name,
    ttl: 3_600_000,
    capability: '{"room:7":["publish","subscribe"]}',
    clientId: 'bob',
    timestamp: NOW,
    nonce: 'obviously-a-nonce',
    ...changed,
  };
  const kept = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ABSENT));
  const signed = Object.fromEntries(Object.entries(kept).map(([name, value]) => [name, value ?? undefined]));
  const mac = tokenRequestMac(apiKey, signed as unknown as Parameters<typeof tokenRequestMac>[1]);
  return JSON.stringify({ mac, ...kept });
}

function jwt(claims: Fields = {}, header: Fields = {}): string {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const [iat, exp] = [NOW / 1000, NOW / 1000 + 3600];
  const all = { iat, exp, 'x-ably-capability': '{"room:7":["subscribe"]}', 'x-ably-clientId': 'bob', ...claims };
  const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ABSENT));
  const signed = `${encode({ alg: 'HS256', typ: 'JWT', kid: STAGE_KEY.name, ...header })}.${encode(kept)}`;
  return `${signed}.${apiKey.hmacSha256(signed, 'base64url')}`;
}

const inspect = (text: string, env: Readonly<Record<string, string>> = { ABLY_API_KEY: KEY }): Inspection =>
  inspectCredential(text, { env, nowMs: NOW });

const told = ({ findings }: Inspection): readonly string[] =>
  findings.map(({ severity, finding }) => `${severity}: ${finding}`);

describe('inspectCredential', () => {
  it('finds nothing about a good TokenRequest and a good JWT, and says what they allow', () => {
    for (const [text, kind] of [
      [tokenRequest(), 'token-request'],
      [jwt(), 'ably-jwt'],
    ] as const) {
      expect(inspect(text)).toMatchObject({
        kind,
        signature: 'valid',
        keyName: STAGE_KEY.name,
        clientId: 'bob',
        findings: [],
      });
      expect(inspect(text).ttlMs).toBe(3_600_000);
      expect(inspect(text).capability).toMatchObject([{ resource: 'room:7', means: 'this channel' }]);
    }
  });

  it('takes what the real SDK signs, and what we sign', async () => {
    const signed = await new Ably.Rest({ key: KEY }).auth.createTokenRequest({
      clientId: 'bob',
      timestamp: NOW,
      ttl: 60_000,
    });
    expect(inspect(JSON.stringify(signed))).toMatchObject({ signature: 'valid', clientId: 'bob', issuedAt: NOW });
    const parsed = parseCapability({ 'room:*': ['*'] });
    const capability = parsed.ok ? parsed.capability : expect.fail();
    const ours = signAblyJwt(apiKey, { keyName: STAGE_KEY.name, ttlMs: 900_000, capability }, NOW);
    expect(inspect(ours)).toMatchObject({ signature: 'valid', clientId: null, expiresAt: NOW + 900_000 });
    expect(told(inspect(ours))).toEqual(['warning: "room:*" is broad: every operation on a wildcard']);
  });

  it.each<[string, Fields, string]>([
    ['keyName', { keyName: 'hunter2' }, 'error: keyName does not name an API key'],
    ['ttl absent', { ttl: ABSENT }, 'warning: it names no ttl'],
    ['ttl as text', { ttl: '3600000' }, 'error: its ttl is no whole number'],
    ['ttl null', { ttl: null }, 'error: its ttl is no whole number'],
    ['ttl in seconds', { ttl: 3600 }, 'warning: it lives 4 s'],
    ['ttl of no time', { ttl: 0 }, 'error: it would live no time at all'],
    ['ttl beyond a day', { ttl: 90_000_000 }, 'error: it would live 25 h, and Ably allows 24 h'],
    ['ttl beyond an hour', { ttl: 7_200_000 }, 'note: it lives longer than an hour (2 h)'],
    ['ttl of split seconds', { ttl: 3_600_001 }, 'warning: its ttl is no multiple of a second'],
    ['old', { timestamp: NOW - 121_000 }, 'error: it is 2 min old, and Ably takes it for two minutes (40104)'],
    ['from tomorrow', { timestamp: NOW + 86_400_000 }, 'error: it is 24 h ahead of this clock (40104)'],
    ['timestamp in seconds', { timestamp: NOW / 1000 }, 'error: its timestamp counts seconds'],
    ['timestamp as text', { timestamp: String(NOW) }, 'error: its timestamp is no whole number'],
    ['no nonce', { nonce: ABSENT }, 'error: it has no nonce'],
    ['short nonce', { nonce: 'short' }, 'error: its nonce has 5 characters'],
    ['nonce of two lines', { nonce: 'obviously-a\nnonce-of-two' }, 'error: its nonce is not printable ASCII'],
    ['clientId null', { clientId: null }, 'error: its clientId is null'],
    ['clientId 7', { clientId: 7 }, 'error: its clientId is no text'],
    ['clientId empty', { clientId: '' }, 'error: its clientId is not fit'],
    ['clientId of two lines', { clientId: 'bob\n1' }, 'error: its clientId is not fit'],
    ['clientId *', { clientId: '*' }, 'warning: its clientId is *: the holder may be anybody'],
    ['no capability', { capability: ABSENT }, 'warning: it names no capability, which means all that its key can do'],
    ['capability as object', { capability: { a: ['publish'] } }, 'error: its capability is no text'],
    ['capability empty', { capability: '{}' }, 'error: its capability is empty'],
    [
      'capability unknown',
      { capability: '{"a":["speak"]}' },
      'error: capability: "a" has an unknown operation: "speak"',
    ],
    [
      'capability spaced',
      { capability: '{"a": ["publish"]}' },
      'note: its capability is not written as Ably’s SDKs write it',
    ],
    [
      'capability broad',
      { capability: '{"*":["publish"]}' },
      'warning: "*" is broad: a wildcard in the first segment reaches every namespace',
    ],
    [
      'presence of nobody',
      { clientId: ABSENT, capability: '{"a":["presence"]}' },
      'warning: it allows presence, which needs a clientId, and has none',
    ],
    ['further field', { format: 'jwt' }, 'warning: it has further fields: "format"'],
    ['no mac', { mac: undefined }, 'error: it has no mac'],
    ['mac in base64url', { mac: 'A'.repeat(42) }, 'error: its mac is no HMAC-SHA-256 in base64'],
    ['mac of another', { mac: `${'A'.repeat(43)}=` }, 'error: its signature is not of this key'],
  ])('a TokenRequest: %s', (_, changed, finding) => {
    const inspection = inspect(tokenRequest(changed));
    expect(told(inspection)).toContain(finding);
    expect(isRefused(inspection)).toBe(told(inspection).some((line) => line.startsWith('error')));
  });

  it('finds the two readings of a line break under one MAC', () => {
    const recut = tokenRequest({ clientId: 'bob', timestamp: NOW, nonce: 'obviously-a\nnonce' });
    expect(inspect(recut)).toMatchObject({ signature: 'valid' });
    expect(isRefused(inspect(recut))).toBe(true);
  });

  it.each<[string, Fields, Fields, string]>([
    ['alg', {}, { alg: 'HS512' }, 'error: it is not signed under HS256 (alg)'],
    ['expired', { iat: NOW / 1000 - 7200, exp: NOW / 1000 - 3600 }, {}, 'error: it has expired, 60 min ago (40142)'],
    ['iat to come', { iat: NOW / 1000 + 60 }, {}, 'warning: it is issued 60 s from now'],
    ['no iat', { iat: ABSENT }, {}, 'error: it does not say when it was issued and when it ends (iat, exp)'],
    ['milliseconds', { iat: NOW, exp: NOW + 3_600_000 }, {}, 'error: its iat and exp count milliseconds'],
    ['two days', { exp: NOW / 1000 + 172_800 }, {}, 'error: it would live 2 d, and Ably allows 24 h'],
    ['clientId null', { 'x-ably-clientId': null }, {}, 'error: its clientId is no text'],
    ['capability as object', { 'x-ably-capability': {} }, {}, 'error: its capability is no text'],
    ['revocation key', { 'x-ably-revocation-key': '' }, {}, 'error: its revocation key is no text'],
    ['large', { note: 'n'.repeat(6_000) }, {}, 'warning: it has 8'],
  ])('an Ably JWT: %s', (_, claims, header, finding) => {
    expect(told(inspect(jwt(claims, header)))).toContainEqual(expect.stringContaining(finding));
  });

  it('looks at a JWT of an app’s own, and at what it carries', () => {
    for (const [place, encrypted] of [
      ['header', false],
      ['payload', false],
      ['header', true],
    ] as const) {
      const secret = outerSecret(OUTER, encrypted);
      const outer = { secret, place, encrypted };
      const text = embed({ token: jwt(), expiresMs: NOW + 3_600_000 }, outer, { plan: 'gold' }, NOW);
      const both = { ABLY_API_KEY: KEY, ABLY_AUTH_EMBEDDED_SECRET: OUTER };
      const known = { kind: 'embedded-jwt', signature: 'valid', furtherClaims: ['plan'], findings: [] };
      expect(inspect(text, both)).toMatchObject({ ...known, inner: { kind: 'ably-jwt', signature: 'valid' } });
      expect(inspect(text)).toMatchObject({ signature: 'not checked', inner: { signature: 'valid' } });
      const wrong = inspect(text, { ...both, ABLY_AUTH_EMBEDDED_SECRET: OUTER.replace('an', 'no') });
      expect([wrong.signature, isRefused(wrong)]).toEqual(['invalid', true]);
      const longer = embed({ token: jwt(), expiresMs: NOW + 3_700_000 }, outer, {}, NOW);
      expect(told(inspect(longer, both))).toContain('error: it outlives what it carries');
    }
  });

  it('looks at TokenDetails as Ably gives them, and at the token in them', async () => {
    const service = await startAblyService({ keys: [STAGE_KEY] });
    try {
      const rest = new Ably.Rest({ ...service.clientOptions, key: KEY, logLevel: 0 });
      const details = await rest.auth.requestToken({ clientId: 'bob', capability: { 'room:7': ['subscribe'] } });
      const inspection = inspectCredential(JSON.stringify(details), { env: {}, nowMs: Date.now() });
      expect(inspection).toMatchObject({
        kind: 'token-details',
        clientId: 'bob',
        findings: [],
        inner: { kind: 'ably-token' },
      });
      expect(isRefused(inspection)).toBe(false);
      const later = inspectCredential(JSON.stringify(details), { env: {}, nowMs: (details.expires ?? 0) + 1_000 });
      expect(told(later)).toEqual(['error: it has expired, 1 s ago (40142)']);
      expect(told(inspect(JSON.stringify({ token: details.token })))).toContain('error: its issued is no whole number');
    } finally {
      await service.close();
    }
  });

  it('says which key would be needed, takes the one before it, and says that a third has signed', () => {
    const unchecked = inspect(tokenRequest(), { ABLY_API_KEY: 'stageapp.other:fake' });
    expect([unchecked.signature, isRefused(unchecked)]).toEqual(['not checked', false]);
    expect(inspect(jwt(), { ABLY_API_KEY: 'stageapp.other:fake', ABLY_API_KEY_PREVIOUS: KEY }).signature).toBe('valid');
    expect(inspect(jwt(), { ABLY_API_KEY: OTHER }).signature).toBe('invalid');
  });

  it.each([
    ['api-key', KEY],
    [
      'own-cookie',
      createSessionCookies({ secrets: [OUTER] })
        .write({ subject: 'ada', lifetimeSeconds: 600 }, NOW)
        .split(/[=;]/)[1] ?? '',
    ],
    ['foreign-jwt', jwt({ 'x-ably-capability': ABSENT, 'x-ably-clientId': ABSENT }, { kid: '2026-01' })],
    ['error', '{"error":{"code":40101,"statusCode":401,"message":"The credential has expired.","requestId":"r-1"}}'],
  ])('knows what is often taken for a credential: %s', (kind, text) => {
    expect(inspect(text)).toMatchObject({ kind, findings: [{ severity: 'error' }] });
  });

  it('knows it in quotation marks, behind Bearer, and with a line break at its end', () => {
    for (const text of [`"${jwt()}"`, `Bearer ${jwt()}`, `${jwt()}\n`])
      expect(inspect(text)).toMatchObject({ kind: 'ably-jwt' });
  });
});

describe('ably-auth-functions inspect', () => {
  let project: InstalledProject;
  beforeAll(async () => {
    project = await installProject();
  });
  afterAll(() => project.remove());

  it('reads standard input or a file, and shows neither the MAC, the token nor the key', async () => {
    const at = ['--at', '2026-01-31T12:00:00Z'];
    const text = tokenRequest({ clientId: 'b\u009B31m\u0007' });
    await project.write({ 'request.json': text, '.env': `ABLY_API_KEY=${KEY}` });
    for (const run of [
      project.run(['inspect', ...at, '--env', '.env'], { input: text }),
      project.run(['inspect', 'request.json', ...at], { env: { ABLY_API_KEY: KEY } }),
    ]) {
      const { code, stdout, stderr } = await run;
      expect([code, stderr]).toEqual([1, '']);
      expect(stdout).toMatch(
        /^is +a TokenRequest[^\n]+\nsignature +valid\nkey +stageapp\.stagekey\n[\s\S]*\nerror: its clientId is not fit\. /,
      );
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/);
      for (const secret of [STAGE_KEY.secret, JSON.parse(text).mac, 'obviously-a-nonce'])
        expect(stdout).not.toContain(secret);
    }
  });

  it('tells machines the same, and ends with 0 for what Ably takes', async () => {
    const { code, stdout } = await project.run(['inspect', '-', '--json', '--at', '2026-01-31T12:30:00Z'], {
      env: { ABLY_API_KEY: KEY },
      input: jwt(),
    });
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      {
        kind: 'ably-jwt',
        signature: 'valid',
        keyName: STAGE_KEY.name,
        clientId: 'bob',
        issuedAt: NOW,
        expiresAt: NOW + 3_600_000,
        ttlMs: 3_600_000,
        capability: [{ resource: 'room:7', operations: ['subscribe'], means: 'this channel' }],
        furtherClaims: [],
        findings: [],
      },
    ]);
  });

  it.each([
    [
      ['hunter2'],
      '',
      /^The file cannot be read: there is no such file or folder\. A credential is given on standard input/,
    ],
    [[], 'hunter2', /^That is no TokenRequest, no JWT/],
    [[], '{"hunter2":1}', /^That is JSON, and no TokenRequest/],
    [[], ' ', /^There is nothing to inspect/],
    [['--at', 'hunter2'], 'x', /^--at is a time such as/],
  ])('ends with 2 for what is none, and repeats nothing of it: %j', async (args, input, message) => {
    const { code, stdout, stderr } = await project.run(['inspect', ...args], { input });
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)]);
    expect(stderr).not.toContain('hunter2');
    const badKey = await project.run(['inspect'], { input: tokenRequest(), env: { ABLY_API_KEY: 'hunter2' } });
    expect(badKey).toMatchObject({ code: 2, stderr: expect.stringMatching(/^ABLY_API_KEY: it has no ":"/) });
  });
});
