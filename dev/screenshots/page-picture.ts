/** The demo page as somebody sees it who has logged in, said something, and asked for a room. */
import type { Browser } from 'playwright-core';
import definition from '../../auth.config.ts';
import { startDevServer } from '../server.ts';

/** Wide enough for its two columns; as high as a screen. */
const VIEW = { width: 1_120, height: 1_115 };

export async function takePage(browser: Browser, colorScheme: 'light' | 'dark'): Promise<Buffer> {
  const env = { PORT: '0', ABLY_AUTH_SESSION_SECRET: 'an-obviously-fake-secret-of-the-picture' };
  const server = await startDevServer({ definition, env, print: () => {} });
  try {
    const page = await browser.newPage({ viewport: VIEW, colorScheme, reducedMotion: 'reduce' });
    await page.goto(server.url);
    await page.locator('#state[data-state="connected"]').waitFor();
    await page.fill('#login-name', 'ada');
    await page.press('#login-name', 'Enter');
    await page.locator('#client-id', { hasText: 'ada' }).waitFor();
    await page.locator('#state[data-state="connected"]').waitFor();
    await page.fill('#channel', 'room:7');
    await page.click('#listen');
    await page.locator('#channel-state[data-outcome="listening"]').waitFor();
    await page.fill('#message', 'hello from a browser');
    await page.click('#publish');
    await page.locator('#messages [data-client-id="ada"]').waitFor();
    await page.evaluate(() => {
      (document.activeElement as HTMLElement | null)?.blur();
      window.scrollTo(0, 0);
    });
    return await page.screenshot({ fullPage: false });
  } finally {
    await server.close();
  }
}
