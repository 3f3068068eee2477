import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuthRequest, Rule } from '../../index.ts';
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
import { allowedOnes } from './naive/plain-object-lookup.ts';
import { withinPrefix } from './naive/prefix-matcher.ts';
import { identityFromQuery } from './naive/query-string-identity.ts';
import { spreadTokenParams } from './naive/spread-token-params.ts';
import { ablyPermits, expectRefusal, grantedBy, RULES, startAbly } from './support.ts';

const KEY = { name: KEY_NAME, secret: KEY_SECRET };
const COOKIES = [sessionCookie({ subject: 'bob' })];

/** The same wish by every way there is. */
function asking(name: 'capability' | 'clientId' | 'ttl', value: string): readonly AuthRequest[] {
  const form = new URLSearchParams([[name, value]]).toString();
  return [
    authRequest({ cookies: COOKIES, query: [[name, value]] }),
    authRequest({ cookies: COOKIES, query: [[name, value]], method: 'POST' }),
    postForm(form, { cookies: COOKIES }),
    postJson({ [name]: value }, { cookies: COOKIES }),
  ];
}

describe('S3 the clientId that a client asks for', () => {
  it('is who it is, where the identity comes from the query string', async () => {
    const ably = await startAbly();
    const naive = identityFromQuery(KEY, NOW_MS);
    const { body } = await ably.redeem(naive(authRequest({ query: { clientId: 'alice' } })));
    expect(body.clientId).toBe('alice');
  });

  it.each(['alice', '*', 'Bob', 'bob ', 'bob\n*', 'constructor', '__proto__'])(
    'ours answers 403 to %j',
    async (asked) => {
      const endpoint = testEndpoint({ rules: RULES });
      for (const request of asking('clientId', asked)) expectRefusal(await endpoint.handle(request), 403, 40300);
    },
  );

  it('may be one’s own, or empty', async () => {
    const endpoint = testEndpoint({ rules: RULES });
    for (const request of [...asking('clientId', 'bob'), ...asking('clientId', '')]) {
      expect(jsonOf(await endpoint.handle(request)).clientId).toBe('bob');
    }
  });

  it('is refused to callers who have none', async () => {
    const anonymous = { ...authRequest({ query: { clientId: 'alice' } }) };
    expectRefusal(await testEndpoint({ rules: RULES }).handle(anonymous), 403, 40300);
    const rules: readonly Rule[] = [{ name: 'nameless', grant: { room: ['subscribe'] }, clientId: false }];
    for (const request of asking('clientId', 'bob')) {
      expectRefusal(await testEndpoint({ rules }).handle(request), 403, 40300);
    }
  });

  it('is the client’s own where wildcardClientId says so, and fit even then', async () => {
    const rules: readonly Rule[] = [{ name: 'server', grant: { room: ['publish'] }, wildcardClientId: true }];
    const endpoint = testEndpoint({ rules });
    for (const request of asking('clientId', 'alice')) {
      expect(jsonOf(await endpoint.handle(request)).clientId).toBe('alice');
    }
    for (const unfit of ['a*', 'alice\n*', '\u2028', 'x'.repeat(257)]) {
      for (const request of asking('clientId', unfit)) expectRefusal(await endpoint.handle(request), 403, 40300);
    }
  });
});

describe('S3 the other params of a token', () => {
  const everything = {
    capability: '{"*":["*"]}',
    clientId: '*',
    ttl: '86400000',
    nonce: 'chosen-by-the-client',
    timestamp: String(NOW_MS),
    keyName: 'other.key',
    mac: 'x',
  };

  it('are the client’s, where its query is spread over the defaults', async () => {
    const ably = await startAbly();
    const { body } = await ably.redeem(spreadTokenParams(KEY, NOW_MS)(authRequest({ query: everything }), 'bob'));
    expect(body).toMatchObject({ clientId: '*', capability: '{"*":["*"]}', expires: NOW_MS + 86_400_000 });
  });

  it('ours takes none of them', async () => {
    const { clientId: _, capability, ...rest } = everything;
    const endpoint = testEndpoint({ rules: RULES });
    const response = await endpoint.handle(authRequest({ cookies: COOKIES, query: { ...rest, capability } }));
    expect(grantedBy(response)).toEqual({ 'room:*': ['publish', 'subscribe'], 'user:bob': ['subscribe'] });
    expect(jsonOf(response)).toMatchObject({ keyName: KEY_NAME, ttl: 3_600_000, timestamp: NOW_MS, clientId: 'bob' });
    expect(response.body).not.toContain('chosen-by-the-client');
  });

  it.each([
    ['ignored unless honoured', false, '86400000', 3_600_000],
    ['never more than is granted', true, '86400000', 3_600_000],
    ['less when honoured', true, '90500', 90_000],
    ['the granted one when it is seconds, as ably-cocoa sends them', true, '3600', 3_600_000],
    ['the granted one when it is nothing', true, '0', 3_600_000],
  ])('a requested ttl is %s', async (_, honourRequestedTtl, ttl, expected) => {
    for (const request of asking('ttl', ttl)) {
      const response = await testEndpoint({ rules: RULES, honourRequestedTtl }).handle(request);
      expect(jsonOf(response).ttl).toBe(expected);
    }
  });

  it.each(['-1', '1e9', 'Infinity', '0x7fffffff', '9'.repeat(16), '60000.5', ' 60000'])(
    'a ttl of %j is refused where it would count',
    async (ttl) => {
      for (const request of asking('ttl', ttl)) {
        expectRefusal(await testEndpoint({ rules: RULES, honourRequestedTtl: true }).handle(request), 400, 40000);
      }
    },
  );
});

describe('S3 the capability that a client asks for', () => {
  const granted: Rule['grant'] = { 'team:*:read': ['subscribe'], 'room:lobby': ['publish', 'subscribe'] };
  const endpoint = testEndpoint({ rules: [{ name: 'members', grant: granted }] });

  it('wins more than was granted from a matcher that knows prefixes only', () => {
    const loot = JSON.stringify(withinPrefix(granted as Record<string, string[]>, { 'team:*': ['*'] }));
    expect(ablyPermits(loot, 'publish', 'team:red:write')).toBe(true);
  });

  it('wins a channel that nobody allowed from a plain object', async () => {
    const ably = await startAbly();
    const loot = allowedOnes({ 'room:lobby': ['subscribe'] }, { constructor: ['publish'] });
    expect(loot).toEqual({ constructor: ['publish'] });
    const naive = spreadTokenParams(KEY, NOW_MS);
    const signed = naive(authRequest({ query: { capability: JSON.stringify(loot) } }), 'bob');
    const { body } = await ably.redeem(signed);
    expect((await ably.publish(body.token, 'constructor', { name: 'hello' })).status).toBe(201);
  });

  it.each([
    '{"constructor":["publish"]}',
    '{"__proto__":["publish"]}',
    '{"toString":["*"],"hasOwnProperty":["*"]}',
    '{"0":["publish"],"10":["publish"]}',
    '{"team:red":["subscribe"]}',
    '{"team:red:write":["*"]}',
    '{"[meta]*":["subscribe"]}',
    '{"[*]other":["subscribe"]}',
    '{"room:lobby":["history"]}',
    '{}',
  ])('ours leaves nothing of %s', async (capability) => {
    for (const request of asking('capability', capability)) {
      expectRefusal(await endpoint.handle(request), 401, 40160);
    }
  });

  it.each([
    ['{"*":["*"]}', { 'room:lobby': ['publish', 'subscribe'], 'team:*:read': ['subscribe'] }],
    ['{"[*]*":["*"]}', { 'room:lobby': ['publish', 'subscribe'], 'team:*:read': ['subscribe'] }],
    ['{"team:*":["*"]}', { 'team:*:read': ['subscribe'] }],
    ['{"team:red:*":["*"]}', { 'team:red:read': ['subscribe'] }],
    ['{"room:lobby":["publish"],"constructor":["publish"]}', { 'room:lobby': ['publish'] }],
  ])('ours narrows %s', async (capability, expected) => {
    for (const request of asking('capability', capability)) {
      expect(grantedBy(await endpoint.handle(request))).toEqual(expected);
    }
  });

  it('grants a channel with a name from Object.prototype only where the policy names it', async () => {
    const grant = JSON.parse('{"__proto__":["subscribe"],"constructor":["subscribe"]}') as Rule['grant'];
    const odd = testEndpoint({ rules: [{ name: 'odd names', grant }] });
    const response = await odd.handle(authRequest({ cookies: COOKIES, query: { capability: '{"__proto__":["*"]}' } }));
    expect(jsonOf(response).capability).toBe('{"__proto__":["subscribe"]}');
  });

  it('never yields a right that the policy or the client did not name, by a matcher that is not ours', async () => {
    const segment = fc.constantFrom('a', 'b', '*');
    const resource = fc
      .tuple(fc.constantFrom('', '', '[meta]', '[*]'), fc.array(segment, { minLength: 1, maxLength: 3 }))
      .map(([qualifier, segments]) => qualifier + segments.join(':'));
    const operations = fc.uniqueArray(fc.constantFrom('publish', 'subscribe', 'history'), { minLength: 1 });
    const capability = fc.dictionary(resource, fc.oneof(operations, fc.constant(['*'])), { minKeys: 1, maxKeys: 4 });
    const channel = fc
      .tuple(fc.constantFrom('', '', '[meta]', '[queue]'), fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }))
      .map(([qualifier, segments]) => qualifier + segments.join(':'));

    await fc.assert(
      fc.asyncProperty(capability, capability, fc.array(channel, { maxLength: 12 }), async (mine, asked, channels) => {
        const grant = Object.fromEntries(
          Object.entries(mine).map(([name, list]) => [name, { operations: list, broad: 'a test' }]),
        ) as Rule['grant'];
        const request = authRequest({ cookies: COOKIES, query: { capability: JSON.stringify(asked) } });
        const response = await testEndpoint({ rules: [{ name: 'random', grant }] }).handle(request);
        if (response.status !== 200) return expectRefusal(response, 401, 40160);
        const got = String(jsonOf(response).capability);
        for (const name of channels) {
          for (const operation of ['publish', 'subscribe', 'history', 'stats']) {
            if (!ablyPermits(got, operation, name)) continue;
            expect(ablyPermits(JSON.stringify(mine), operation, name), `${got}: not granted`).toBe(true);
            expect(ablyPermits(JSON.stringify(asked), operation, name), `${got}: not asked`).toBe(true);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
