/** What must be on the wire whatever the platform: the same requests over real HTTP, the same answers. */
import { describe, expect, it } from 'vitest';
import { STAGE_KEY } from '../../stage.ts';
import { ALLOWED_ORIGIN, cookieOf } from './settings.ts';

const FORM = 'application/x-www-form-urlencoded';

interface TokenRequestBody {
  readonly keyName: string;
  readonly timestamp: number;
  readonly ttl: number;
  readonly mac: string;
  readonly capability: string;
  readonly clientId?: string;
}

/** @param authUrl where the endpoint answers; asked when a test runs, because the tool has started by then */
export function describeWire(authUrl: () => string): void {
  const call = (query: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${authUrl()}${query}`, { redirect: 'manual', ...init });
  const asAda = (): Record<string, string> => ({ cookie: cookieOf('ada') });

  describe('over HTTP', () => {
    it('gives an anonymous caller a TokenRequest with the rights of visitors, which no cache may keep', async () => {
      const response = await call('?rnd=1');
      const body = (await response.json()) as TokenRequestBody;
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(response.headers.get('cache-control')).toMatch(/private.*no-store/);
      expect(response.headers.get('cdn-cache-control')).toBe('no-store');
      expect(response.headers.get('etag')).toBeNull();
      expect(body).toMatchObject({ keyName: STAGE_KEY.name, capability: '{"notifications":["subscribe"]}' });
      expect(Number.isInteger(body.timestamp) && Number.isInteger(body.ttl)).toBe(true);
      expect(Buffer.from(body.mac, 'base64')).toHaveLength(32);
      expect(body).not.toHaveProperty('clientId');
    });

    it('knows who is signed in by the cookie, whatever letters the name has', async () => {
      const response = await call('', { headers: { cookie: `theme=dark; ${cookieOf('zoë-李')}` } });
      expect(response.status).toBe(200);
      expect(((await response.json()) as TokenRequestBody).clientId).toBe('zoë-李');
    });

    it('refuses a cookie that it did not seal with 401, and clears it', async () => {
      const response = await call('', { headers: { cookie: '__Host-ably-auth-session=v1.a.b.c' } });
      expect(response.status).toBe(401);
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(response.headers.get('x-ably-errorcode')).toBe('40101');
      expect(response.headers.get('www-authenticate')).toBeNull();
      expect(await response.json()).toMatchObject({ error: { code: 40101, statusCode: 401 } });
      const setCookies = response.headers.getSetCookie();
      expect(setCookies).toHaveLength(1);
      expect(setCookies[0]).toMatch(/^__Host-ably-auth-session=; Path=\/; Max-Age=0; HttpOnly; SameSite=\w+; Secure$/);
    });

    it('answers the preflight of a listed origin with 204 and nothing else', async () => {
      const headers = {
        origin: ALLOWED_ORIGIN,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      };
      const response = await call('', { method: 'OPTIONS', headers });
      expect(response.status).toBe(204);
      expect(await response.text()).toBe('');
      expect(response.headers.get('access-control-allow-origin')).toBe(ALLOWED_ORIGIN);
      expect(response.headers.get('access-control-allow-credentials')).toBe('true');
      expect(response.headers.get('access-control-allow-methods')).toBe('GET, POST, OPTIONS');
      expect(response.headers.get('access-control-allow-headers')).toContain('authorization');
      expect(response.headers.get('vary')).toMatch(/\bOrigin\b/i);
    });

    it.each(['PUT', 'DELETE'])('answers %s with 405 and the methods that it has', async (method) => {
      const response = await call('', { method });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('GET, POST, OPTIONS');
      expect(response.headers.get('cache-control')).toMatch(/no-store/);
      expect(await response.json()).toMatchObject({ error: { code: 40500, statusCode: 405 } });
    });

    it('refuses a parameter that comes twice', async () => {
      const response = await call('?clientId=ada&clientId=bob', { headers: asAda() });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: { code: 40000, statusCode: 400 } });
    });

    it('refuses a parameter that the query and the form disagree about', async () => {
      const headers = { ...asAda(), 'content-type': FORM };
      const response = await call('?clientId=ada', { method: 'POST', headers, body: 'clientId=bob' });
      expect(response.status).toBe(400);
    });

    it.each([
      ['a form', FORM, new URLSearchParams({ capability: '{"room:7":["subscribe"]}', clientId: 'ada' }).toString()],
      ['JSON', 'application/json', JSON.stringify({ capability: '{"room:7":["subscribe"]}', clientId: 'ada' })],
    ])('reads what is asked for in the body when it is %s', async (_name, contentType, body) => {
      const headers = { ...asAda(), 'content-type': contentType };
      const response = await call('', { method: 'POST', headers, body });
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ clientId: 'ada', capability: '{"room:7":["subscribe"]}' });
    });

    it('refuses a body beyond 64 KiB', async () => {
      const headers = { ...asAda(), 'content-type': FORM };
      const response = await call('', { method: 'POST', headers, body: `clientId=${'a'.repeat(65_536)}` });
      expect(response.status).toBe(400);
      await response.arrayBuffer();
    });

    it('refuses a cookie that another site makes the browser send', async () => {
      const response = await call('', { headers: { ...asAda(), origin: 'https://elsewhere.example' } });
      expect(response.status).toBe(403);
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
      await response.arrayBuffer();
    });
  });
}
