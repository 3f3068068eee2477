import { describe, expect, it } from 'vitest';
import { createFetchHandler } from '../../adapters/fetch/handler.ts';
import { startNodeServer } from '../../adapters/node/serve.ts';
import { FAILURES } from '../../core/errors.ts';
import { TOKEN_FORMATS } from '../../core/token/settled-params.ts';
import {
  authRequest,
  headerOf,
  jsonOf,
  KEY_NAME,
  KEY_SECRET,
  NOW_MS,
  sessionCookie,
  testEndpoint,
} from '../core/auth-request.ts';
import { answerOf, everyOutcome } from './every-outcome.ts';
import { cacheableAnswer } from './naive/cacheable-answer.ts';
import { signWhatIsGiven } from './naive/naive-signer.ts';
import { behindCache, type SharedCache } from './shared-cache.ts';
import { RULES } from './support.ts';

const CACHES: Readonly<Record<string, SharedCache>> = {
  'any CDN': {},
  Vercel: { ownHeader: 'Vercel-CDN-Cache-Control' },
  Netlify: { ownHeader: 'Netlify-CDN-Cache-Control' },
  'one whose project rules cache /api/*': { rewritesCacheControl: 'public, max-age=60' },
};

const asking = (subject: string) => authRequest({ cookies: [sessionCookie({ subject })] });

describe('S9 no answer is cacheable', () => {
  for (const [name, cache] of Object.entries(CACHES)) {
    it(`${name}: gives bob the token of alice where the answer says nothing, and never ours`, async () => {
      const key = { name: KEY_NAME, secret: KEY_SECRET };
      const subjects = ['alice', 'bob'];
      const naive = behindCache(
        async () => cacheableAnswer(signWhatIsGiven(key, { clientId: subjects.shift() ?? '', timestamp: NOW_MS })),
        cache,
      );
      expect(jsonOf(await naive(asking('alice'))).clientId).toBe('alice');
      expect(jsonOf(await naive(asking('bob'))).clientId).toBe('alice');

      const ours = behindCache(testEndpoint({ rules: RULES }).handle, cache);
      expect(jsonOf(await ours(asking('alice'))).clientId).toBe('alice');
      expect(jsonOf(await ours(asking('bob'))).clientId).toBe('bob');
    });
  }

  it('provokes every reason of the table, and each format', async () => {
    const names = await Promise.all(everyOutcome().map(async (outcome) => (await answerOf(outcome)).name));
    expect(names).toEqual(everyOutcome().map(({ name }) => name));
    // What auto becomes is one of the others.
    expect(new Set([...names, 'auto'])).toEqual(new Set([...Object.keys(FAILURES), ...TOKEN_FORMATS, 'preflight']));
  });

  for (const outcome of everyOutcome()) {
    it(`says so on ${outcome.name}`, async () => {
      const { response } = await answerOf(outcome);
      expect(headerOf(response, 'Cache-Control')).toMatch(/\bprivate\b.*\bno-store\b/);
      for (const name of ['CDN-Cache-Control', 'Vercel-CDN-Cache-Control', 'Netlify-CDN-Cache-Control']) {
        expect(headerOf(response, name)).toBe('no-store');
      }
      for (const name of ['ETag', 'Last-Modified', 'Expires', 'Age']) expect(headerOf(response, name)).toBeUndefined();
    });
  }

  it('says so over HTTP as well, where the endpoint does not answer too', async () => {
    const endpoint = testEndpoint({ rules: RULES });
    const server = await startNodeServer({ endpoint, host: '127.0.0.1', port: 0 });
    try {
      for (const [path, init] of [
        ['/api/ably-auth', {}],
        ['/api/ably-auth', { method: 'HEAD' }],
        ['/api/ably-auth', { method: 'PUT', body: 'x' }],
        ['/api/ably-auth?capability=nonsense', {}],
        ['/elsewhere', {}],
      ] as const) {
        const { headers } = await fetch(`${server.url}${path}`, init);
        expect(headers.get('cache-control')).toMatch(/\bprivate\b.*\bno-store\b/);
        expect(headers.get('etag')).toBeNull();
      }
    } finally {
      await server.close();
    }
    const handle = createFetchHandler(endpoint);
    const { headers } = await handle(new Request('https://app.example/api/ably-auth'));
    expect(headers.get('cache-control')).toMatch(/no-store/);
    expect(headers.get('cdn-cache-control')).toBe('no-store');
  });

  it('two requests never get the same credential', async () => {
    const endpoint = testEndpoint({ rules: RULES });
    const bodies = await Promise.all(
      Array.from({ length: 50 }, async () => (await endpoint.handle(asking('bob'))).body),
    );
    expect(new Set(bodies).size).toBe(50);
  });
});
