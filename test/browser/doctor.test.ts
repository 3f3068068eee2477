/**
 * What the doctor says of browsers, held against Chromium: what ably-js makes of an answer there, and what CORS headers let a
 * page see.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ablyJs, inBrowser } from '../../cli/doctor/clients/ably-js.ts';
import type { CheckResult } from '../../cli/doctor/diagnose.ts';
import { diagnose } from '../../cli/doctor/diagnose.ts';
import { exchange } from '../../cli/doctor/exchange.ts';
import { CHROMIUM, launchChromium } from '../../dev/screenshots/chromium.ts';
import { type Answer, CREDENTIALS, ODD_ON_NODE, REFUSALS, serveAnswer, title } from '../cli/doctor/ably-js-answers.ts';
import type { Broken } from '../cli/doctor/broken.ts';
import { BROKEN_ORIGINS } from '../cli/doctor/broken-origins.ts';
import { bearerOf, goodEndpoint, ORIGIN, type Served, serveEndpoint, targetOf } from '../cli/doctor/endpoints.ts';

if (!CHROMIUM)
  console.warn('SKIPPED, LOUDLY: no Chromium here, so nothing below was seen in a browser. Set CHROMIUM_PATH.');

const ABLY = readFileSync(join(dirname(createRequire(import.meta.url).resolve('ably')), 'ably.min.js'), 'utf8');
const PAGE = `<!doctype html><title>doctor</title><link rel="icon" href="data:,"><script>${ABLY.replaceAll('</script', '<\\/script')}</script>`;

const ENVELOPE: Answer = {
  type: 'application/json',
  body: JSON.stringify({ token: 'fake', issued: 1, expires: 2, response: 'ok' }),
};
const titled = (answers: readonly Answer[]) => answers.map((answer) => ({ answer, title: title(answer) }));

describe.skipIf(!CHROMIUM)('in a browser', () => {
  let browser: Browser;
  let served: Served | undefined;
  let page: Page;

  beforeAll(async () => {
    // A page on plain HTTP may ask no machine that is near, and an endpoint is far: here it is this machine.
    browser = await launchChromium(['--disable-features=LocalNetworkAccessChecks']);
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    served?.close();
  });

  /** Opens a page beside the answer, with ably-js on it, and what the page's client options are. */
  async function open(answer: Answer): Promise<string> {
    served = await serveAnswer(answer, PAGE);
    page = await browser.newPage();
    await page.goto(new URL('/', served.url).href);
    const { hostname, port, href } = new URL(served.url);
    return JSON.stringify({
      ...{ authUrl: href, endpoint: hostname, port: Number(port), tls: false, logLevel: 0 },
      ...{ disconnectedRetryTimeout: 60_000, realtimeRequestTimeout: 2_000 },
    });
  }

  const seen = (): ReturnType<typeof exchange> =>
    exchange({ method: 'GET', url: new URL(served?.url ?? ''), headers: [] }, 5_000);

  describe('ably-js', () => {
    it.each(titled([...CREDENTIALS, ENVELOPE]))('takes what the doctor says it takes: $title', async ({ answer }) => {
      const options = await open(answer);
      const taken = await page.evaluate<boolean>(
        `new Ably.Rest(${options}).auth.requestToken().then(() => true, ({ code }) => code === 40400)`,
      );
      const problem = ablyJs.problem(await seen());
      // Without a type Node refuses what a browser parses: the doctor speaks of both.
      if (problem === undefined || answer.type !== undefined) expect(problem === undefined).toBe(taken);
    });

    it.each(titled([...REFUSALS, ...ODD_ON_NODE]))(
      'stops or tries again as the doctor says after $title',
      async ({ answer }) => {
        const options = await open(answer);
        const state = await page.evaluate<string>(`new Promise((resolve) => {
        const { connection } = new Ably.Realtime(${options});
        connection.on(['failed', 'disconnected'], ({ current }) => resolve(current));
      })`);
        expect(inBrowser(await seen())).toBe(state === 'failed' ? 'stops' : 'retries');
      },
    );
  });

  describe('CORS', () => {
    const about = new Set(['preflight', 'cors', 'foreign-origin']);
    const good: Pick<Broken, 'title' | 'change'> = { title: 'ours', change: (handle) => handle };
    const endpoints = [good, ...BROKEN_ORIGINS.filter(({ found: [id] }) => about.has(id))];

    async function openAt(origin: string): Promise<void> {
      page = await browser.newPage();
      await page.route(`${origin}/**`, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
      await page.goto(`${origin}/`);
      // While it is there, preflights are answered by the one who put it there.
      await page.unrouteAll();
    }

    /** The status that a page of that origin sees, or 0 for a network error. */
    async function statusFrom(origin: string, query: string, headers: object): Promise<number> {
      await openAt(origin);
      const options = JSON.stringify({ headers, credentials: 'include' });
      return page.evaluate<number>(
        `fetch(${JSON.stringify(`${served?.url}${query}`)}, ${options}).then(({ status }) => status, () => 0)`,
      );
    }

    /** Whether a page of that origin has its function called by what the endpoint gives for a script. */
    async function isCalledAt(origin: string): Promise<boolean> {
      await openAt(origin);
      const src = JSON.stringify(`${served?.url}?callback=readsThis`);
      return page.evaluate<boolean>(`new Promise((resolve) => {
        window.readsThis = () => resolve(true);
        const script = document.createElement('script');
        script.onload = script.onerror = () => resolve(false);
        script.src = ${src};
        document.head.append(script);
      })`);
    }

    it.each(endpoints)('lets a page see what the doctor says: $title', async ({ change }) => {
      served = await serveEndpoint({ handle: change(goodEndpoint().handle) });
      const { results } = await diagnose(targetOf(served.url));
      const isWell = (id: string): boolean =>
        results.find(({ check }: CheckResult) => check.id === id)?.verdict === 'passes';
      const headers = { authorization: `Bearer ${bearerOf('bob')}` };
      const seenByPage = [
        await statusFrom(ORIGIN, '', headers),
        await statusFrom(ORIGIN, '?clientId=mallory', headers),
      ];
      expect(seenByPage.every((status) => status > 0)).toBe(isWell('preflight') && isWell('cors'));
      const strangers = [
        ...['https://stranger.example', `${ORIGIN}.stranger.example`, 'https://evil-app.example'],
        ...['http://app.example', `${ORIGIN}:8443`],
      ];
      const seenByStrangers = [];
      // Without a header of their own no preflight stands in their way.
      for (const stranger of strangers) seenByStrangers.push(await statusFrom(stranger, '', {}));
      // What "*" allows together with credentials, browsers refuse: the mistake harms the endpoint's own pages.
      const isCalled = await isCalledAt('https://stranger.example');
      const isStar = results.some(({ check, seen: said }) => check.id === 'foreign-origin' && said.startsWith('"*"'));
      const isKept = seenByStrangers.every((status) => status === 0) && !isCalled;
      expect(isKept).toBe(isWell('foreign-origin') || isStar);
    });
  });
});
