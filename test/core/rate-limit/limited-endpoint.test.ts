/** The limit on the way of a request: whom it refuses, with what, and what the log is told. */
import { describe, expect, it } from 'vitest';
import { configureEndpoint, defineAuth, guest, type OpenLimit, session } from '../../../index.ts';
import {
  authRequest,
  type EndpointToTest,
  errorOf,
  headerOf,
  type RequestToWrite,
  SESSION_SECRET,
  sessionCookie,
  testEndpoint,
  testKey,
} from '../auth-request.ts';

const RULES = [
  { name: 'strangers', when: { kind: ['anonymous', 'guest'] }, grant: { news: ['subscribe'] } },
  { name: 'members', grant: { 'room:{sub}': ['publish'] } },
] as const;
const TWO = { requests: 2, per: '1m' } as const;

function limited(options: EndpointToTest = {}) {
  const endpoint = testEndpoint({ rules: RULES, rateLimit: TWO, ...options });
  const statuses = async (count: number, written: RequestToWrite): Promise<readonly number[]> => {
    const asked = Array.from({ length: count }, () => endpoint.handle(authRequest(written)));
    return (await Promise.all(asked)).map(({ status }) => status).sort();
  };
  return { endpoint, statuses };
}

const as = (subject: string): RequestToWrite => ({ cookies: [sessionCookie({ subject })] });
const from = (clientIp: string): RequestToWrite => ({ platform: { clientIp } });

describe('an endpoint with a limit', () => {
  it('is in order, and one whose parts cannot count says so', () => {
    expect(limited().endpoint.problems).toEqual([]);
    const source = { name: 'test', setting: 'ABLY_API_KEY', loadCurrent: testKey, loadPrevious: async () => undefined };
    const { problems } = configureEndpoint({
      definition: defineAuth(() => ({
        sources: [session({ secrets: [SESSION_SECRET] })],
        rules: [RULES[1]],
        rateLimit: TWO,
      })),
      env: {},
      keySource: { ok: true, source },
    });
    expect(problems).toMatchObject([{ setting: 'rateLimit', fix: expect.stringContaining('openLimit') }]);
  });

  it('answers 401, 42910 and when to come again, and says it in the log', async () => {
    const { endpoint, statuses } = limited();
    expect(await statuses(2, as('bob'))).toEqual([200, 200]);
    const response = await endpoint.handle(authRequest(as('bob')));
    expect(errorOf(response)).toMatchObject({ statusCode: 401, code: 42910 });
    expect(headerOf(response, 'X-Ably-ErrorCode')).toBe('42910');
    const seconds = Number(headerOf(response, 'Retry-After'));
    expect(Number.isSafeInteger(seconds) && seconds > 0 && seconds <= 60).toBe(true);
    expect(response.cookies).toEqual([]);
    expect(endpoint.events.at(-1)).toMatchObject({
      kind: 'refused',
      reason: 'rate-limited',
      status: 401,
      detail: 'more than 2 in 60 s',
      caller: { source: 'session', identityKind: 'user', subjectHash: expect.any(String) },
    });
  });

  it('takes the setting where the config says nothing', async () => {
    const { statuses } = limited({ rateLimit: undefined as never, env: { ABLY_AUTH_RATE_LIMIT: '1/1m' } });
    expect(await statuses(3, as('bob'))).toEqual([200, 401, 401]);
  });

  it('counts whoever is known wherever they ask from, by GET and POST alike, and no preflight', async () => {
    const { endpoint, statuses } = limited();
    expect(await statuses(5, { ...as('bob'), method: 'OPTIONS' })).toEqual([204, 204, 204, 204, 204]);
    expect(await statuses(1, { ...as('bob'), ...from('203.0.113.7') })).toEqual([200]);
    expect(await statuses(1, { ...as('bob'), method: 'POST', ...from('203.0.113.8') })).toEqual([200]);
    expect(await statuses(2, { ...as('bob'), ...from('203.0.113.9') })).toEqual([401, 401]);
    expect(endpoint.events.filter((event) => event.kind === 'refused')).toHaveLength(2);
  });

  it('counts strangers by their address, and those behind a proxy not at all', async () => {
    const { statuses } = limited();
    expect(await statuses(3, from('203.0.113.7'))).toEqual([200, 200, 401]);
    expect(await statuses(1, from('203.0.113.8'))).toEqual([200]);
    expect(await statuses(5, from('10.0.0.1'))).toEqual([200, 200, 200, 200, 200]);
    expect(await statuses(5, {})).toEqual([200, 200, 200, 200, 200]);
    const open = limited({ rateLimit: { ...TWO, strangersBy: 'nothing' } });
    expect(await open.statuses(5, from('203.0.113.7'))).toEqual([200, 200, 200, 200, 200]);
  });

  it('counts who becomes a guest by their address, and who is one by name', async () => {
    const { endpoint, statuses } = limited({ sources: [guest({ secrets: [SESSION_SECRET] })] });
    const asNew = { headers: { 'x-ably-auth-guest': 'new' }, ...from('203.0.113.7') };
    const first = await endpoint.handle(authRequest(asNew));
    const known = { headers: { 'x-ably-auth-guest': headerOf(first, 'X-Ably-Auth-Guest') ?? '' } };
    expect(await statuses(2, asNew)).toEqual([200, 401]);
    expect(await statuses(2, { ...known, ...from('203.0.113.7') })).toEqual([200, 200]);
    expect(await statuses(1, { ...known, ...from('203.0.113.8') })).toEqual([401]);
    // As a page of its own site, whose guest is kept in a cookie, or in nothing at all.
    const page = { headers: { 'sec-fetch-site': 'same-origin' }, ...from('203.0.113.9') };
    expect(await statuses(3, page)).toEqual([200, 200, 401]);
    expect(await statuses(3, { ...from('203.0.113.10') })).toEqual([200, 200, 401]);
  });

  it('does not count who could not be identified, nor health', async () => {
    const { statuses } = limited();
    expect(await statuses(5, { cookies: [['__Host-ably-auth-session', 'x']], ...from('203.0.113.7') })).toEqual(
      Array(5).fill(401),
    );
    expect(await statuses(5, { query: { health: '' }, ...from('203.0.113.7') })).toEqual(Array(5).fill(200));
    expect(await statuses(2, from('203.0.113.7'))).toEqual([200, 200]);
  });

  it('says in the event what the store failed with, and serves all the same', async () => {
    const outage: OpenLimit = () => async () => 'redis: could not be used (ECONNREFUSED).';
    const events: unknown[] = [];
    const endpoint = configureEndpoint({
      definition: defineAuth(() => ({
        sources: [session({ secrets: [SESSION_SECRET] })],
        rules: [RULES[1]],
        rateLimit: TWO,
      })),
      env: {},
      keySource: {
        ok: true,
        source: { name: 'test', setting: 'ABLY_API_KEY', loadCurrent: testKey, loadPrevious: async () => undefined },
      },
      openLimit: outage,
      onEvent: (event) => events.push(event),
    });
    const cookies = [sessionCookie({ subject: 'bob' }, Date.now())];
    expect((await endpoint.handle(authRequest({ cookies }))).status).toBe(200);
    expect(events.at(-1)).toMatchObject({ kind: 'issued', limitOutage: 'redis: could not be used (ECONNREFUSED).' });
  });

  it('is off where the config says so, whatever the environment says', async () => {
    const { endpoint } = limited({ rateLimit: false, env: { ABLY_AUTH_RATE_LIMIT: '1/1m' } });
    await Promise.all(Array.from({ length: 5 }, () => endpoint.handle(authRequest(as('bob')))));
    expect(endpoint.events.filter(({ kind }) => kind === 'refused')).toEqual([]);
  });
});
