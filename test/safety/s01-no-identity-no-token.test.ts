import { describe, expect, it } from 'vitest';
import { createEnvironmentKeySource } from '../../adapters/key-sources/environment.ts';
import shipped from '../../auth.config.ts';
import { type AuthRequest, anonymous, configureEndpoint, type IdentitySource, session } from '../../index.ts';
import {
  authRequest,
  KEY_NAME,
  KEY_SECRET,
  NOW_MS,
  postForm,
  postJson,
  SESSION_SECRET,
  sessionCookie,
  testEndpoint,
} from '../core/auth-request.ts';
import { everyoneIsWelcome } from './naive/everyone-is-welcome.ts';
import { expectRefusal, grantedBy, headerSource, RULES, startAbly } from './support.ts';

const SOURCES = [session({ secrets: [SESSION_SECRET] })];

/** Things that look as if they said who calls, and say nothing to us. */
const NOBODY: Readonly<Record<string, AuthRequest>> = {
  'nothing at all': authRequest(),
  'a clientId': authRequest({ query: { clientId: 'alice' } }),
  'a clientId in a form': postForm('clientId=alice'),
  'a clientId in JSON': postJson({ clientId: 'alice', sub: 'alice', user: 'alice' }),
  'the headers of an SDK': authRequest({ headers: { 'X-Ably-ClientId': btoa('alice'), 'X-Ably-Version': '2' } }),
  'headers that some proxy might set': authRequest({ headers: { 'X-Forwarded-User': 'alice', 'X-User-Id': 'alice' } }),
  'claims that no source of ours reads': authRequest({ platform: { verifiedClaims: { sub: 'alice' } } }),
  'a bearer token that no source of ours reads': authRequest({ headers: { authorization: 'Bearer whatever' } }),
  'the API key itself': authRequest({ headers: { authorization: `Basic ${btoa(`${KEY_NAME}:${KEY_SECRET}`)}` } }),
  'a cookie of another name': authRequest({ cookies: { session: sessionCookie()[1] } }),
};

describe('S1 no identity, no token', () => {
  it('an endpoint that asks nobody gives a stranger the whole app', async () => {
    const ably = await startAbly();
    const naive = everyoneIsWelcome({ name: KEY_NAME, secret: KEY_SECRET }, NOW_MS);
    const { status, body } = await ably.redeem(naive(authRequest()));
    expect(status).toBe(201);
    expect((await ably.publish(body.token, 'private', { name: 'stolen' })).status).toBe(201);
  });

  for (const [what, request] of Object.entries(NOBODY)) {
    it(`answers 401 to ${what} where no anonymous source is listed`, async () => {
      const endpoint = testEndpoint({ sources: SOURCES, rules: RULES });
      expectRefusal(await endpoint.handle(request), 401, 40101);
    });

    it(`takes ${what} for nobody where anonymous callers are allowed`, async () => {
      const endpoint = testEndpoint({ rules: RULES });
      const response = await endpoint.handle(request);
      // A clientId that is asked for is refused beyond that: an anonymous caller has none (S3).
      if (response.status === 200) {
        expect(grantedBy(response)).toEqual({ notifications: ['subscribe'] });
        expect(response.body).not.toContain('alice');
      } else expectRefusal(response, 403, 40300);
    });
  }

  it('answers 401 to the anonymous where the source is listed and no rule is theirs', async () => {
    const endpoint = testEndpoint({ rules: [{ name: 'all', grant: { room: ['subscribe'] } }] });
    expectRefusal(await endpoint.handle(authRequest()), 401, 40101);
  });

  it.each(['guest', 'anonymous'] as const)(
    'a rule that says nothing of its callers never covers a %s',
    async (kind) => {
      const other = (): IdentitySource['verify'] => () => ({
        kind: 'identified',
        identity: { source: 'other', subject: kind === 'guest' ? 'g7' : '', kind, claims: { role: 'admin' } },
      });
      const source = headerSource('other', 'x-other', { kinds: [kind], verify: other() });
      const rules = [
        { name: 'no when', grant: { room: ['subscribe'] } },
        { name: 'empty when', when: {}, grant: { room: ['subscribe'] } },
        { name: 'by source', when: { source: 'other' }, grant: { room: ['subscribe'] } },
        { name: 'by claim', when: { claims: { role: 'admin' } }, grant: { room: ['subscribe'] } },
      ] as const;
      const response = await testEndpoint({ sources: [source], rules }).handle(
        authRequest({ headers: { 'x-other': '1' } }),
      );
      expectRefusal(response, kind === 'anonymous' ? 401 : 403, kind === 'anonymous' ? 40101 : 40300);
    },
  );

  it('as shipped, with no setting but the key, a stranger reads notifications and nothing else', async () => {
    const endpoint = configureEndpoint({
      definition: shipped,
      env: {},
      keySource: { ok: true, source: createEnvironmentKeySource({ ABLY_API_KEY: `${KEY_NAME}:${KEY_SECRET}` }) },
      nowMs: () => NOW_MS,
    });
    expect(endpoint.problems).toEqual([]);
    for (const request of [authRequest(), authRequest({ cookies: [sessionCookie()] })]) {
      const response = await endpoint.handle(request);
      expect(grantedBy(response)).toEqual({ notifications: ['subscribe'] });
      expect(response.body).not.toContain('clientId');
    }
  });

  it('an anonymous source before another one is refused as a config, for it would answer for everyone', () => {
    const { problems } = testEndpoint({ sources: [anonymous(), ...SOURCES], rules: RULES });
    expect(problems.map(({ problem }) => problem)).toEqual(['anonymous stands before other sources']);
  });
});
