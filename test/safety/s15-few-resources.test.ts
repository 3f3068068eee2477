import { describe, expect, it } from 'vitest';
import { authRequest, postJson, sessionCookie } from '../core/auth-request.ts';
import { roomsEndpoint } from '../grants/asking.ts';
import { asksAboutEach } from './naive/asked-by-prefix.ts';
import { expectRefusal } from './support.ts';

const MANY = JSON.stringify(Array.from({ length: 10_000 }, (_, n) => `room:${n}`));
const cookies = [sessionCookie()];

describe('S15 ten thousand resources in one request', () => {
  it('are ten thousand queries, where each is asked about', async () => {
    let queries = 0;
    await asksAboutEach(MANY, async () => {
      queries += 1;
      return false;
    });
    expect(queries).toBe(10_000);
  });

  it('are 400 with ours, by every way, and no check is asked', async () => {
    const { handle, checked } = roomsEndpoint(() => true);
    for (const request of [
      authRequest({ cookies, query: { resources: MANY } }),
      authRequest({ cookies, query: JSON.parse(MANY).map((room: string) => ['resources', room] as const) }),
      authRequest({ cookies, headers: { 'x-ably-auth-resources': MANY } }),
      postJson({ resources: MANY }, { cookies }),
      postJson({ resources: JSON.parse(MANY) }, { cookies }),
    ]) {
      expectRefusal(await handle(request), 400, 40000);
    }
    expect(checked).toEqual([]);
  });
});
