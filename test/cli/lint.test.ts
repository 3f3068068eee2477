/** `lint` and how a config is loaded, by the installed command. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type InstalledProject, installProject } from './installed.ts';

const config = (rules: string, more = ''): string => `
import { defineAuth, session, sessionSecrets, anonymous } from 'ably-auth-functions';
${more}
export default defineAuth((env) => ({ sources: [session({ secrets: sessionSecrets(env) }), anonymous()], rules: [${rules}] }));
`;
const GOOD = `{ name: 'members', grant: { 'room:*': ['publish'] } }`;
const UNREACHED = `{ name: 'nobody', when: { kind: 'guest' }, grant: { 'room:*': ['publish'] } }`;
const BROAD = `{ name: 'members', grant: { '*': ['publish'] } }`;

const readsTypeScript = Boolean((process.features as { readonly typescript?: unknown }).typescript);

let project: InstalledProject;
beforeAll(async () => {
  project = await installProject(['esbuild', '@esbuild']);
});
afterAll(() => project.remove());

const lint = (...args: readonly string[]) => project.run(['lint', ...args]);

describe('ably-auth-functions lint', () => {
  it('needs no secret, says nothing of a policy without fault, and ends with 0', async () => {
    await project.write({ 'auth.config.ts': config(GOOD) });
    expect(await lint()).toEqual({ code: 0, stdout: 'auth.config.ts: nothing found.\n', stderr: '' });
  });

  it('ends with 1 for what would be refused when deployed', async () => {
    await project.write({ 'auth.config.ts': config(BROAD) });
    const { code, stdout } = await lint();
    expect(code).toBe(1);
    expect(stdout).toMatch(/^error: rules\[0\]\.grant\["\*"\]: [\s\S]*auth\.config\.ts: 1 error\.\n$/);
  });

  it('ends with 1 for a warning only when told to be strict', async () => {
    await project.write({ 'auth.config.ts': config(UNREACHED) });
    const { code, stdout } = await lint();
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^warning: [\s\S]*1 warning\.\n$/)]);
    expect((await lint('--strict')).code).toBe(1);
    const { stdout: json } = await lint('--json');
    expect(JSON.parse(json)).toMatchObject([{ severity: 'warning', setting: 'rules[0].when' }]);
  });

  it('reads a JSON policy as the prebuilt functions do', async () => {
    const rule = { name: 'members', grant: { 'room:*': ['publish'] } };
    await project.write({
      'good.json': JSON.stringify({ rules: [rule] }),
      'bad.json': JSON.stringify({ rules: [{ ...rule, grant: { 'room:*': ['speak'] } }] }),
      'broken.json': '{',
    });
    expect((await lint('good.json')).code).toBe(0);
    expect(await lint('bad.json')).toMatchObject({ code: 1, stdout: expect.stringContaining('"speak" is not known') });
    expect(await lint('broken.json')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^error: broken\.json: /),
    });
  });

  it('reads a setting from a file, over those of the shell', async () => {
    await project.write({ 'auth.config.ts': config(GOOD), '.env.test': 'ABLY_AUTH_TTL="1 fortnight"' });
    expect((await lint('--env', '.env.test')).stdout).toMatch(/^error: ABLY_AUTH_TTL: /);
    expect(await lint('--env', '.env.other')).toMatchObject({ code: 2, stdout: '' });
  });

  it('shows its own help, and the names of all commands', async () => {
    expect((await lint('--help')).stdout).toMatch(/^Usage: ably-auth-functions lint /);
    const { code, stdout } = await project.run([]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/\blint\b[\s\S]*\bexplain\b/)]);
    expect(await project.run(['toString'])).toMatchObject({ code: 2, stdout: '' });
  });

  it.each([['--sctrict=hunter2'], ['a.ts', 'hunter2'], ['--strict=hunter2'], ['hunter2.ts', '--env']])(
    'ends with 2 for arguments that it does not understand: %s',
    async (...args) => {
      const { code, stdout, stderr } = await lint(...args);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/\.\nSee ably-auth-functions lint --help\.\n$/);
      expect(stderr).not.toContain('hunter2');
    },
  );
});

describe('a config', () => {
  it('in TypeScript is read as the project’s bundler reads it, and leaves nothing behind', async () => {
    await project.write({
      'auth.config.ts': config(
        'rules()',
        `import { rules } from '@/rules';\nif (!import.meta.url.endsWith('/auth.config.ts')) throw 1;`,
      ),
      'src/rules.ts': `import { broad } from 'ably-auth-functions';\nenum Room { All = '*' }\nexport const rules = () => ({ name: 'members', grant: { [Room.All]: broad(['*'], 'meant') } });`,
      'tsconfig.json': '{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}',
    });
    const before = await readdir(join(project.folder, 'node_modules'));
    expect(await lint()).toMatchObject({ code: 0, stdout: expect.stringContaining('because meant') });
    expect(await readdir(join(project.folder, 'node_modules'))).toEqual(before);
  });

  it('in TypeScript is read by Node itself where the project has no bundler, if Node can', async () => {
    await project.unlink('esbuild');
    try {
      await project.write({ 'auth.config.ts': config(GOOD, 'const _: string = "typed";') });
      const { code, stderr } = await lint();
      if (readsTypeScript) expect([code, stderr]).toEqual([0, '']);
      else expect([code, stderr]).toEqual([2, expect.stringMatching(/Use Node 22\.18 or later, or npm install /)]);
    } finally {
      await project.link('esbuild');
    }
  });

  it('in JavaScript needs neither', async () => {
    await project.write({ 'other/auth.config.js': config(GOOD) });
    expect(await lint('other/auth.config.js')).toMatchObject({ code: 0, stderr: '' });
  });

  async function told(file: string): Promise<string> {
    const { code, stdout, stderr } = await lint(file);
    expect(stdout + stderr).not.toContain('hunter2');
    return `${code} ${stdout}${stderr}`;
  }

  it.each([
    ['an error', 'ts', `throw new Error('hunter2');`, /an Error at \S*\.ts:1:\d+ /],
    ['nothing', 'ts', 'throw undefined;', /something that is no Error /],
    // Their messages quote the text, and each is a SyntaxError as that of a config which is no code.
    ['what JSON.parse throws', 'ts', `JSON.parse('hunter2');`, /a SyntaxError at \S*\.ts:1:6 /],
    [
      'that, reworded',
      'ts',
      `try { JSON.parse('hunter2'); } catch (error) { error.message = 'Bad: ' + error.message; throw error; }`,
      /a SyntaxError /,
    ],
    [
      'what Node makes of it',
      'js',
      `import { createRequire } from 'node:module';\ncreateRequire(import.meta.url)('./secret.json');`,
      /a SyntaxError /,
    ],
    // Lists of errors, as esbuild's are.
    [
      'an error with others',
      'ts',
      `throw Object.assign(new Error('hunter2'), { errors: [{ message: 'hunter2' }] });`,
      /an Error at \S*\.ts:1:\d+ /,
    ],
    ['several', 'ts', `await Promise.any([Promise.reject(new Error('hunter2'))]);`, /an AggregateError /],
    ['a list', 'js', `throw { errors: [{ text: 'hunter2' }] };`, /something that is no Error /],
    [
      'one of Node’s codes',
      'ts',
      `throw Object.assign(new Error('hunter2'), { code: 'ERR_MODULE_NOT_FOUND' });`,
      /an Error at \S*\.ts:1:\d+ /,
    ],
  ])('that throws %s is said to, and nothing of it is shown', async (_, ending, text, thrown) => {
    await project.write({ [`throws.${ending}`]: text, 'secret.json': 'hunter2' });
    expect(await told(`throws.${ending}`)).toMatch(
      new RegExp(`^2 .*throws\\.${ending} cannot be imported: it threw ${thrown.source}`),
    );
  });

  it('that cannot be read is said to be so, and why', async () => {
    await project.write({
      'syntax.ts': 'export default {{',
      'lost.ts': `import './nowhere';\nexport default {};`,
      'misspells.ts': `import { defineAuthh } from 'ably-auth-functions';\nexport default defineAuthh();`,
      'not-installed.ts': `import 'nowhere';`,
      'builds-not.ts': config(`(() => { throw new RangeError('hunter2') })()`),
      'no-default.ts': 'export const a = 1;',
    });
    expect(await told('misspells.ts')).toMatch(/^2 .*does not provide an export named 'defineAuthh'/);
    expect(await told('not-installed.ts')).toMatch(/^2 .*Cannot find package 'nowhere'/);
    expect(await told('syntax.ts')).toMatch(/^2 .*syntax\.ts cannot be imported: syntax\.ts:1: /);
    expect(await told('lost.ts')).toMatch(/^2 .*lost\.ts:1: Could not resolve ".\/nowhere"/);
    expect(await told('builds-not.ts')).toMatch(
      /^2 builds-not\.ts: building it threw a RangeError at \S*\/builds-not\.ts:4:\d+, /,
    );
    expect(await told('no-default.ts')).toMatch(
      /^1 error: no-default\.ts: its default export was not made by defineAuth/,
    );
    expect(await told('absent.ts')).toMatch(/^2 There is no file absent\.ts\./);
  });
});
