/**
 * A person at the demo page, in real Chromium: anonymous, log in, publish, receive, a closed door, renew, log out.
 * The page comes from the local server as `npm start` runs it, and connects to its local Ably service.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import definition from '../../auth.config.ts';
import { CHROMIUM, launchChromium } from '../../dev/screenshots/chromium.ts';
import { type DevServer, startDevServer } from '../../dev/server.ts';

if (!CHROMIUM)
  console.warn('SKIPPED, LOUDLY: no Chromium here, so nothing below was seen in a browser. Set CHROMIUM_PATH.');

describe.skipIf(!CHROMIUM).each(['token-request', 'jwt', 'ably-token', 'embedded-jwt', 'auto'])(
  'the demo page, with a %s',
  (format) => {
    let server: DevServer;
    let browser: Browser;
    let page: Page;
    const complaints: string[] = [];

    beforeAll(async () => {
      const env = {
        PORT: '0',
        ABLY_AUTH_SESSION_SECRET: 'x'.repeat(40),
        ABLY_AUTH_TOKEN_FORMAT: format,
        ABLY_AUTH_EMBEDDED_SECRET: 'y'.repeat(40),
      };
      server = await startDevServer({ definition, env, print: () => {} });
      browser = await launchChromium();
    });
    afterAll(async () => {
      await browser?.close();
      await server?.close();
    });
    beforeEach(async () => {
      page = await browser.newPage();
      complaints.length = 0;
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        // A browser reports every refused request as an error; those are part of the play.
        if (message.type() === 'error' && !message.text().includes('status of 40')) complaints.push(message.text());
      });
      await page.goto(server.url);
      await page.locator('#state[data-state="connected"]').waitFor();
    });
    afterEach(async () => {
      await page.close();
      expect(complaints).toEqual([]);
    });

    async function logIn(name: string): Promise<void> {
      await page.fill('#login-name', name);
      await page.press('#login-name', 'Enter');
      await page.locator(`#session[data-user="${name}"]`).waitFor();
      await page.locator('#client-id', { hasText: name }).waitFor();
      await page.locator('#state[data-state="connected"]').waitFor();
    }

    it('says which Ably it talks to, and that a visitor is anonymous and may only read notifications', async () => {
      expect(await page.getAttribute('#mode', 'data-mode')).toBe('local');
      expect(await page.textContent('#client-id')).toContain('anonymous');
      const patterns = await page
        .locator('#capability [data-pattern]')
        .evaluateAll((rows) =>
          rows.map((row) => [row.getAttribute('data-pattern'), row.querySelectorAll('[data-operation]').length]),
        );
      expect(patterns).toEqual([['notifications', 1]]);
    });

    it('logs in by keyboard, publishes, and shows the message as it arrives under that name', async () => {
      await logIn('ada');
      await page.fill('#channel', 'room:7');
      await page.click('#listen');
      await page.locator('#channel-state[data-outcome="listening"]').waitFor();
      await page.fill('#message', 'hello from a browser');
      await page.click('#publish');
      const message = page.locator('#messages [data-client-id="ada"]', { hasText: 'hello from a browser' });
      await message.waitFor();
      expect(await message.getAttribute('data-channel')).toBe('room:7');
    });

    it('shows a message of one person to another', async () => {
      await logIn('ada');
      await page.fill('#channel', 'room:8');
      await page.click('#listen');
      await page.locator('#channel-state[data-outcome="listening"]').waitFor();
      const otherContext = await browser.newContext();
      const other = await otherContext.newPage();
      await other.goto(server.url);
      await other.fill('#login-name', 'bob');
      await other.click('#login');
      await other.locator('#client-id', { hasText: 'bob' }).waitFor();
      await other.locator('#state[data-state="connected"]').waitFor();
      await other.fill('#channel', 'room:8');
      await other.click('#listen');
      await other.locator('#channel-state[data-outcome="listening"]').waitFor();
      await other.fill('#message', 'good morning');
      await other.click('#publish');
      await page.locator('#messages [data-client-id="bob"]', { hasText: 'good morning' }).waitFor();
      await otherContext.close();
    });

    it('explains a closed door to a visitor, and leaves the connection open', async () => {
      await page.fill('#try-channel', 'room:7');
      await page.click('#try-attach');
      await page.locator('#refusal[data-outcome="refused"][data-code="40160"]').waitFor();
      expect(await page.getAttribute('#state', 'data-state')).toBe('connected');
    });

    it('opens a room on asking, on the same connection, and shows what was exchanged', async () => {
      const connectionId = await page.textContent('#connection-id');
      await page.click('[data-room="room:garden"] button');
      await page.locator('[data-room="room:garden"][data-outcome="asked"]').waitFor();
      expect(await page.locator('[data-room="room:garden"] .knocks li').allTextContents()).toEqual([
        'attach',
        'refused, 40160',
        'ask the endpoint',
        'new token',
        'attach',
        'attached',
      ]);
      await page.locator('#capability [data-pattern="room:garden"]').waitFor();
      expect(await page.textContent('#connection-id')).toBe(connectionId);
      const asked = page.locator('#exchange > [data-cause="more"][data-answer="credential"]');
      expect(await asked.count()).toBe(1);
      expect(await asked.locator('[data-field="resources"] dd').textContent()).toContain('["room:garden"]');

      await page.click('[data-room="room:library"] button');
      await page.locator('[data-room="room:library"][data-outcome="asked"]').waitFor();
      expect(await page.locator('[data-room="room:garden"]').getAttribute('data-outcome')).toBe('asked');
    });

    it('leaves a room closed that the endpoint does not give, and everything else as it was', async () => {
      const connectionId = await page.textContent('#connection-id');
      await page.click('[data-room="room:boardroom"] button');
      await page.locator('[data-room="room:boardroom"][data-outcome="refused"]').waitFor();
      await page.locator('#exchange', { hasText: 'X-Ably-Auth-Refused: ["room:boardroom"]' }).waitFor();
      expect(await page.getAttribute('#state', 'data-state')).toBe('connected');
      expect(await page.textContent('#connection-id')).toBe(connectionId);
      expect(await page.getAttribute('#channel-state', 'data-outcome')).toBe('listening');
    });

    it('has nothing to ask for once signed in: the rules as shipped cover every ordinary channel', async () => {
      await logIn('ada');
      await page.fill('#room-name', 'room:boardroom');
      await page.press('#room-name', 'Enter');
      await page.locator('[data-room="room:boardroom"][data-outcome="open"]').waitFor();
      expect(await page.locator('#exchange > [data-cause="more"]').count()).toBe(0);
    });

    it('renews on the same connection, and shows the exchange', async () => {
      await logIn('ada');
      const connectionId = await page.textContent('#connection-id');
      const exchanges = await page.locator('#exchange > [data-answer]').count();
      await page.click('#renew');
      await page.locator('#renewal[data-same="true"]').waitFor();
      expect(await page.textContent('#connection-id')).toBe(connectionId);
      expect(await page.locator('#exchange > [data-answer="credential"]').count()).toBeGreaterThan(exchanges - 1);
      expect(await page.locator('#exchange > [data-cause="asked"]').count()).toBe(1);
    });

    it('never shows a whole token, MAC or signature, nor the cookie', async () => {
      await logIn('ada');
      const shown = String(await page.evaluate('document.body.innerText'));
      const cookies = await page.context().cookies();
      const session = cookies.find(({ name }) => name === 'ably-auth-session-dev');
      expect(session?.httpOnly).toBe(true);
      expect(session?.sameSite).toBe('Lax');
      expect(shown).not.toContain(session?.value ?? 'a session cookie');
      expect(shown).not.toMatch(/[A-Za-z0-9+/_-]{43}/);
    });

    it('logs out: the identity changes, so the connection is a new and anonymous one', async () => {
      await logIn('ada');
      const connectionId = await page.textContent('#connection-id');
      await page.click('#logout');
      await page.locator('#client-id', { hasText: 'anonymous' }).waitFor();
      await page.locator('#state[data-state="connected"]').waitFor();
      expect(await page.textContent('#connection-id')).not.toBe(connectionId);
      expect(await page.context().cookies()).toEqual([]);
    });

    it('signs in through the identity provider: a bearer token, no cookie, and nothing left after logging out', async () => {
      await page.fill('#login-name', 'eve');
      await page.click('#login-provider');
      await page.locator('#session[data-user="eve"]').waitFor();
      await page.locator('#client-id', { hasText: 'eve' }).waitFor();
      await page.locator('#state[data-state="connected"]').waitFor();
      expect(await page.context().cookies()).toEqual([]);
      const shown = String(await page.evaluate('document.body.innerText'));
      expect(shown).toMatch(/Authorization: Bearer eyJ\S{5}… \(\d+ characters\)/);
      expect(shown).not.toMatch(/[A-Za-z0-9+/_-]{43}/);
      await page.click('#logout');
      await page.locator('#client-id', { hasText: 'anonymous' }).waitFor();
      await page.locator('#state[data-state="connected"]').waitFor();
      expect(String(await page.evaluate('document.body.innerText'))).not.toContain('Bearer ey');
    });

    it('fits a phone: nothing scrolls sideways at 360 pixels', async () => {
      await page.setViewportSize({ width: 360, height: 740 });
      await page.click('[data-room="room:boardroom"] button');
      await page.locator('[data-room="room:boardroom"][data-outcome="refused"]').waitFor();
      await logIn('ada');
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect(overflow).toBe(0);
    });
  },
);
