/** What all commands have in common, by the installed command: help, colours, exit codes, and what is said of arguments. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../cli/commands.ts';
import manifest from '../../package.json' with { type: 'json' };
import { type InstalledProject, installProject } from './installed.ts';

const POLICY = { rules: [{ name: 'visitors', when: { kind: 'anonymous' }, grant: { 'room*': ['publish'] } }] };
const COLOUR = '\u001B[';

let project: InstalledProject;
beforeAll(async () => {
  project = await installProject();
  await project.write({ 'policy.json': JSON.stringify(POLICY) });
});
afterAll(() => project.remove());

describe('ably-auth-functions', () => {
  it('lists its commands when it is asked for nothing, for help or for --help', async () => {
    const { code, stdout, stderr } = await project.run([]);
    expect([code, stderr]).toEqual([0, '']);
    for (const name of Object.keys(COMMANDS)) expect(stdout).toMatch(new RegExp(`^ {2}${name} +\\w`, 'm'));
    for (const args of [['help'], ['--help'], ['-h']]) expect((await project.run(args)).stdout).toBe(stdout);
  });

  it('says its version', async () => {
    expect(await project.run(['--version'])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });

  it.each(Object.keys(COMMANDS))('shows how %s is called, its options and its exit codes', async (name) => {
    const { code, stdout } = await project.run([name, '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`^Usage: ably-auth-functions ${name} [\\s\\S]*\\n  -h, --help [\\s\\S]*\\nExit code: `),
    );
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
    expect((await project.run(['help', name])).stdout).toBe(stdout);
  });

  it.each([
    [['lnt'], 'There is no such command. Did you mean lint?\nSee ably-auth-functions --help.\n'],
    [['hunter2'], 'There is no such command.\nSee ably-auth-functions --help.\n'],
    [['help', 'hunter2'], 'There is no such command.\nSee ably-auth-functions --help.\n'],
    [['hunter2\n(Did you mean hunter2?)'], 'There is no such command.\nSee ably-auth-functions --help.\n'],
    [['--sctrict=hunter2'], 'There is no option --sctrict.\nSee ably-auth-functions --help.\n'],
    [['lint', '--sctrict', 'hunter2'], 'There is no option --sctrict. Did you mean --strict?\n'],
    [['lint', '--sctrict=hunter2'], 'There is no option --sctrict.\n'],
    [['lint', '--strict=hunter2'], '--strict takes no value.\n'],
    [['lint', '-shunter2'], 'There is no option -s.\n'],
    [['lint', 'hunter2', '--env'], '--env needs a value.\n'],
    [['lint', '--env', '--json'], '--env needs a value.\n'],
    [['lint', 'hunter2', 'hunter2'], 'There are too many arguments.\n'],
    [['explain', '--kind', 'hunter2'], '--kind is one of user, guest, anonymous.\n'],
  ])('ends with 2 for arguments that it does not understand, and repeats no value: %j', async (args, message) => {
    const { code, stdout, stderr } = await project.run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.slice(0, message.length)).toBe(message);
    expect(stderr).not.toContain('hunter2');
    expect(stderr).toMatch(/[.?]\nSee ably-auth-functions (lint |explain )?--help\.\n$/);
  });

  it('takes a value that starts with a dash behind an equals sign', async () => {
    await project.write({ '-settings': 'ABLY_AUTH_TTL=15m' });
    expect((await project.run(['lint', 'policy.json', '--env=-settings'])).code).toBe(0);
  });

  it.each([
    ['no terminal', {}, [], false],
    ['FORCE_COLOR', { FORCE_COLOR: '1' }, [], true],
    ['FORCE_COLOR and NO_COLOR', { FORCE_COLOR: '1', NO_COLOR: '1' }, [], false],
    ['FORCE_COLOR and --no-color', { FORCE_COLOR: '1' }, ['--no-color'], false],
    ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, [], false],
  ] as const)('colours only where that is wanted: %s', async (_, env, flags, coloured) => {
    for (const args of [
      ['lint', 'policy.json'],
      ['explain', '--config', 'policy.json'],
      ['lint', '--help'],
    ]) {
      const { stdout } = await project.run([...args, ...flags], { env });
      expect(stdout.includes(COLOUR), args.join(' ')).toBe(coloured);
    }
  });

  it('has no colours in what machines read', async () => {
    const { stdout } = await project.run(['lint', 'policy.json', '--json'], { env: { FORCE_COLOR: '1' } });
    expect(JSON.parse(stdout)).toHaveLength(1);
  });
});
