/** `completion`: what a real bash makes of the script, and that the others name every command and every option. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../cli/commands.ts';
import { type InstalledProject, installProject } from './installed.ts';

const run = promisify(execFile);

let project: InstalledProject;
beforeAll(async () => {
  project = await installProject();
});
afterAll(() => project.remove());

/** What bash offers where somebody presses Tab behind these words. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const { stdout: script } = await project.run(['completion', 'bash']);
  const typed = `COMP_WORDS=(ably-auth-functions ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}`;
  const code = `${script}\n${typed}; _ably_auth_functions; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await run('bash', ['--noprofile', '--norc', '-c', code], { cwd: project.folder });
  return stdout.split('\n').filter((word) => word !== '');
}

describe('ably-auth-functions completion', () => {
  it('completes commands, options and what they take in bash', async () => {
    expect(await offered('re')).toEqual(['revoke', 'retire']);
    expect(await offered('lint', '--str')).toEqual(['--strict']);
    expect(await offered('init', '--platform', 'n')).toEqual(['nextjs', 'netlify', 'node']);
    expect(await offered('explain', '--kind', '')).toEqual(['user', 'guest', 'anonymous']);
    expect(await offered('lint', '--env', 'pack')).toEqual(['package.json']);
    expect(await offered('inspect', 'pack')).toEqual(['package.json']);
    expect(await offered('completion', 'f')).toEqual(['fish']);
  });

  it.each(['bash', 'zsh', 'fish'])('knows every command and every option in %s', async (shell) => {
    const { code, stdout } = await project.run(['completion', shell]);
    expect(code).toBe(0);
    for (const [name, { load }] of Object.entries(COMMANDS)) {
      const { options } = await load();
      const lines = stdout.split('\n').filter((line) => line.includes(name));
      for (const option of Object.keys(options)) {
        expect(
          lines.some((line) => line.includes(shell === 'fish' ? `-l ${option}` : `--${option}`)),
          `${name} ${option}`,
        ).toBe(true);
      }
    }
  });

  it('names the shells when none is named', async () => {
    expect(await project.run(['completion'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^Name the shell: bash, zsh, fish\./),
    });
    expect(await project.run(['completion', 'hunter2'])).toMatchObject({
      code: 2,
      stderr: 'SHELL is one of bash, zsh, fish.\nSee ably-auth-functions completion --help.\n',
    });
  });
});
