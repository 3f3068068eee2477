/** The command as it looks in a terminal: what it really prints, with its colours, drawn by the browser. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { AnsiUp } from 'ansi_up';
import type { Browser } from 'playwright-core';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Each as it is typed; `ably-auth-functions` is run from the sources. */
const TYPED = [['explain', '{"sub":"ada"}', '--may', 'publish', '--on', 'room:7'], ['lint']] as const;

const STYLE = `
  body { margin: 0; background: #fff; display: inline-block; }
  pre { margin: 0; padding: 20px 24px; min-width: 820px; background: #14181d; color: #d7dde3; border-radius: 8px;
        font: 14px/1.5 "DejaVu Sans Mono", Menlo, Consolas, monospace; white-space: pre-wrap; max-width: 1000px; }
  .typed { color: #7fd1b9; }`;

export async function takeTerminal(browser: Browser): Promise<Buffer> {
  const ansi = new AnsiUp();
  const parts: string[] = [];
  for (const args of TYPED) {
    const line = ['$ npx ably-auth-functions', ...args.map((each) => (/[{"]/.test(each) ? `'${each}'` : each))].join(
      ' ',
    );
    parts.push(`<span class="typed">${ansi.ansi_to_html(line)}</span>\n${ansi.ansi_to_html(await printed(args))}`);
  }
  const page = await browser.newPage({ deviceScaleFactor: 2 });
  await page.setContent(`<style>${STYLE}</style><pre>${parts.join('\n')}</pre>`);
  return page.locator('pre').screenshot();
}

/** Both outputs in the order in which they come; an exit code of 1 is what some are for. */
export function printed(args: readonly string[]): Promise<string> {
  const env = {
    ...process.env,
    FORCE_COLOR: '1',
    NO_COLOR: undefined,
    ABLY_AUTH_SESSION_SECRET: 'an-obviously-fake-secret-of-the-picture',
  };
  const child = spawn(process.execPath, ['--import', 'tsx', 'cli/main.ts', ...args], { cwd: ROOT, env });
  let text = '';
  child.stdout.on('data', (data) => (text += data));
  child.stderr.on('data', (data) => (text += data));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 || code === 1 ? resolve(text) : reject(new Error(`${args[0]}: ${code}\n${text}`)),
    );
  });
}
