import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NameValue } from '../../../core/http.ts';
import type { Verdict } from '../../../core/identity/identity.ts';
import { createSessionCookies, session } from '../../../core/identity/session.ts';
import { createSeal } from '../../../core/keys/seal.ts';
import { authRequest, cookieSentBack, NOW_MS, SESSION_SECRET, sessionCookie } from '../auth-request.ts';

const OLD_SECRET = 'an-older-fake-session-secret-of-32-bytes';
const NAME = '__Host-ably-auth-session';
const DEV_NAME = 'ably-auth-session-dev';

interface Asked {
  readonly secrets?: readonly string[];
  readonly nowMs?: number;
  readonly secureCookies?: boolean;
}

function verdictOn(cookies: readonly NameValue[], asked: Asked = {}): Verdict | Promise<Verdict> | 'no credential' {
  const { secrets = [SESSION_SECRET], nowMs = NOW_MS, secureCookies = true } = asked;
  const source = session({ secrets });
  const request = authRequest({ cookies });
  const context = { nowMs, secureCookies };
  return source.carriesCredential(request, context) ? source.verify(request, context) : 'no credential';
}

const rejected = (reason: string, detail: string, cookie = NAME) => ({
  kind: 'rejected',
  reason,
  detail,
  clearCookies: [cookie],
});
const NOT_OURS = rejected('bad-credential', 'the session cookie is not one that we sealed');

describe('session', () => {
  it('knows whom it wrote a cookie for', () => {
    const cookie = sessionCookie({
      subject: 'auth0|7',
      lifetimeSeconds: 600,
      sessionId: 's-1',
      claims: { role: 'admin' },
    });
    expect(verdictOn([cookie])).toEqual({
      kind: 'identified',
      identity: {
        ...{ source: 'session', subject: 'auth0|7', kind: 'user', claims: { role: 'admin', sub: 'auth0|7' } },
        ...{ sessionId: 's-1', authenticatedAtMs: NOW_MS, expiresAtMs: NOW_MS + 600_000 },
      },
    });
  });

  it('never lets a claim stand for the subject', () => {
    const verdict = verdictOn([sessionCookie({ subject: 'bob', claims: { sub: 'eve' } })]);
    expect(verdict).toMatchObject({ identity: { subject: 'bob', claims: { sub: 'bob' } } });
  });

  it('keeps a claim named __proto__ as data', () => {
    const claims = JSON.parse('{"__proto__":{"admin":true}}');
    const verdict = verdictOn([sessionCookie({ claims })]);
    if (typeof verdict !== 'object' || !('identity' in verdict)) throw new Error('rejected');
    expect(Object.hasOwn(verdict.identity.claims, '__proto__')).toBe(true);
    expect(verdict.identity.claims.admin).toBeUndefined();
  });

  it('holds to its last second', () => {
    const cookie = sessionCookie({ lifetimeSeconds: 60 });
    expect(verdictOn([cookie], { nowMs: NOW_MS + 59_999 })).toHaveProperty('kind', 'identified');
    expect(verdictOn([cookie], { nowMs: NOW_MS + 60_000 })).toEqual(
      rejected('expired-credential', 'the session has ended'),
    );
  });

  it('has no credential where there is no cookie of its name', () => {
    expect(verdictOn([])).toBe('no credential');
    expect(verdictOn([['session', 'x']])).toBe('no credential');
  });

  it.each([
    ['nothing', ''],
    ['words', 'let me in'],
    ['JSON', '{"sub":"bob","exp":9999999999}'],
    ['an unsigned one', `v1.AAAAAAAA.${Buffer.from('{"sub":"bob","exp":9999999999}').toString('base64url')}.`],
    ['a JWT', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJib2IifQ.'],
  ])('S2: rejects %s and has the cookie cleared', (_, value) => {
    expect(verdictOn([[NAME, value]])).toEqual(NOT_OURS);
  });

  it('S2: rejects a cookie with any one character changed', () => {
    const [name, value] = sessionCookie();
    fc.assert(
      fc.property(fc.nat(value.length - 1), fc.constantFrom(...'Ab0-_.=~ '), (index, character) => {
        fc.pre(value[index] !== character);
        expect(verdictOn([[name, value.slice(0, index) + character + value.slice(index + 1)]])).toEqual(NOT_OURS);
      }),
      { numRuns: 300 },
    );
  });

  it('S16: rejects what was sealed for another purpose, although it is sealed by us', () => {
    const payload = '{"sub":"bob","iat":1700000000,"exp":1800000000}';
    expect(verdictOn([[NAME, createSeal('session', [SESSION_SECRET]).seal(payload)]])).toHaveProperty(
      'kind',
      'identified',
    );
    for (const label of ['guest', 'grant'] as const) {
      expect(verdictOn([[NAME, createSeal(label, [SESSION_SECRET]).seal(payload)]])).toEqual(NOT_OURS);
    }
  });

  it('S15: rejects its cookie when it comes twice, even twice the same', () => {
    const twice = rejected('bad-credential', 'the session cookie was sent twice');
    expect(verdictOn([sessionCookie(), sessionCookie()])).toEqual(twice);
    expect(verdictOn([sessionCookie(), ['other', 'x'], sessionCookie({ subject: 'eve' })])).toEqual(twice);
    expect(verdictOn([sessionCookie(), [NAME, '']])).toEqual(twice);
  });

  it('S15: rejects a cookie of more than 16 KiB, even one that we sealed', () => {
    const cookie = sessionCookie({ claims: { padding: 'x'.repeat(16_384) } });
    expect(verdictOn([cookie])).toEqual(rejected('bad-credential', 'the session cookie is too large'));
  });

  it('opens sessions of before a rotation, and writes new ones with the first secret', () => {
    const cookies = (secrets: readonly string[]) => createSessionCookies({ secrets });
    const old = cookieSentBack(cookies([OLD_SECRET]).write({ subject: 'bob', lifetimeSeconds: 60 }, NOW_MS));
    const rotating = [SESSION_SECRET, OLD_SECRET];
    expect(verdictOn([old], { secrets: rotating })).toHaveProperty('kind', 'identified');
    expect(verdictOn([old])).toEqual(NOT_OURS);
    const fresh = cookieSentBack(cookies(rotating).write({ subject: 'bob', lifetimeSeconds: 60 }, NOW_MS));
    expect(verdictOn([fresh])).toHaveProperty('kind', 'identified');
  });

  it('never reads the cookie of the local server in production, nor the other way round', () => {
    const written = createSessionCookies({ secrets: [SESSION_SECRET], secureCookies: false });
    const dev = cookieSentBack(written.write({ subject: 'bob', lifetimeSeconds: 60 }, NOW_MS));
    const secure = sessionCookie();
    expect([dev[0], secure[0]]).toEqual([DEV_NAME, NAME]);
    expect(verdictOn([dev])).toBe('no credential');
    expect(verdictOn([secure], { secureCookies: false })).toBe('no credential');
    expect(verdictOn([secure, [DEV_NAME, 'planted']])).toHaveProperty('kind', 'identified');
    expect(verdictOn([dev, [NAME, 'planted']], { secureCookies: false })).toHaveProperty('kind', 'identified');
  });

  it('is ambient, and passes on what tells its clientIds apart', () => {
    const source = session({ secrets: [SESSION_SECRET], clientIdPrefix: 'web:', sharesSubjectsWith: 'oidc' });
    expect(source).toMatchObject({
      ambient: true,
      kinds: ['user'],
      clientIdPrefix: 'web:',
      sharesSubjectsWith: 'oidc',
    });
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['none', [], ['the session source has no secret']],
    ['a short one', ['x'.repeat(31)], ['a secret is shorter than 32 bytes']],
    ['a short one for rotation', [SESSION_SECRET, 'x'], ['a secret is shorter than 32 bytes']],
    ['three', [SESSION_SECRET, OLD_SECRET, SESSION_SECRET], ['there are more than two secrets']],
    ['three, all short', ['a', 'b', 'c'], ['there are more than two secrets', 'a secret is shorter than 32 bytes']],
    ['one of 32 bytes in 16 characters', ['é'.repeat(16)], []],
    ['two', [SESSION_SECRET, OLD_SECRET], []],
  ])('with the secrets: %s, reports every problem and no secret', (_, secrets, expected) => {
    const { problems } = session({ secrets });
    expect(problems.map(({ problem }) => problem)).toEqual(expected);
    for (const { setting, fix } of problems) {
      expect(setting).toBe('ABLY_AUTH_SESSION_SECRET');
      expect(fix).toMatch(/32 bytes or more/);
    }
  });
});

describe('createSessionCookies', () => {
  const cookies = createSessionCookies({ secrets: [SESSION_SECRET] });

  it('writes a cookie that lives as long as the session', () => {
    expect(cookies.write({ subject: 'bob', lifetimeSeconds: 3_600 }, NOW_MS)).toMatch(
      /^__Host-ably-auth-session=v1\.[\w.-]+; Path=\/; Max-Age=3600; HttpOnly; SameSite=Lax; Secure$/,
    );
  });

  it('clears the cookie that it writes', () => {
    expect(cookies.clear()).toBe('__Host-ably-auth-session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure');
    expect(createSessionCookies({ secrets: [], secureCookies: false }).clear()).toMatch(/^ably-auth-session-dev=;/);
  });

  it.each(['', '\ud800'])('refuses the subject %j', (subject) => {
    expect(() => cookies.write({ subject, lifetimeSeconds: 60 }, NOW_MS)).toThrow('a well-formed subject');
  });

  it.each([0, 59, -60, 60.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses a life of %d seconds',
    (lifetimeSeconds) => {
      expect(() => cookies.write({ subject: 'bob', lifetimeSeconds }, NOW_MS)).toThrow('whole number of seconds');
    },
  );
});
