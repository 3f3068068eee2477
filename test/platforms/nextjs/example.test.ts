/**
 * examples/nextjs, built and started by Next.js with the packed package: its route over HTTP, with a real `ably` client,
 * and its page in real Chromium; in development as well, where React runs every effect twice.
 */
import { randomBytes } from 'node:crypto';
import * as Ably from 'ably';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAblyAuth } from '../../../client/index.ts';
import { CHROMIUM, launchChromium } from '../../../dev/screenshots/chromium.ts';
import { SESSION_COOKIE, writeSession } from '../../../examples/nextjs/lib/session.ts';
import { type LocalServer, startLocalServer } from '../../examples/local-server.ts';
import { STAGE_KEY, untilState } from '../../stage.ts';
import { freePort } from '../support/free-port.ts';
import { createScratch, type Scratch } from '../support/scratch.ts';
import { hasNext, installExample, type NextProject, type RunningApp } from './project.ts';

const SESSION_SECRET = randomBytes(32).toString('base64url');
/** As a phone knows it, which trusts the name less than 127.0.0.1. */
const MACHINE = 'machine.test';

describe.skipIf(!hasNext || !CHROMIUM)('the Next.js example', () => {
  let scratch: Scratch;
  let project: NextProject;
  let local: LocalServer;
  let app: RunningApp;
  let browser: Browser;
  let settings: Readonly<Record<string, string>>;

  beforeAll(async () => {
    process.env.SESSION_SECRET = SESSION_SECRET;
    // Asks for a renewal two seconds after each.
    local = await startLocalServer({ service: { renewalLeadMs: 58_000 } });
    settings = {
      ABLY_API_KEY: `${STAGE_KEY.name}:${STAGE_KEY.secret}`,
      ABLY_AUTH_TTL: '60s',
      SESSION_SECRET,
      LOCAL_SERVER: local.url,
    };
    browser = await launchChromium([`--host-resolver-rules=MAP ${MACHINE} 127.0.0.1`]);
    scratch = createScratch('nextjs');
    project = await installExample(scratch);
    const output = await project.build();
    // Both are asked anew each time, and neither is made at build time.
    expect(output).toMatch(/ƒ \/\s/);
    expect(output).toContain('ƒ /api/ably-auth');
    app = await project.run('start', settings);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await app?.tool.stop();
    await local?.close();
    scratch?.remove();
  });

  const cookieOf = async (user: string): Promise<string> => `${SESSION_COOKIE}=${await writeSession(user)}`;
  const connectedAs = () => local.service.connections().map(({ clientId }) => clientId);

  describe('its route', () => {
    const call = (init: RequestInit = {}): Promise<Response> => fetch(`${app.url}/api/ably-auth`, init);

    it.each(['GET', 'POST'])('answers %s with a credential for whoever the app has signed in', async (method) => {
      const response = await call({ method, headers: { cookie: await cookieOf('ada') } });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(response.headers.get('cache-control')).toMatch(/private.*no-store/);
      expect(await response.json()).toMatchObject({ keyName: STAGE_KEY.name, clientId: 'ada' });
    });

    it('gives every caller another one', async () => {
      const headers = { cookie: await cookieOf('ada') };
      const nonces = await Promise.all(
        [1, 2, 3].map(async () => ((await (await call({ headers })).json()) as Ably.TokenRequest).nonce),
      );
      expect(new Set(nonces).size).toBe(3);
    });

    it.each([
      ['none', ''],
      ['a forged one', `${SESSION_COOKIE}=e30.e30.e30`],
    ])('refuses a caller without a session (%s) as clients understand it', async (_, cookie) => {
      const response = await call({ headers: { cookie } });
      expect(response.status).toBe(401);
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(response.headers.get('x-ably-errorcode')).toBe('40101');
      expect(response.headers.get('www-authenticate')).toBeNull();
    });

    it('answers OPTIONS, and refuses a page of another site', async () => {
      expect((await call({ method: 'OPTIONS' })).status).toBe(204);
      const headers = { cookie: await cookieOf('ada'), origin: 'https://elsewhere.example' };
      expect((await call({ headers })).status).toBe(403);
    });
  });

  describe('for a real ably client', () => {
    const clients: Ably.Realtime[] = [];
    afterEach(() => {
      for (const client of clients.splice(0)) client.close();
    });

    function connect(cookie: string) {
      const auth = createAblyAuth({ url: `${app.url}/api/ably-auth`, headers: { cookie } });
      const client = auth.use(
        new Ably.Realtime({ ...local.service.clientOptions, logLevel: 0, authCallback: auth.authCallback }),
      );
      clients.push(client);
      return { auth, client };
    }

    it('signs in, renews on the same connection, and opens the rooms that the app gives', async () => {
      const { auth, client } = connect(await cookieOf('ada'));
      await untilState(client, 'connected');
      const { id } = client.connection;
      await new Promise((resolve) => client.connection.once('update', resolve));
      expect([client.auth.clientId, client.connection.id]).toEqual(['ada', id]);
      expect(await auth.ensure(['room:garden', 'room:boardroom'])).toEqual({
        granted: ['room:garden'],
        refused: ['room:boardroom'],
      });
      expect(client.connection.id).toBe(id);
    });

    it.each([
      ['goes on trying', 'forged', 'disconnected', 40101],
      ['stops', 'a*b', 'failed', 40300],
    ])('%s for %s', async (_, user, state, code) => {
      const { client } = connect(user === 'forged' ? `${SESSION_COOKIE}=forged` : await cookieOf(user));
      const end = await untilState(client, 'connected', 'disconnected', 'failed');
      expect([end.state, end.reason?.cause?.code]).toEqual([state, code]);
    });
  });

  describe('its page', () => {
    let context: BrowserContext;
    let page: Page;
    const complaints: string[] = [];
    beforeEach(async () => {
      await expect.poll(() => local.service.connections()).toEqual([]);
      context = await browser.newContext();
      page = await context.newPage();
      complaints.length = 0;
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        if (message.text().match(/hydrat|Maximum update|not wrapped/i)) complaints.push(message.text());
      });
    });
    afterEach(async () => {
      await context.close();
      expect(complaints).toEqual([]);
    });

    const state = (name: string, clientId: string, of = page) =>
      of.locator(`#state[data-state="${name}"]`, { hasText: clientId }).waitFor();
    async function signIn(name: string, of = page): Promise<void> {
      await of.fill('[name="name"]', name);
      await of.click('text="Sign in"');
    }
    async function openChannel(name: string, outcome: string): Promise<void> {
      await page.fill('[name="channel"]', name);
      await page.click('#open button');
      await page.locator('#messages li', { hasText: `${name} ${outcome}` }).waitFor();
    }

    it('is rendered by the server without connecting', async () => {
      const html = await (await fetch(app.url, { headers: { cookie: await cookieOf('ada') } })).text();
      expect(html).toContain('data-state="connecting"');
      expect(local.service.connections()).toEqual([]);
    });

    it('signs in, opens a room, keeps both over a renewal, signs out, and is somebody else', async () => {
      await page.goto(app.url);
      await signIn('ada');
      await state('connected', 'ada');
      const [before] = local.service.connections();
      await openChannel('room:garden', 'is open');
      await openChannel('room:boardroom', 'is closed to you');
      await page.fill('[name="channel"]', 'room:garden');
      await page.click('#open button');
      const lines = (text: string) => page.locator('#messages li', { hasText: text });
      await expect.poll(() => lines('room:garden is open').count()).toBe(2);
      const options = { ...local.service.clientOptions, key: `${STAGE_KEY.name}:${STAGE_KEY.secret}` };
      const garden = new Ably.Rest(options).channels.get('room:garden');
      await garden.publish('headline', 'opened twice');
      await garden.publish('headline', 'last');
      await lines('headline last').waitFor();
      expect(await lines('headline opened twice').count()).toBe(1);
      await expect
        .poll(() => local.service.connections()[0]?.renewalPrompts ?? 0, { timeout: 15_000 })
        .toBeGreaterThan(1);
      const [after, ...others] = local.service.connections();
      expect(after).toMatchObject({ id: before?.id, clientId: 'ada' });
      expect([...(after?.channels ?? [])].sort()).toEqual(['news', 'room:garden']);
      expect(others).toEqual([]);
      await page.click('text="Sign out"');
      await page.locator('[name="name"]').waitFor();
      await expect.poll(connectedAs).toEqual([]);
      await signIn('bob');
      await state('connected', 'bob');
      expect(connectedAs()).toEqual(['bob']);
    });

    it('becomes whoever signs in in another tab, and is a form again when the session ends there', async () => {
      await page.goto(app.url);
      await signIn('ada');
      await state('connected', 'ada');
      const tab = await context.newPage();
      await tab.goto(app.url);
      await tab.click('text="Sign out"');
      await signIn('bob', tab);
      await state('connected', 'bob', tab);
      await state('connected', 'bob');
      await expect.poll(connectedAs).toEqual(['bob', 'bob']);
      await tab.click('text="Sign out"');
      // At the next renewal nobody is signed in.
      await page.locator('[name="name"]').waitFor();
      await expect.poll(connectedAs).toEqual([]);
    });

    it('says so when it is refused for good', async () => {
      await page.goto(app.url);
      await signIn('a*b');
      await state('refused', '');
    });

    it('has one connection in development, where React opens, closes and opens it; also for a phone', async () => {
      const port = await freePort();
      const byName = `http://${MACHINE}:${port}`;
      project.nameMachine(MACHINE);
      const dev = await project.run('dev', { ...settings, ABLY_AUTH_ALLOWED_ORIGINS: byName }, port);
      try {
        let opened = 0;
        page.on('websocket', (socket) => {
          if (socket.url().includes('access_token')) opened += 1;
        });
        await page.goto(dev.url);
        await signIn('ada');
        await state('connected', 'ada');
        expect(connectedAs()).toEqual(['ada']);
        expect(opened).toBe(1);
        const phone = await context.newPage();
        await phone.goto(byName);
        await signIn('bob', phone);
        await state('connected', 'bob', phone);
      } finally {
        await dev.tool.stop();
      }
    });
  });
});
