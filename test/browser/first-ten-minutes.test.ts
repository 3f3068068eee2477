/**
 * A person's first ten minutes, in the order of the README: clone, start, log in on the page; then `init` into an empty
 * Vercel project, change a rule, see `explain` and `lint` react, run the policy test. With npm, Node and Chromium as that
 * person has them, from what git tracks and nothing else.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, launchChromium } from '../../dev/screenshots/chromium.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NPM = ['--prefer-offline', '--no-audit', '--no-fund'];
/** Installing takes what the network and the disk take. */
const MINUTES = 400_000;

interface Said {
  readonly code: number;
  readonly text: string;
}

/** What somebody types in a shell there, with an environment of their own. */
async function type(cwd: string, command: string, ...args: readonly string[]): Promise<Said> {
  const { ABLY_API_KEY: _, ...env } = process.env;
  try {
    const { stdout, stderr } = await run(command, args, { cwd, env: { ...env, NO_COLOR: '1' } });
    return { code: 0, text: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as {
      readonly code: number;
      readonly stdout: string;
      readonly stderr: string;
    };
    return { code, text: stdout + stderr };
  }
}

const npx = (cwd: string, ...args: readonly string[]) =>
  type(cwd, 'npx', '--no-install', 'ably-auth-functions', ...args);

describe.skipIf(!CHROMIUM)('the first ten minutes', () => {
  let clone: string;
  let project: string;
  let packed: string;
  let browser: Browser | undefined;
  let server: ChildProcess | undefined;

  beforeAll(async () => {
    clone = await mkdtemp(join(tmpdir(), 'clone-'));
    project = await mkdtemp(join(tmpdir(), 'project-'));
    packed = await mkdtemp(join(tmpdir(), 'packed-'));
  });
  afterAll(async () => {
    await browser?.close();
    if (server?.pid !== undefined && server.exitCode === null) process.kill(-server.pid, 'SIGTERM');
    for (const folder of [clone, project, packed]) await rm(folder, { recursive: true, force: true });
  });

  it('clone: what git tracks', { timeout: MINUTES }, async () => {
    const { stdout } = await run('git', ['ls-files', '-z'], { cwd: ROOT, maxBuffer: 16 * 1024 * 1024 });
    for (const file of stdout.split('\0').filter(Boolean)) {
      await cp(join(ROOT, file), join(clone, file), { recursive: true });
    }
    expect(await readFile(join(clone, 'README.md'), 'utf8')).toContain('npm ci && npm start');
  });

  it('npm ci && npm start, and log in on the page', { timeout: MINUTES }, async () => {
    expect(await type(clone, 'npm', 'ci', ...NPM)).toMatchObject({ code: 0 });
    const url = await started(clone);
    browser = await launchChromium();
    const page = await browser.newPage();
    await page.goto(url);
    await page.locator('#state[data-state="connected"]').waitFor();
    await page.fill('#login-name', 'ada');
    await page.press('#login-name', 'Enter');
    await page.locator('#client-id', { hasText: 'ada' }).waitFor();
    await page.locator('#state[data-state="connected"]').waitFor();
    await page.close();
  });

  it('init into an empty Vercel project', { timeout: MINUTES }, async () => {
    expect(await type(clone, 'npm', 'pack', '--pack-destination', packed)).toMatchObject({ code: 0 });
    const [file = ''] = await readdir(packed);
    const tarball = join(packed, file);
    const init = ['ably-auth-functions', 'init', '--platform', 'vercel', '--identity', 'session', '--yes'];
    const begun = await type(project, 'npm', 'exec', '--yes', `--package=${tarball}`, '--', ...init);
    expect(begun).toMatchObject({ code: 0 });
    expect(begun.text).toMatch(/new\s+api\/ably-auth\.ts/);
    expect(await type(project, 'npm', 'install', ...NPM, tarball)).toMatchObject({ code: 0 });
    expect(await type(project, 'npx', '--no-install', 'tsc')).toMatchObject({ code: 0, text: '' });
    expect(await type(project, 'npm', 'test')).toMatchObject({ code: 0 });
    expect(await npx(project, 'lint')).toMatchObject({ code: 0 });
  });

  it('init once more changes nothing that one has written', async () => {
    const config = join(project, 'auth.config.ts');
    const before = await readFile(config, 'utf8');
    await writeFile(config, `${before}// mine\n`);
    const again = await npx(project, 'init', '--platform', 'vercel', '--identity', 'none', '--yes');
    expect(again.code).toBe(2);
    expect(again.text).toContain('auth.config.ts');
    expect(await readFile(config, 'utf8')).toBe(`${before}// mine\n`);
  });

  it('change a rule: explain, the test and lint each say so', { timeout: MINUTES }, async () => {
    const mayPublish = () => npx(project, 'explain', '{"sub":"bob"}', '--may', 'publish', '--on', 'room:7');
    expect((await mayPublish()).text).toMatch(/^yes\s+publish on room:7/m);

    await edit("'room:*': ['publish', 'subscribe', 'presence', 'history']", "'room:*': ['subscribe', 'history']");
    expect((await mayPublish()).text).toMatch(/^no\s+publish on room:7/m);
    const tested = await type(project, 'npm', 'test');
    expect(tested.code).not.toBe(0);
    expect(tested.text).toMatch(/not ok .*publish.*room:7/);

    await edit("'room:*': ['subscribe', 'history']", "'*': ['subscribe']");
    const linted = await npx(project, 'lint');
    expect(linted.code).toBe(1);
    expect(linted.text).toContain('rules[1].grant["*"]');
    expect(linted.text).toContain('broad(');
  });

  it('Ctrl+C, and the local server is gone', async () => {
    if (!server) throw new Error('it was never started');
    const ended = new Promise((resolve) => server?.once('exit', resolve));
    process.kill(-(server.pid ?? 0), 'SIGINT');
    await ended;
  });

  async function edit(from: string, to: string): Promise<void> {
    const config = join(project, 'auth.config.ts');
    const text = await readFile(config, 'utf8');
    expect(text).toContain(from);
    await writeFile(config, text.replace(from, to));
  }

  /** Its page's address, as `npm start` prints it. A group of its own, which a terminal's Ctrl+C ends as a whole. */
  function started(cwd: string): Promise<string> {
    const { ABLY_API_KEY: _, ...env } = process.env;
    const child = spawn('npm', ['start'], { cwd, env: { ...env, PORT: '0' }, detached: true });
    server = child;
    return new Promise((resolve, reject) => {
      let text = '';
      const read = (data: Buffer): void => {
        text += data;
        const [, url] = /Page\s+(http:\S+)/.exec(text) ?? [];
        if (url) resolve(url);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('exit', () => reject(new Error(`npm start ended:\n${text}`)));
    });
  }
});
