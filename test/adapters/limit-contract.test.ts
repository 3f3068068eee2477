/**
 * The limit through every host: the same refusal byte for byte but for the request's id, and whether strangers are told
 * apart is what the host knows of their address.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { createEnvironmentKeySource } from '../../adapters/key-sources/environment.ts';
import { anonymous, configureEndpoint, defineAuth, openLimit, session } from '../../index.ts';
import { SESSION_SECRET, sessionCookie } from '../core/auth-request.ts';
import { everyHost } from './hosts/every-host.ts';
import { CLIENT_IP, type Host, type WireRequest } from './support/exchange.ts';
import { createTable } from './support/table.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 10, 11, 12, 345);
const ORIGIN = 'https://app.example';
const COOKIE = ['Cookie', sessionCookie({ subject: 'zoë' }, NOW_MS).join('=')] as const;

/** A new one each time: one host's requests are not another's. */
function limited() {
  return configureEndpoint({
    definition: defineAuth(() => ({
      sources: [session({ secrets: [SESSION_SECRET] }), anonymous()],
      rules: [{ name: 'all', when: { kind: ['anonymous', 'user'] }, grant: { news: ['subscribe'] } }],
      allowedOrigins: [ORIGIN],
      rateLimit: { requests: 1, per: '30s' },
    })),
    env: {},
    keySource: { ok: true, source: createEnvironmentKeySource({ ABLY_API_KEY: 'appId1.keyId1:a-secret-for-tests' }) },
    openLimit,
    nowMs: () => NOW_MS,
  });
}

const signedIn: WireRequest = { method: 'GET', headers: [COOKIE, ['Origin', ORIGIN]] };
const stranger: WireRequest = { method: 'GET', headers: [['X-Forwarded-For', '192.0.2.77']] };

const table = createTable();
afterAll(() => table.print('a limit'));

describe('a caller over the limit', () => {
  let reference: unknown;

  it.each(everyHost)('$name', async (host) => {
    await table.record(host.name, 'known', async () => {
      const endpoint = limited();
      expect(endpoint.problems).toEqual([]);
      expect((await host.exchange(endpoint, signedIn)).status).toBe(200);
      const answer = await host.exchange(endpoint, { ...signedIn, method: 'POST' });
      expect(answer.status).toBe(401);
      expect(JSON.parse(answer.body).error).toMatchObject({ code: 42910, statusCode: 401 });
      expect(answer.headers.get('retry-after')).toBe('30');
      expect(answer.headers.get('access-control-expose-headers')).toContain('Retry-After');
      expect(answer.headers.get('cache-control')).toContain('no-store');
      expect(answer.headers.has('www-authenticate')).toBe(false);
      const comparable = [answer.body.replace(/"requestId":"[^"]*"/, ''), answer.headers.get('x-ably-errormessage')];
      reference ??= comparable;
      expect(comparable).toEqual(reference);
    });
  });
});

describe('strangers', () => {
  const isCounted = ({ clientIp }: Host): boolean => clientIp === CLIENT_IP;

  it('are told apart by most hosts, and by some not', () => {
    expect(everyHost.filter(isCounted).length).toBeGreaterThan(8);
    expect(everyHost.every(isCounted)).toBe(false);
  });

  it.each(everyHost)('$name', async (host) => {
    await table.record(host.name, 'strangers', async () => {
      const endpoint = limited();
      expect((await host.exchange(endpoint, stranger)).status).toBe(200);
      expect((await host.exchange(endpoint, stranger)).status).toBe(isCounted(host) ? 401 : 200);
      // Claiming to come from elsewhere changes nothing.
      const claiming: WireRequest = { method: 'GET', headers: [['X-Forwarded-For', '192.0.2.78']] };
      expect((await host.exchange(endpoint, claiming)).status).toBe(isCounted(host) ? 401 : 200);
    });
  });
});
