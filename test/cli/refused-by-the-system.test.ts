/** What the system refuses the command: files that are none, addresses that are not ours, output that nobody takes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type InstalledProject, installProject } from './installed.ts';

const CONFIG = `
import { anonymous, defineAuth } from 'ably-auth-functions';
export default defineAuth(() => ({
  sources: [anonymous()],
  rules: [{ name: 'visitors', when: { kind: 'anonymous' }, grant: { news: ['subscribe'] } }],
}));
`;

let project: InstalledProject;
beforeAll(async () => {
  project = await installProject(['esbuild', '@esbuild']);
  await project.write({ 'auth.config.js': CONFIG, 'blocked/api': '' });
  for (const folder of ['policy.json', 'taken/auth.config.ts'])
    await mkdir(join(project.folder, folder), { recursive: true });
});
afterAll(() => project.remove());

describe('a file that the system refuses', () => {
  it.each([
    [['lint', 'policy.json'], '.', /^policy\.json: it is a folder\.\nSee ably-auth-functions lint --help\.\n$/],
    [['rights', 'policy.json'], '.', /^policy\.json: it is a folder\./],
    [['explain', '--config', 'policy.json'], '.', /^policy\.json: it is a folder\./],
    [['explain', '--env', 'blocked'], '.', /^blocked: it is a folder\./],
    [['token', '{}', '--env', 'none.env'], '.', /^none\.env: there is no such file or folder\./],
    [['dev', '--port', '0', '--env', 'blocked/api/.env'], '.', /^blocked\/api\/\.env: a part of its path is a file/],
    [['inspect', '.'], '.', /^The file cannot be read: it is a folder\. A credential is given on standard input/],
    [['init', '--yes', '--platform', 'vercel'], 'taken', /^auth\.config\.ts: it is a folder\./],
    [['init', '--yes', '--platform', 'vercel'], 'blocked', /^api\/ably-auth\.ts: a part of its path is a file/],
  ])('is named, and is no bug: %j', async (args, cwd, message) => {
    expect(await project.run(args, { cwd })).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(message) });
    expect(await readdir(join(project.folder, 'blocked'))).toEqual(['api']);
  });
});

describe('an address that the system refuses', () => {
  it.each([
    // Of the documentation's own network (RFC 5737): nobody has it.
    '192.0.2.1',
    'nowhere.invalid',
    'localhost:3000',
  ])('is said to be none of this machine’s, before anything listens: %s', async (host) => {
    const { code, stdout, stderr } = await project.run(['dev', '--port', '0', '--host', host]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe('--host is no address of this machine.\nSee ably-auth-functions dev --help.\n');
  });
});

/** Nobody may write to it, root included. */
const UNWRITABLE = '/proc/self/fdinfo';

describe('a node_modules that may not be written to', () => {
  it.runIf(existsSync(UNWRITABLE))('has the config bundled beside itself for a moment', async () => {
    await project.write({ 'readonly/auth.config.ts': CONFIG });
    const folder = join(project.folder, 'readonly');
    await symlink(UNWRITABLE, join(folder, 'node_modules'));
    const stdout = 'auth.config.ts: nothing found.\n';
    expect(await project.run(['lint'], { cwd: 'readonly' })).toEqual({ code: 0, stdout, stderr: '' });
    expect((await readdir(folder)).toSorted()).toEqual(['auth.config.ts', 'node_modules']);
  });
});

describe('output', () => {
  /** Runs it with an output that is no pipe to us. */
  async function run(args: readonly string[], stdout: number | 'closed'): Promise<{ code: unknown; stderr: string }> {
    const command = join(project.folder, 'node_modules/ably-auth-functions/dist/lib/cli/main.js');
    const child = spawn(process.execPath, [command, ...args], {
      cwd: project.folder,
      env: {},
      stdio: ['ignore', stdout === 'closed' ? 'pipe' : stdout, 'pipe'],
    });
    child.stdout?.destroy();
    const [stderr, [code]] = await Promise.all([text(child.stderr ?? process.stdin), once(child, 'exit')]);
    return { code, stderr };
  }

  it.each([
    [['lint', '--help'], 0],
    [['explain', '--json'], 0],
    [['dev', '--port', '0'], 0],
  ])('that nobody reads any more ends it quietly, with the exit code of what it did: %j', async (args, code) => {
    expect(await run(args, 'closed')).toEqual({ code, stderr: '' });
  });

  it.runIf(existsSync('/dev/full'))('that cannot be written is said, and exit code 2', async () => {
    const full = await open('/dev/full', 'w');
    try {
      const stderr = 'Standard output cannot be written: no space left on device.\n';
      expect(await run(['lint'], full.fd)).toEqual({ code: 2, stderr });
    } finally {
      await full.close();
    }
  });
});
