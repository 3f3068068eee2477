/**
 * `npm run screenshots`: takes the pictures of docs/images from the running thing, the demo page and the command. They
 * hold ids and moments of that run, so that they change each time: run it when what they show has changed.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { launchChromium } from './chromium.ts';
import { takePage } from './page-picture.ts';
import { takeTerminal } from './terminal-picture.ts';

const FOLDER = new URL('../../docs/images/', import.meta.url);

const browser = await launchChromium();
try {
  await mkdir(FOLDER, { recursive: true });
  for (const colorScheme of ['light', 'dark'] as const) {
    await keep(`page-${colorScheme}.png`, await takePage(browser, colorScheme));
  }
  await keep('command.png', await takeTerminal(browser));
} finally {
  await browser.close();
}

async function keep(name: string, picture: Buffer): Promise<void> {
  const file = new URL(name, FOLDER);
  await writeFile(file, picture);
  console.log(`${fileURLToPath(file)}, ${Math.ceil(picture.length / 1024)} KB`);
}
