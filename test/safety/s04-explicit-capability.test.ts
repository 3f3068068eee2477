import { describe, expect, it } from 'vitest';
import type { Capability } from '../../core/capability/capability.ts';
import { signAblyJwt } from '../../core/token/sign-ably-jwt.ts';
import { signTokenRequest } from '../../core/token/sign-token-request.ts';
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
import { jwtOf, tokenRequestOf } from './naive/leaves-out-empty.ts';
import { expectRefusal, RULES, startAbly } from './support.ts';

const KEY = { name: KEY_NAME, secret: KEY_SECRET };
const COOKIES = [sessionCookie({ claims: { rooms: [] } })];

describe('S4 a token always carries an explicit capability', () => {
  it('nothing to say becomes all that the key can do, where an empty capability is left out', async () => {
    const ably = await startAbly();
    const { body } = await ably.redeem(tokenRequestOf(KEY, {}, NOW_MS));
    expect(body.capability).toBe('{"*":["*"]}');
    expect((await ably.publish(body.token, 'anything', { name: 'at all' })).status).toBe(201);
    expect((await ably.publish(jwtOf(KEY, {}, NOW_MS), 'anything', { name: 'at all' })).status).toBe(201);
  });

  it('the signers refuse an empty one, whatever was decided above them', () => {
    const params = { keyName: KEY_NAME, ttlMs: 3_600_000, capability: new Map() as Capability };
    expect(() => signTokenRequest(testKey(), params, { timestampMs: NOW_MS })).toThrow(/capability is empty/);
    expect(() => signAblyJwt(testKey(), params, NOW_MS)).toThrow(/capability is empty/);
  });

  it.each(['token-request', 'jwt'] as const)('every %s names its rights', async (tokenFormat) => {
    const requests = [
      authRequest(),
      authRequest({ cookies: COOKIES }),
      authRequest({ query: { capability: '' } }),
      authRequest({ cookies: COOKIES, query: { capability: '{"room:a":["publish"]}' } }),
    ];
    for (const request of requests) {
      const { body, status } = await testEndpoint({ rules: RULES, tokenFormat }).handle(request);
      expect(status).toBe(200);
      const claims = tokenFormat === 'jwt' ? Buffer.from(body.split('.')[1] ?? '', 'base64url').toString() : body;
      const text = (JSON.parse(claims) as Record<string, unknown>)[
        tokenFormat === 'jwt' ? 'x-ably-capability' : 'capability'
      ];
      const capability = JSON.parse(String(text)) as Record<string, string[]>;
      expect(Object.keys(capability).length).toBeGreaterThan(0);
      for (const operations of Object.values(capability)) expect(operations.length).toBeGreaterThan(0);
    }
  });

  it('a policy that comes to nothing for this caller refuses them', async () => {
    const lists: readonly Rule[] = [{ name: 'rooms', grant: { 'room:{rooms}': ['subscribe'] } }];
    expectRefusal(await testEndpoint({ rules: lists }).handle(authRequest({ cookies: COOKIES })), 403, 40300);
    const others: readonly Rule[] = [
      { name: 'admins', when: { claims: { role: 'admin' } }, grant: { a: ['publish'] } },
    ];
    expectRefusal(await testEndpoint({ rules: others }).handle(authRequest({ cookies: COOKIES })), 403, 40300);
  });

  it('asking for nothing is answered with nothing, and with no token', async () => {
    const request = authRequest({ cookies: COOKIES, query: { capability: '{}' } });
    expectRefusal(await testEndpoint({ rules: RULES }).handle(request), 401, 40160);
  });

  it.each([
    'null',
    '[]',
    '""',
    '0',
    'true',
    '{"a":[]}',
    '{"a":null}',
    '{"a":"publish"}',
    '{"a":["nothing"]}',
    '{"a":{}}',
  ])('a requested capability of %s is malformed, and not the same as none', async (capability) => {
    const request = authRequest({ cookies: COOKIES, query: { capability } });
    expectRefusal(await testEndpoint({ rules: RULES }).handle(request), 400, 40000);
  });

  it('a rule that grants nothing, or an operation that does not exist, is a config error', () => {
    for (const grant of [{ a: [] }, { a: ['nothing'] }, { a: ['*', 'publish'] }]) {
      const rules = [{ name: 'wrong', grant }] as unknown as readonly Rule[];
      expect(testEndpoint({ rules }).problems.length).toBeGreaterThan(0);
    }
  });

  it('the capability is signed: what Ably redeems is what we wrote', async () => {
    const ably = await startAbly();
    const response = await testEndpoint({ rules: RULES }).handle(authRequest());
    const tokenRequest = jsonOf(response);
    const { capability: _, ...without } = tokenRequest;
    expect((await ably.redeem(without)).status).toBe(401);
    expect((await ably.redeem({ ...tokenRequest, capability: '{"*":["*"]}' })).status).toBe(401);
    expect((await ably.redeem(tokenRequest)).body.capability).toBe('{"notifications":["subscribe"]}');
  });
});
