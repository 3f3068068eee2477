/** The pictures of the README can be taken again, and are of what they say: `npm run screenshots`. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, launchChromium } from '../../dev/screenshots/chromium.ts';
import { takePage } from '../../dev/screenshots/page-picture.ts';
import { printed, takeTerminal } from '../../dev/screenshots/terminal-picture.ts';

describe.skipIf(!CHROMIUM)('the pictures', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  it('of the page, in light and in dark, are two', async () => {
    const light = await takePage(browser, 'light');
    const dark = await takePage(browser, 'dark');
    expect([sizeOf(light), sizeOf(dark)]).toEqual([
      { width: 1_120, height: 1_115 },
      { width: 1_120, height: 1_115 },
    ]);
    expect(light.equals(dark)).toBe(false);
  });

  it('of the command is what it prints, escape sequences among it', async () => {
    expect(sizeOf(await takeTerminal(browser)).width).toBeGreaterThan(1_600);
    expect(await printed(['lint'])).toContain('auth.config.ts');
    await expect(printed(['no-such-command'])).rejects.toThrow('no-such-command');
  });
});

/** PNG (ISO/IEC 15948), 11.2.2: the header's first two numbers. */
function sizeOf(picture: Buffer): { readonly width: number; readonly height: number } {
  expect(picture.subarray(1, 4).toString('latin1')).toBe('PNG');
  return { width: picture.readUInt32BE(16), height: picture.readUInt32BE(20) };
}
