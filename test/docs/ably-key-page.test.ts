/** docs/ably-key.md: what it says a policy needs is what the command prints, and its script makes such a key. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT } from '../house/source-files.ts';
import { ACCESS_TOKEN, startRotationStage } from '../rotation/stage.ts';
import { blocksOf } from './pages.ts';

const run = promisify(execFile);
const blocks = blocksOf('docs/ably-key.md');
const folder = mkdtempSync(join(tmpdir(), 'ably-key-'));
afterAll(() => rmSync(folder, { recursive: true }));

const command = (...args: readonly string[]) =>
  run(
    process.execPath,
    ['--import', join(ROOT, 'node_modules/tsx/dist/loader.mjs'), join(ROOT, 'cli/main.ts'), ...args],
    {
      cwd: ROOT,
    },
  );

describe('docs/ably-key.md', () => {
  it('shows what `rights` prints of the policy that it names', async () => {
    const { stdout } = await command('rights', 'examples/policies/multi-tenant.ts');
    expect(blocks.find(({ language }) => language === 'json')?.code).toBe(stdout);
  });

  it('has a script that makes a key with just these rights, and gives the key and nothing else', async () => {
    const stage = await startRotationStage();
    try {
      const script = blocks.find(({ note }) => note?.startsWith('run by'))?.code ?? '';
      const local = script
        .replace(
          'npx ably-auth-functions',
          `${process.execPath} --import ${ROOT}node_modules/tsx/dist/loader.mjs ${ROOT}cli/main.ts`,
        )
        .replace('rights >', `rights ${ROOT}examples/policies/one-users-devices.ts >`)
        .replace('https://control.ably.net/v1', stage.control.url);
      const env = { PATH: process.env.PATH, APP_ID: 'rotapp', ABLY_CONTROL_TOKEN: ACCESS_TOKEN };
      const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', local], { cwd: folder, env });
      const made = stage.control.keys().at(-1);
      expect(stdout.trim()).toBe(made?.key);
      expect(made?.revocableTokens).toBe(true);
      expect(Object.keys(made?.capability ?? {})).toEqual(['user:*:devices', 'user:*:inbox', 'user:*:sync']);
    } finally {
      await stage.close();
    }
  });

  it('is told by the command where a config is wrong', async () => {
    await expect(command('rights', 'package.json')).rejects.toMatchObject({ code: 1, stdout: '' });
    await expect(command('rights', 'nowhere.ts')).rejects.toMatchObject({ code: 2, stdout: '' });
  });
});
