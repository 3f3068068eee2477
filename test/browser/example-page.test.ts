/**
 * examples/browser, the page itself from its own server, in real Chromium: by cookie and `authUrl` signs in, renews, is
 * signed out, refused or told to try again, becomes somebody else, and opens one more channel.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import * as Ably from 'ably';
import type { Browser, BrowserContext, Page, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, launchChromium } from '../../dev/screenshots/chromium.ts';
import { type LocalServer, type LocalServerOptions, startLocalServer } from '../examples/local-server.ts';
import { ROOT } from '../house/source-files.ts';
import { freePort } from '../platforms/support/free-port.ts';
import { STAGE_KEY } from '../stage.ts';

if (!CHROMIUM)
  console.warn('SKIPPED, LOUDLY: no Chromium here, so nothing below was seen in a browser. Set CHROMIUM_PATH.');

/** One after the other, as somebody with patience does. */
const OPEN_A_HUNDRED = `(async () => {
  const messages = document.getElementById('messages');
  for (let n = 0; n < 100; n++) {
    const said = new Promise((resolve) => new MutationObserver(resolve).observe(messages, { childList: true }));
    document.querySelector('[name="channel"]').value = 'room:' + n;
    document.getElementById('open').requestSubmit();
    await said;
  }
})()`;

describe.skipIf(!CHROMIUM)('the browser example', () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let on: LocalServer;
  let own: ChildProcess | undefined;

  beforeAll(async () => {
    // A name that browsers do not trust as they do 127.0.0.1.
    browser = await launchChromium(['--host-resolver-rules=MAP machine.test 127.0.0.1']);
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    await context?.close();
    own?.kill();
    await on?.close();
  });

  async function open(options?: LocalServerOptions, at?: URL): Promise<void> {
    on = await startLocalServer(options);
    own = spawn(process.execPath, ['serve.js'], {
      cwd: join(ROOT, 'examples/browser'),
      env: { ENDPOINT: on.url, PORT: at?.port ?? '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(own.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    context = await browser.newContext();
    page = await context.newPage();
    await page.goto(at?.href ?? line.toString().trim());
  }

  const state = (name: string, text: string, of = page) =>
    of.locator(`#state[data-state="${name}"]`, { hasText: text }).waitFor();
  const says = (text: string) => page.locator('#messages li', { hasText: text }).waitFor();

  async function signIn(name: string, of = page): Promise<void> {
    await of.fill('[name="name"]', name);
    await of.click('#sign-in button');
  }
  async function openChannel(name: string): Promise<void> {
    await page.fill('[name="channel"]', name);
    await page.click('#open button');
  }
  const messages = () => page.locator('#messages li').allTextContents();
  async function publish(text: string, to = 'news'): Promise<void> {
    await expect.poll(() => on.service.connections().some(({ channels }) => channels.includes(to))).toBe(true);
    const server = new Ably.Rest({ ...on.service.clientOptions, key: `${STAGE_KEY.name}:${STAGE_KEY.secret}` });
    await server.channels.get(to).publish('headline', text);
  }
  const connectedAs = () => on.service.connections().map(({ clientId }) => clientId);

  it('asks to sign in, connects under that name, and signs out again', async () => {
    await open();
    await state('signed-out', 'Please sign in');
    await signIn('ada');
    await state('connected', 'Connected as ada');
    expect(connectedAs()).toEqual(['ada']);
    await page.click('#sign-out');
    await state('signed-out', 'Please sign in');
    expect(connectedAs()).toEqual([]);
  });

  it('opens one more channel on asking, and leaves a closed one closed, on the same connection', async () => {
    await open();
    await signIn('ada');
    await state('connected', 'Connected as ada');
    const [before] = on.service.connections();
    await openChannel('room:garden');
    await says('room:garden is open');
    await openChannel('room:boardroom');
    await says('room:boardroom is closed to you');
    const [after] = on.service.connections();
    expect(after).toMatchObject({ id: before?.id, clientId: 'ada' });
    expect([...(after?.channels ?? [])].sort()).toEqual(['news', 'room:garden']);
  });

  it('asks for what it got and for one more, the newest hundred, and not again for what was refused', async () => {
    const sent: string[][] = [];
    await open();
    await signIn('ada');
    await state('connected', 'Connected as ada');
    page.on('request', (request) => {
      const resources = new URLSearchParams(request.postData() ?? '').get('resources');
      if (resources) sent.push(JSON.parse(resources) as string[]);
    });
    await openChannel('room:garden');
    await says('room:garden is open');
    await openChannel('room:boardroom');
    await says('room:boardroom is closed to you');
    await openChannel('room:attic');
    await says('room:attic is open');
    expect(sent).toEqual([['room:garden'], ['room:garden', 'room:boardroom'], ['room:garden', 'room:attic']]);
    await openChannel('room:attic');
    await expect.poll(async () => (await messages()).filter((text) => text === 'room:attic is open').length).toBe(2);
    await publish('to an attic opened twice', 'room:attic');
    await publish('last', 'room:attic');
    await says('headline last');
    expect((await messages()).filter((text) => text.includes('opened twice')).length).toBe(1);
    await page.evaluate(OPEN_A_HUNDRED);
    const newest = Array.from({ length: 99 }, (_, n) => `room:${n}`);
    expect(sent.at(-2)).toEqual(['room:attic', ...newest]);
    expect(sent.at(-1)).toEqual([...newest, 'room:99']);
  });

  it('keeps its identity and what it asked for over renewals, on the same connection', async () => {
    await open({ config: { ttl: '60s' }, service: { renewalLeadMs: 58_000 } });
    await signIn('ada');
    await state('connected', 'Connected as ada');
    await openChannel('room:garden');
    await says('room:garden is open');
    const [before] = on.service.connections();
    const issued = (): number => on.events.filter(({ kind }) => kind === 'issued').length;
    const first = issued();
    while (issued() < first + 2) await new Promise((resolve) => setTimeout(resolve, 50));
    await expect
      .poll(() => on.service.connections()[0]?.renewalPrompts ?? 0)
      .toBeGreaterThan(before?.renewalPrompts ?? 0);
    const [after] = on.service.connections();
    expect(after).toMatchObject({ id: before?.id, clientId: 'ada' });
    expect([...(after?.channels ?? [])].sort()).toEqual(['news', 'room:garden']);
  });

  it('makes a new client when somebody else signs in, in another tab', async () => {
    await open({ config: { ttl: '60s' }, service: { renewalLeadMs: 58_000 } });
    await signIn('ada');
    await state('connected', 'Connected as ada');
    const tab = await context.newPage();
    await tab.goto(page.url());
    await state('connected', 'Connected as ada', tab);
    await signIn('bob', tab);
    await state('connected', 'Connected as bob', tab);
    // At its next renewal.
    await state('connected', 'Connected as bob');
    expect(connectedAs()).toEqual(['bob', 'bob']);
  });

  it('shows nothing of somebody who left while being renewed, and stays without them', async () => {
    await open({ config: { ttl: '60s' }, service: { renewalLeadMs: 58_000 } });
    await signIn('ada');
    await state('connected', 'Connected as ada');
    await publish('for ada');
    await says('for ada');
    let letThrough = (): void => {};
    const held = new Promise<void>((resolve) => (letThrough = resolve));
    await new Promise<void>((renewing) => {
      const hold = async (route: Route): Promise<void> => {
        // As the browser would, which says where it comes from.
        const headers = { ...(await route.request().allHeaders()), 'sec-fetch-site': 'same-origin' };
        const response = await route.fetch({ headers });
        renewing();
        await held;
        await route.fulfill({ response });
      };
      void page.route(/ably-auth/, hold, { times: 1 });
    });
    await page.click('#sign-out');
    await state('signed-out', 'Please sign in');
    expect(await messages()).toEqual([]);
    const redeemed = page.waitForResponse(/requestToken/);
    letThrough();
    await redeemed;
    await signIn('bob');
    await state('connected', 'Connected as bob');
    await publish('for bob');
    await says('for bob');
    expect(connectedAs()).toEqual(['bob']);
    expect(await messages()).toEqual(['headline for bob']);
  });

  it('says so when it is refused for good, and goes on trying when it is not', async () => {
    await open({ config: { rules: [{ name: 'staff', when: { claims: { role: 'staff' } }, grant: { news: ['*'] } }] } });
    await signIn('ada');
    await state('refused', 'You may not connect.');
    on.take('away');
    await signIn('ada');
    await state('trying-again', 'trying again');
  });

  it('is used from a phone, for which this machine has another name, when that is listed', async () => {
    const at = new URL(`http://machine.test:${await freePort()}`);
    await open({ origins: at.origin }, at);
    await state('signed-out', 'Please sign in');
    await signIn('ada');
    await state('connected', 'Connected as ada');
    expect(connectedAs()).toEqual(['ada']);
    await context.close();
    own?.kill();
    await on.close();
    // Not listed, it is a page like any other.
    await open({}, at);
    await signIn('ada');
    await state('signed-out', 'You cannot be signed in: 403');
  });
});
