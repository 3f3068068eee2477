import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Capability } from '../../core/capability/capability.ts';
import { ApiKey } from '../../core/keys/api-key.ts';
import type { SettledParams } from '../../core/token/settled-params.ts';
import { signAblyJwt } from '../../core/token/sign-ably-jwt.ts';
import { signTokenRequest } from '../../core/token/sign-token-request.ts';
import { isFitClientId } from '../../core/well-formed.ts';
import type { Rule } from '../../index.ts';
import {
  authRequest,
  jsonOf,
  KEY_NAME,
  KEY_SECRET,
  NOW_MS,
  sessionCookie,
  testEndpoint,
  testKey,
} from '../core/auth-request.ts';
import { signWhatIsGiven } from './naive/naive-signer.ts';
import { expectRefusal, headerSource, RULES, rawMac, type SignedFields, signedText, startAbly } from './support.ts';

const KEY = { name: KEY_NAME, secret: KEY_SECRET };
const CAPABILITY = '{"room:*":["publish","subscribe"]}';

/** A name that mallory gives to herself: the clientId she is after, then what ends its line, then a fresh start. */
const nameFor = (wanted: string): string => `${wanted}\n${NOW_MS}\nnonce-of-mallory`;

/** The same signed text, its lines taken for other fields: nothing is signed anew. */
function recut(signed: SignedFields): SignedFields {
  const [clientId = '', timestamp = '', nonce = ''] = String(signed.clientId).split('\n');
  return {
    ...signed,
    clientId,
    timestamp: Number(timestamp),
    nonce: `${nonce}\n${signed.timestamp}\n${signed.nonce}`,
  };
}

const UNFIT: readonly (readonly [string, string])[] = [
  ['empty', ''],
  ['the wildcard', '*'],
  ['a wildcard inside', 'a*b'],
  ['a name that re-cuts into the wildcard', nameFor('*')],
  ['a name that re-cuts into another user', nameFor('alice')],
  ['a line break', 'bob\n'],
  ['a carriage return', 'bob\rx'],
  ['NUL', 'bob\u0000'],
  ['DEL', 'bob\u007f'],
  ['NEL, a line break to some', 'bob\u0085x'],
  ['the line separator', 'bob\u2028x'],
  ['the paragraph separator', 'bob\u2029x'],
  ['half a surrogate pair', 'bob\ud83d'],
  ['the other half', '\ude00bob'],
  ['257 bytes', 'x'.repeat(257)],
  ['257 bytes in 86 characters', `${'€'.repeat(85)}xx`],
];

describe('S5 a line break in a clientId', () => {
  it('re-cuts what a naive signer signed into the wildcard: mallory may then be anyone', async () => {
    const ably = await startAbly();
    const signed = signWhatIsGiven(KEY, {
      capability: CAPABILITY,
      clientId: nameFor('*'),
      ttl: 3_600_000,
      timestamp: NOW_MS + 1,
    });
    const attack = recut(signed);
    expect(attack.mac).toBe(signed.mac);
    expect(signedText(attack)).toBe(signedText(signed));

    const { status, body } = await ably.redeem(attack);
    expect(status).toBe(201);
    expect(body.clientId).toBe('*');
    const published = await ably.publish(body.token, 'room:7', { name: 'x', clientId: 'alice' });
    expect(published.status).toBe(201);
  });

  it('re-cuts it into another user', async () => {
    const ably = await startAbly();
    const signed = signWhatIsGiven(KEY, { capability: CAPABILITY, clientId: nameFor('alice'), timestamp: NOW_MS + 1 });
    const { status, body } = await ably.redeem(recut(signed));
    expect(status).toBe(201);
    expect(body.clientId).toBe('alice');
  });

  it('does the same from the nonce, where a client may choose it', async () => {
    const ably = await startAbly();
    const nonce = `nonce-of-mallory\n${NOW_MS}\nthe-real-nonce-of-16`;
    const signed = signWhatIsGiven(KEY, { capability: CAPABILITY, clientId: 'alice', timestamp: NOW_MS, nonce });
    const lines = signedText(signed).split('\n');
    expect(lines.length).toBeGreaterThan(7);
    // Two TokenRequests, two single-use nonces, from one MAC.
    expect((await ably.redeem(signed)).status).toBe(201);
  });

  it('is refused by ours at the policy, so that there is nothing to re-cut', async () => {
    for (const wanted of ['*', 'alice']) {
      const cookies = [sessionCookie({ subject: nameFor(wanted) })];
      const response = await testEndpoint({ rules: RULES }).handle(authRequest({ cookies }));
      expectRefusal(response, 403, 40300);
    }
  });
});

describe('S5 an unfit clientId', () => {
  const byTemplate: readonly Rule[] = [{ name: 'named', clientId: '{nick}', grant: { room: ['publish'] } }];
  const byTwo: readonly Rule[] = [{ name: 'named', clientId: '{org}:{nick}', grant: { room: ['publish'] } }];

  it.each(UNFIT)('answers 403: %s, as a subject, behind a prefix, and from a claim', async (_, nick) => {
    const request = authRequest({ headers: { 'x-user': nick } });
    const bare = headerSource('sso', 'x-user');
    expectRefusal(await testEndpoint({ sources: [bare], rules: RULES }).handle(request), 403, 40300);
    if (nick !== '') {
      const prefixed = headerSource('sso', 'x-user', { clientIdPrefix: 'sso:' });
      expectRefusal(await testEndpoint({ sources: [prefixed], rules: RULES }).handle(request), 403, 40300);
    }
    const cookies = [sessionCookie({ subject: 'mallory', claims: { nick, org: 'acme' } })];
    expectRefusal(await testEndpoint({ rules: byTemplate }).handle(authRequest({ cookies })), 403, 40300);
    expectRefusal(await testEndpoint({ rules: byTwo }).handle(authRequest({ cookies })), 403, 40300);
  });

  const noText: readonly unknown[] = [
    null,
    true,
    1.5,
    2 ** 53,
    [],
    ['alice'],
    ['alice', '*'],
    {},
    { toString: 'alice' },
  ];
  for (const nick of noText) {
    it(`answers 403 to a claim that is no text: ${JSON.stringify(nick)}`, async () => {
      const cookies = [sessionCookie({ subject: 'mallory', claims: { nick } })];
      expectRefusal(await testEndpoint({ rules: byTemplate }).handle(authRequest({ cookies })), 403, 40300);
    });
  }

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'reads own claims only: {%s} is missing, and 403',
    async (name) => {
      const rules: readonly Rule[] = [{ name: 'named', clientId: `{${name}}`, grant: { room: ['publish'] } }];
      const request = authRequest({ cookies: [sessionCookie()] });
      expectRefusal(await testEndpoint({ rules }).handle(request), 403, 40300);
    },
  );

  it('takes 256 bytes, and what is odd but harmless', async () => {
    for (const subject of [
      'x'.repeat(256),
      '😀'.repeat(64),
      'auth0|7',
      'a b',
      '"',
      '\\',
      '\u00a0',
      '\ufeff',
      '\u202e',
    ]) {
      const response = await testEndpoint({ rules: [{ name: 'all', grant: { room: ['publish'] } }] }).handle(
        authRequest({ cookies: [sessionCookie({ subject })] }),
      );
      expect(jsonOf(response).clientId).toBe(subject);
    }
  });
});

describe('S5 the signer looks again', () => {
  const capability: Capability = new Map([['room', new Set(['publish'] as const)]]);
  const params = (more: Partial<SettledParams>): SettledParams => ({
    keyName: KEY_NAME,
    ttlMs: 3_600_000,
    capability,
    ...more,
  });
  const sign = (more: Partial<SettledParams>, nonce?: string) =>
    signTokenRequest(testKey(), params(more), { timestampMs: NOW_MS, ...(nonce !== undefined && { nonce }) });

  it.each(UNFIT)('refuses a clientId: %s, in both formats', (_, clientId) => {
    expect(() => sign({ clientId })).toThrow(/clientId is not fit/);
    expect(() => signAblyJwt(testKey(), params({ clientId }), NOW_MS)).toThrow(/clientId is not fit/);
  });

  it('signs the wildcard only when policy said so in so many words, and nothing near it', () => {
    expect(sign({ clientId: '*', wildcardClientId: true }).clientId).toBe('*');
    for (const clientId of ['**', '*\n', ' *', nameFor('*')]) {
      expect(() => sign({ clientId, wildcardClientId: true })).toThrow(/clientId is not fit/);
    }
  });

  it.each([
    '',
    'short',
    'fifteen-letters',
    'with a space in it',
    'line\nbreak-in-the-middle',
    'ends-with-a-line-break\n',
    'ünïcödé-nonce-of-16',
  ])('refuses the nonce %j', (nonce) => {
    expect(() => sign({}, nonce)).toThrow(/nonce is not fit/);
  });

  it.each(['', 'appid', 'appid.keyid\n', 'appid.key\nid', 'app id.keyid', 'a.b.c', '*.keyid'])(
    'refuses the keyName %j',
    (keyName) => {
      expect(() => sign({ keyName })).toThrow(/keyName/);
      expect(() => signAblyJwt(testKey(), params({ keyName }), NOW_MS)).toThrow(/keyName/);
    },
  );

  it('refuses a name that is fit but belongs to another key', () => {
    const other = new ApiKey('appid', 'other', KEY_SECRET);
    expect(() => signTokenRequest(other, params({}), { timestampMs: NOW_MS })).toThrow(/another one/);
    expect(() => signAblyJwt(other, params({}), NOW_MS)).toThrow(/another one/);
  });

  it('names the field in its error and not the value', () => {
    const clientId = 'secret-name-of-mallory\n';
    const thrown = (() => {
      try {
        return sign({ clientId });
      } catch (error) {
        return error as Error;
      }
    })();
    expect(String((thrown as Error).stack)).not.toContain('secret-name-of-mallory');
  });

  it('whatever text is a subject: what is signed has six lines, and its MAC is over just these', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('a', '\n', '*', '\r', '\u2028', ':', '{', '"', '\ud800', '€') }),
    );
    const rules: readonly Rule[] = [{ name: 'all', grant: { room: ['publish'] } }];
    await fc.assert(
      fc.asyncProperty(text, async (subject) => {
        const request = authRequest({ headers: { 'x-user': subject } });
        const response = await testEndpoint({ sources: [headerSource('sso', 'x-user')], rules }).handle(request);
        if (!isFitClientId(subject)) return expectRefusal(response, 403, 40300);
        const signed = jsonOf(response) as unknown as SignedFields;
        expect(signedText(signed).split('\n')).toHaveLength(7);
        expect(signed.clientId).toBe(subject);
        expect(rawMac(signedText(signed))).toBe(signed.mac);
      }),
      { numRuns: 500 },
    );
  });
});
