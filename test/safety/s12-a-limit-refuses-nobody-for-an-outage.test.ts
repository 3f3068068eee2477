import { describe, expect, it } from 'vitest';
import { StoreError } from '../../core/stores.ts';
import { authRequest, headerOf, sessionCookie, testEndpoint } from '../core/auth-request.ts';
import { statusOf } from './naive/outage-is-forbidden.ts';
import { expectRefusal, RULES } from './support.ts';

const PASSWORD = 'hunter2-of-the-store';
const down = async (): Promise<never> => {
  throw new StoreError('redis', 'could not be used (ECONNREFUSED).', { cause: new Error(PASSWORD) });
};
const broken = async (): Promise<never> => {
  throw new TypeError(PASSWORD);
};
const hanging = (): Promise<never> => new Promise(() => {});

const bob = () => authRequest({ cookies: [sessionCookie({ subject: 'bob' })] });

function limited(read: () => Promise<never>, onStoreOutage: 'open' | 'closed') {
  return testEndpoint({
    rules: RULES,
    rateLimit: { requests: 2, per: '1h' },
    onStoreOutage,
    store: { name: 'redis', read, compareAndSet: read, delete: read },
  });
}

describe('S12 a limit refuses nobody for an outage', () => {
  it('everybody is, and for good, where what goes wrong on the way is forbidden', async () => {
    expect(await statusOf(down)).toBe(403);
  });

  it.each([
    ['is down', down],
    ['breaks its word', broken],
    ['hangs', hanging],
  ])('a store that %s: each is served, counted by this instance alone, and it is said', async (_, read) => {
    const endpoint = limited(read, 'open');
    const answers = [await endpoint.handle(bob()), await endpoint.handle(bob())];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const outages = endpoint.events.flatMap((event) => (event.kind === 'issued' ? [event.limitOutage] : []));
    expect(outages).toEqual([expect.stringMatching(/^redis: /), expect.stringMatching(/^redis: /)]);
    // Who asks too often is refused all the same, and may come back.
    const refused = await endpoint.handle(bob());
    expectRefusal(refused, 401, 42910);
    expect(Number(headerOf(refused, 'Retry-After'))).toBeGreaterThan(0);
    expect(JSON.stringify([endpoint.events, answers, refused])).not.toContain(PASSWORD);
  });

  it('what the gate says of the same outage holds: closed, nobody is served, and everybody may come back', async () => {
    const endpoint = limited(down, 'closed');
    expectRefusal(await endpoint.handle(bob()), 503, 50000);
  });
});
