/**
 * Endpoints on loopback, each ours with one mistake: the doctor finds that mistake, says the right thing about it, and
 * finds nothing else but what cannot but follow.
 */

import type { RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createNodeHandler } from '../../../adapters/node/handler.ts';
import { readNodeRequest } from '../../../adapters/node/read-request.ts';
import type { Verdict } from '../../../cli/doctor/check.ts';
import { type Diagnosis, diagnose } from '../../../cli/doctor/diagnose.ts';
import { MAX_REQUESTS, type Target } from '../../../cli/doctor/visit.ts';
import { BROKEN_ANSWERS } from './broken-answers.ts';
import { BROKEN_KEYS, SECRETS } from './broken-keys.ts';
import { BROKEN_MANNERS } from './broken-manners.ts';
import { BROKEN_ORIGINS } from './broken-origins.ts';
import { BROKEN_RIGHTS } from './broken-rights.ts';
import { goodEndpoint, type Served, serve, serveEndpoint, targetOf } from './endpoints.ts';

let served: Served | undefined;
afterEach(() => served?.close());

function ids({ results }: Diagnosis, verdict: Verdict): readonly string[] {
  return results.filter((result) => result.verdict === verdict).map(({ check }) => check.id);
}

function seenBy({ results }: Diagnosis, id: string): string | undefined {
  return results.find(({ check }) => check.id === id)?.seen;
}

describe('an endpoint with one mistake', () => {
  it.each([...BROKEN_ANSWERS, ...BROKEN_RIGHTS, ...BROKEN_MANNERS, ...BROKEN_ORIGINS, ...BROKEN_KEYS])(
    '$title',
    async ({ change, config, target, found, isWarning, follows = [], alsoWarns = [] }) => {
      served = await serveEndpoint({ handle: change(goodEndpoint(config).handle) });
      const diagnosis = await diagnose(targetOf(served.url, target));
      const [id, seen] = found;
      expect(seenBy(diagnosis, id)).toMatch(seen);
      expect(ids(diagnosis, isWarning ? 'warns' : 'fails')).toContain(id);
      expect(new Set(ids(diagnosis, 'fails'))).toEqual(new Set(isWarning ? follows : [id, ...follows]));
      expect(new Set(ids(diagnosis, 'warns'))).toEqual(new Set(isWarning ? [id, ...alsoWarns] : alsoWarns));
      const shown = JSON.stringify(diagnosis.results);
      expect(SECRETS.filter((secret) => shown.includes(secret))).toEqual([]);
    },
  );
});

describe('what stands before the endpoint', () => {
  const handle = createNodeHandler(goodEndpoint());

  async function behind(listener: RequestListener, target: Partial<Target> = {}): Promise<Diagnosis> {
    served = await serve(listener);
    return diagnose(targetOf(served.url, target));
  }

  it('sends a POST elsewhere', async () => {
    const diagnosis = await behind((req, res) => {
      if (req.method === 'POST') res.writeHead(308, { Location: `${req.url}/` }).end();
      else handle(req, res);
    });
    expect(ids(diagnosis, 'fails')).toEqual(['no-redirect']);
    expect(seenBy(diagnosis, 'no-redirect')).toBe('POST: 308 to "/api/ably-auth/"');
    expect(ids(diagnosis, 'warns')).toEqual(['forms-agree']);
  });

  it('compresses whatever passes', async () => {
    const endpoint = goodEndpoint();
    const diagnosis = await behind(async (req, res) => {
      const { status, headers, body } = await endpoint.handle(readNodeRequest(req, await text(req)));
      res.writeHead(status, [...headers.flat(), 'Content-Encoding', 'gzip']).end(gzipSync(body));
    });
    expect(ids(diagnosis, 'fails')).toEqual(['compression']);
  });

  it('reads no long address', async () => {
    const diagnosis = await behind((req, res) => {
      if ((req.url ?? '').length > 2_000) res.writeHead(414).end();
      else handle(req, res);
    });
    expect(ids(diagnosis, 'fails')).toEqual(['size']);
  });

  it('falls over a HEAD', async () => {
    const diagnosis = await behind((req, res) => {
      if (req.method === 'HEAD') res.writeHead(502).end();
      else handle(req, res);
    });
    expect(ids(diagnosis, 'fails')).toEqual(['methods']);
  });

  it('is slower than clients wait', async () => {
    const slow: RequestListener = (req, res) => {
      setTimeout(() => handle(req, res), 60);
    };
    const diagnosis = await behind(slow, { clientPatienceMs: 50 });
    expect(ids(diagnosis, 'fails')).toEqual(['first-byte']);
  });

  it('does not answer in time', async () => {
    const diagnosis = await behind(() => {}, { timeoutMs: 50, clientPatienceMs: 50 });
    expect(ids(diagnosis, 'fails')).toEqual(['reachable']);
    expect(seenBy(diagnosis, 'reachable')).toBe('no answer in 50 ms');
    expect(diagnosis.requests).toBe(1);
  });

  it('answers with a crash', async () => {
    const diagnosis = await behind(
      (_req, res) => void res.writeHead(500, { 'Content-Type': 'text/html' }).end('<h1>Oops</h1>'),
    );
    expect(ids(diagnosis, 'fails')).toContain('credential');
    expect(ids(diagnosis, 'not checked')).toEqual(
      expect.arrayContaining([
        'ably-js',
        'ably-java',
        'ably-cocoa',
        'ably-flutter',
        'capability',
        'ttl',
        'clock',
        'foreign-client-id',
      ]),
    );
  });

  it('serves nothing at that path', async () => {
    const diagnosis = await behind((_req, res) => void res.writeHead(404).end());
    expect(seenBy(diagnosis, 'reachable')).toMatch(/404 .*nothing is served there/);
    expect(ids(diagnosis, 'fails')).toEqual(['reachable']);
  });

  it('answers half, and no more', async () => {
    const diagnosis = await behind((_req, res) => void res.writeHead(200).write('{'), { timeoutMs: 200 });
    expect(seenBy(diagnosis, 'reachable')).toBe('no answer in 200 ms');
  });

  it('is late now and then', async () => {
    let asked = 0;
    const diagnosis = await behind(
      (req, res) => {
        asked += 1;
        if (asked === 6) return;
        handle(req, res);
      },
      { timeoutMs: 3_000, clientPatienceMs: 3_000 },
    );
    expect(ids(diagnosis, 'fails')).toEqual(['first-byte']);
  });

  it('limits how often one may ask, and says when to come again', async () => {
    let left = 30;
    const limited: RequestListener = (req, res) => {
      left -= 1;
      if (left >= 0) return handle(req, res);
      left = 30;
      res.writeHead(401, { 'X-Ably-ErrorCode': '42910', 'Retry-After': '1' }).end();
    };
    const waits: number[] = [];
    served = await serve(limited);
    const { results } = await diagnose(targetOf(served.url), { onWait: (seconds) => waits.push(seconds) });
    expect(waits).toEqual([1]);
    expect(results.filter(({ verdict }) => verdict !== 'passes')).toEqual([]);
  });

  it('limits how often one may ask, and does not say for how long', async () => {
    const { requests, results } = await behind((req, res) => {
      if (req.url?.includes('clientId')) res.writeHead(401, { 'X-Ably-ErrorCode': '42910' }).end();
      else handle(req, res);
    });
    expect(requests).toBeLessThanOrEqual(MAX_REQUESTS);
    const unchecked = results.find(({ check }) => check.id === 'foreign-client-id');
    expect(unchecked).toMatchObject({ verdict: 'not checked', seen: expect.stringContaining('limits how often') });
  });

  it.each([
    ['429', { status: 429, headers: {} }, ['error-codes']],
    ['401 / 42910', { status: 401, headers: { 'X-Ably-ErrorCode': '42910' } }, []],
  ])('always says that it is asked too often, by %s', async (_, { status, headers }, failing) => {
    const diagnosis = await behind((_req, res) => void res.writeHead(status, headers).end());
    expect(seenBy(diagnosis, 'reachable')).toMatch(/^4\d\d from .* ms: it limits how often it may be asked$/);
    expect(ids(diagnosis, 'passes')).toContain('reachable');
    expect(ids(diagnosis, 'fails')).toEqual(failing);
    expect(seenBy(diagnosis, 'credential')).toContain('limits how often');
    expect(JSON.stringify(diagnosis.results)).not.toContain('was not reached');
  });

  it('serves a page for every address', async () => {
    const diagnosis = await behind(
      (_req, res) => void res.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html>'),
    );
    expect(ids(diagnosis, 'fails')).toContain('credential');
    expect(diagnosis.results.find(({ check }) => check.id === 'credential')?.fix).toMatch(/^A page is served there/);
  });
});

it('says of an address where nobody listens that it is that', async () => {
  const gone = await serve(() => {});
  gone.close();
  const diagnosis = await diagnose(targetOf(gone.url));
  expect(seenBy(diagnosis, 'reachable')).toBe('no connection (ECONNREFUSED)');
  expect(ids(diagnosis, 'fails')).toEqual(['reachable']);
  expect(ids(diagnosis, 'passes')).toEqual(['tls']);
});

it('shows no credential, neither the caller’s nor one that was given', async () => {
  for (const tokenFormat of ['token-request', 'jwt'] as const) {
    const server = await serveEndpoint(goodEndpoint({ tokenFormat }));
    const target = targetOf(server.url);
    const { results } = await diagnose(target);
    server.close();
    const shown = JSON.stringify(results);
    for (const [, value] of target.credential) expect(shown).not.toContain(value);
    expect(shown).not.toMatch(/eyJ|"mac"|"nonce":/);
  }
});

it('shows no credential that the endpoint itself repeats', async () => {
  served = await serve((req, res) => {
    const message = `not valid: ${req.headers.authorization} ${req.headers.cookie}`;
    res.writeHead(401, { 'Content-Type': 'application/json', 'WWW-Authenticate': `Bearer ${message}` });
    res.end(JSON.stringify({ error: { message } }));
  });
  const cookie = `session=${'c'.repeat(40)}`;
  const bearer = `Bearer ${'t'.repeat(40)}`;
  const target = targetOf(served.url, {
    credential: [
      ['Authorization', bearer],
      ['Cookie', cookie],
    ],
  });
  const shown = JSON.stringify((await diagnose(target)).results);
  expect(shown).toContain('not valid: Bearer …');
  expect(shown).not.toMatch(/t{9}|c{9}/);
});
