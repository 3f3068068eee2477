/** The client helper in real Chromium, with the browser build of `ably`: cookies, CORS, tabs, and which refusal stops. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CHROMIUM, launchChromium } from '../../dev/screenshots/chromium.ts';
import { type AuthConfig, remembering, requestable } from '../../index.ts';
import { type ClientPage, startClient, startClientPage } from './client-page.ts';

if (!CHROMIUM)
  console.warn('SKIPPED, LOUDLY: no Chromium here, so nothing below was seen in a browser. Set CHROMIUM_PATH.');

const CONFIG: Partial<AuthConfig> = {
  rules: [{ name: 'everybody', grant: { lobby: ['subscribe'] } }],
  requestable: [
    requestable({
      resource: 'room:{id}',
      operations: ['publish', 'subscribe'],
      check: ({ id }) => /^[02468]$/.test(id),
    }),
  ],
  grants: remembering('client'),
};

describe.skipIf(!CHROMIUM)('the client helper in a browser', () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let on: ClientPage;
  const started: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    on = await startClientPage(CONFIG);
    started.push(on);
    context = await browser.newContext();
    page = await context.newPage();
  });
  afterEach(async () => {
    await context.close();
    for (const each of started.splice(0)) await each.close();
  });

  const refusals = (): number => on.events.filter(({ kind }) => kind === 'refused').length;
  const until = (...states: readonly string[]) => page.evaluate(`until(${states.map((state) => `'${state}'`).join()})`);

  it('goes on trying while nobody is signed in, says so once, and connects after the sign-in', async () => {
    await page.goto(on.url);
    await startClient(on, page);
    expect(await until('disconnected', 'failed')).toEqual({
      state: 'disconnected',
      cause: { code: 40101, statusCode: 401 },
    });
    while (refusals() < 3) await page.evaluate(`new Promise((next) => realtime.connection.once('disconnected', next))`);
    expect(await page.evaluate('signedOut')).toBe(1);
    await on.signIn(context, 'ada');
    expect(await until('connected', 'failed')).toMatchObject({ state: 'connected' });
    expect(await page.evaluate('realtime.auth.clientId')).toBe('ada');
  });

  it('stops when it is refused for good', async () => {
    await on.signIn(context, 'a*b');
    await page.goto(on.url);
    await startClient(on, page);
    expect(await until('connected', 'failed', 'disconnected')).toEqual({
      state: 'failed',
      cause: { code: 40300, statusCode: 403 },
    });
    expect([refusals(), await page.evaluate('signedOut')]).toEqual([1, 0]);
  });

  it.each([
    ['failed', 403, 40300, 'a foreign clientId is asked for', '', { clientId: 'bob' }],
    [
      'disconnected',
      401,
      40160,
      'nothing is left of the requested capability',
      '',
      { defaultTokenParams: { capability: { elsewhere: ['publish'] } } },
    ],
    ['disconnected', 400, 40000, 'the request is malformed', '?capability=not-json', {}],
  ])('ends %s (%d/%d) when %s, as with authUrl', async (state, statusCode, code, _, query, clientOptions) => {
    await on.signIn(context, 'ada');
    await page.goto(on.otherUrl);
    const url = `${on.url}/api/ably-auth${query}`;
    await startClient(on, page, { url, credentials: 'include' }, clientOptions);
    expect(await until('connected', 'failed', 'disconnected')).toEqual({ state, cause: { code, statusCode } });
  });

  it.each(['same', 'another'])('asks once while a server of %s origin says Retry-After', async (origin) => {
    on = await startClientPage(CONFIG, 'no key at all');
    started.push(on);
    await on.signIn(context, 'ada');
    await page.goto(origin === 'same' ? on.url : on.otherUrl);
    await startClient(on, page, { credentials: 'include' });
    for (let tries = 0; tries < 4; tries++) {
      const change = `new Promise((next) => realtime.connection.once('disconnected', next)).then(() => realtime.connection.errorReason.cause.statusCode)`;
      expect(await page.evaluate(change)).toBe(503);
    }
    expect(refusals()).toBe(1);
  });

  it.each([
    ['a page where the endpoint should be', '/portal'],
    ['a redirect to one', '/moved'],
  ])('goes on trying at %s', async (_, path) => {
    await page.goto(on.url);
    await startClient(on, page, { url: on.url + path });
    expect(await until('connected', 'failed', 'disconnected')).toEqual({
      state: 'disconnected',
      cause: { code: 40170, statusCode: 401 },
    });
  });

  it.each(['same', 'another'])(
    'gains a room without a disconnection on a page of %s origin, and hears which it does not',
    async (origin) => {
      await on.signIn(context, 'ada');
      await page.goto(origin === 'same' ? on.url : on.otherUrl);
      await startClient(on, page, { credentials: 'include' });
      await until('connected');
      expect(await page.evaluate(`auth.ensure(['room:2', 'room:3'])`)).toEqual({
        granted: ['room:2'],
        refused: ['room:3'],
      });
      expect(
        await page.evaluate(`auth.attachOrAsk(realtime.channels.get('room:4')).then((change) => change.current)`),
      ).toBe('attached');
      const refused = `auth.attachOrAsk(realtime.channels.get('room:5')).catch((error) => error.code)`;
      expect(await page.evaluate(refused)).toBe(40160);
      await page.evaluate(`realtime.channels.get('room:2').publish('greeting', 'hello')`);
      expect(await page.evaluate('states')).toEqual(['connecting', 'connected', 'connected', 'connected', 'connected']);
    },
  );

  it('goes on trying where the endpoint does not allow the origin: the browser hides why', async () => {
    on = await startClientPage({ ...CONFIG, allowedOrigins: [] });
    started.push(on);
    await page.goto(on.otherUrl);
    await startClient(on, page);
    expect(await until('connected', 'failed', 'disconnected')).toEqual({
      state: 'disconnected',
      cause: { code: 40170, statusCode: 401 },
    });
  });

  it('in two tabs of one person asks for two rooms at once: each tab gains its own', async () => {
    await on.signIn(context, 'ada');
    const tabs = [page, await context.newPage()];
    for (const tab of tabs) {
      await tab.goto(on.url);
      await startClient(on, tab);
    }
    const ask = (tab: Page, room: number) =>
      tab.evaluate(`auth.attachOrAsk(realtime.channels.get('room:${room}')).then((change) => change.current)`);
    expect(await Promise.all(tabs.map((tab, index) => ask(tab, index * 2)))).toEqual(['attached', 'attached']);
    await Promise.all(tabs.map((tab) => tab.evaluate('realtime.auth.authorize().then(() => 0)')));
    const state = (tab: Page, room: number) => tab.evaluate(`realtime.channels.get('room:${room}').state`);
    expect(await Promise.all(tabs.map((tab, index) => state(tab, index * 2)))).toEqual(['attached', 'attached']);
  });

  describe('with signed grants', () => {
    beforeEach(async () => {
      on = await startClientPage({ ...CONFIG, grants: remembering('signed') });
      started.push(on);
      await on.signIn(context, 'ada');
    });

    const attach = (tab: Page, room: number) =>
      tab.evaluate(
        `realtime.channels.get('room:${room}').attach().then((change) => change.current, (error) => error.code)`,
      );
    const attachOrAsk = (tab: Page, room: number) =>
      tab.evaluate(`auth.attachOrAsk(realtime.channels.get('room:${room}')).then((change) => change.current)`);
    const renew = (tab: Page) => tab.evaluate('realtime.auth.authorize().then(() => 0)');
    const state = (tab: Page, room: number) => tab.evaluate(`realtime.channels.get('room:${room}').state`);

    it('remembers in a cookie, which no script reads and which a new page has at once', async () => {
      await page.goto(on.url);
      await startClient(on, page, { holds: 'nothing' });
      await until('connected');
      expect(await attachOrAsk(page, 2)).toBe('attached');
      await renew(page);
      expect(await state(page, 2)).toBe('attached');
      const grant = (await context.cookies()).find(({ name }) => name === 'ably-auth-grant-dev');
      expect(grant).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
      await page.reload();
      await startClient(on, page, { holds: 'nothing' });
      expect(await attach(page, 2)).toBe('attached');
    });

    it('remembers in a header for a page of another origin', async () => {
      await page.goto(on.otherUrl);
      await startClient(on, page, { credentials: 'include', holds: 'grant' });
      await until('connected');
      expect(await attachOrAsk(page, 2)).toBe('attached');
      expect(await attachOrAsk(page, 4)).toBe('attached');
      await renew(page);
      expect([await state(page, 2), await state(page, 4)]).toEqual(['attached', 'attached']);
      expect(await page.evaluate('states')).not.toContain('disconnected');
      expect((await context.cookies()).map(({ name }) => name)).toEqual(['ably-auth-session-dev']);
    });

    it.each(['resources', 'nothing'] as const)(
      'lets two tabs that race on the cookie lose a memory, and never gain a right (each holds its %s)',
      async (holds) => {
        const tabs = [page, await context.newPage()];
        for (const tab of tabs) {
          await tab.goto(on.url);
          await startClient(on, tab, { holds });
          await tab.evaluate(`until('connected')`);
        }
        await Promise.all(tabs.map((tab, index) => attachOrAsk(tab, index * 2)));
        await Promise.all(tabs.map(renew));
        const states = await Promise.all(tabs.map((tab, index) => state(tab, index * 2)));
        // With the list that each tab holds, what the race lost is asked for again.
        if (holds === 'resources') expect(states).toEqual(['attached', 'attached']);
        else expect(states.filter((each) => each === 'attached').length).toBeGreaterThanOrEqual(1);
        expect(await Promise.all(tabs.map((tab) => attach(tab, 7)))).toEqual([40160, 40160]);
      },
    );
  });
});
