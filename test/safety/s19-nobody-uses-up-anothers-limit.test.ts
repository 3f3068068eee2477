import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/stores/memory.ts';
import { anonymous, session } from '../../index.ts';
import { authRequest, type RequestToWrite, SESSION_SECRET, sessionCookie, testEndpoint } from '../core/auth-request.ts';
import { limitByWhatIsSent } from './naive/limit-by-what-is-sent.ts';
import { headerSource, RULES } from './support.ts';

const MOST = 3;
const VICTIM_IP = '203.0.113.7';
const MALLORYS_IP = '198.51.100.66';

const bob: RequestToWrite = { cookies: [sessionCookie({ subject: 'bob' })], platform: { clientIp: VICTIM_IP } };
const victim: RequestToWrite = { platform: { clientIp: VICTIM_IP } };
const mallory = sessionCookie({ subject: 'mallory' });
const at = { platform: { clientIp: MALLORYS_IP } };

/** What somebody sends who wants to be counted as somebody else, or as nobody in particular. */
const ATTACKS: Readonly<Record<string, RequestToWrite>> = {
  'asks for the clientId': { ...at, cookies: [mallory], query: { clientId: 'bob' } },
  'claims the address': { ...at, headers: { 'x-forwarded-for': VICTIM_IP } },
  'claims it in every header there is': {
    ...at,
    headers: {
      ...{ forwarded: `for=${VICTIM_IP}`, 'x-real-ip': VICTIM_IP, 'x-vercel-forwarded-for': VICTIM_IP },
      ...{ 'x-nf-client-connection-ip': VICTIM_IP, 'true-client-ip': VICTIM_IP, 'cf-connecting-ip': VICTIM_IP },
    },
  },
  'is of another source under the same name': { ...at, headers: { 'x-user': 'bob' } },
  'shows a session that is not good': { ...at, cookies: [['__Host-ably-auth-session', 'v1.a.b.c']] },
  'shows the session twice': { ...at, cookies: [mallory, mallory] },
  'comes from a foreign page with it': { ...bob, ...at, headers: { origin: 'https://evil.example' } },
  'asks with it from a foreign site': { ...bob, ...at, headers: { 'sec-fetch-site': 'cross-site' } },
  'has the browsers of visitors ask, from a foreign page': { ...victim, headers: { origin: 'https://evil.example' } },
  'is many': { ...at },
};

function limited() {
  return testEndpoint({
    rules: RULES,
    rateLimit: { requests: MOST, per: '1h' },
    store: { ...memoryStore(), name: 'shared' },
    sources: [
      headerSource('sso', 'x-user', { clientIdPrefix: 'sso:' }),
      session({ secrets: [SESSION_SECRET], clientIdPrefix: 'web:' }),
      anonymous(),
    ],
  });
}

describe('S19 nobody uses up another’s limit', () => {
  it('they do, where requests are counted by what they say', () => {
    for (const attack of ['asks for the clientId', 'claims the address'] as const) {
      const isAllowed = limitByWhatIsSent(MOST);
      for (let asked = 0; asked < MOST; asked += 1) isAllowed(authRequest(ATTACKS[attack]));
      const query = attack === 'claims the address' ? {} : { clientId: 'bob' };
      expect(isAllowed(authRequest({ query, headers: { 'x-forwarded-for': VICTIM_IP } }))).toBe(false);
    }
    // And whoever claims another address each time is never counted.
    const isAllowed = limitByWhatIsSent(MOST);
    const claims = Array.from({ length: 50 }, (_, n) =>
      authRequest({ headers: { 'x-forwarded-for': `192.0.2.${n}` } }),
    );
    expect(claims.every(isAllowed)).toBe(true);
  });

  it.each(Object.entries(ATTACKS))('not by one who %s', async (_, attack) => {
    const endpoint = limited();
    for (let asked = 0; asked < 5 * MOST; asked += 1) await endpoint.handle(authRequest(attack));
    for (const honest of [bob, victim]) {
      for (let asked = 0; asked < MOST; asked += 1) {
        expect((await endpoint.handle(authRequest(honest))).status).toBe(200);
      }
    }
  });

  it('nor does claiming other addresses, or being one of many sources, give anybody more', async () => {
    const endpoint = limited();
    const statuses: number[] = [];
    for (let asked = 0; asked < 4 * MOST; asked += 1) {
      const headers = { 'x-forwarded-for': `192.0.2.${asked}`, 'x-real-ip': `192.0.2.${asked}` };
      statuses.push((await endpoint.handle(authRequest({ ...at, headers }))).status);
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(MOST);
  });

  it('a crowd of callers in memory takes no room from who is banned', async () => {
    const store = memoryStore({ maxRecords: 1 });
    const endpoint = testEndpoint({ rules: RULES, rateLimit: { requests: 1, per: '1h' }, store });
    for (let crowd = 0; crowd < 20; crowd += 1) {
      const clientIp = `203.0.113.${crowd}`;
      expect((await endpoint.handle(authRequest({ platform: { clientIp } }))).status).toBe(200);
    }
    expect(await store.compareAndSet('gate:x', undefined, { value: 'a ban', expiresAtMs: 1 })).toBe(true);
  });
});
